/** Tells the other side that somebody writes: not at every key, and not for long after the last one. */

import type { Clock } from "./connection";

/** Shorter than the six seconds after which the other side forgets. */
const REPEAT_MS = 3000;
const IDLE_MS = 4000;

export class Typing {
  #toldAt: number | null = null;
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (on: boolean) => void,
  ) {}

  key(): void {
    const now = this.clock.now();
    if (this.#toldAt === null || now - this.#toldAt >= REPEAT_MS) {
      this.#toldAt = now;
      this.tell(true);
    }
    this.#cancel?.();
    this.#cancel = this.clock.after(IDLE_MS, () => this.stop());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#toldAt === null) return;
    this.#toldAt = null;
    this.tell(false);
  }
}
