/** Tells the other side that somebody writes: not at every key, and not for long after the last one. */

import type { Clock } from "./connection";

/** Shorter than the six seconds after which the other side forgets. */
const REPEAT_MS = 3000;
const IDLE_MS = 4000;

export class Typing {
  readonly #clock: Clock;
  readonly #tell: (on: boolean) => void;
  #toldAt: number | null = null;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, tell: (on: boolean) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  key(): void {
    const now = this.#clock.now();
    if (this.#toldAt === null || now - this.#toldAt >= REPEAT_MS) {
      this.#toldAt = now;
      this.#tell(true);
    }
    this.#cancel?.();
    this.#cancel = this.#clock.after(IDLE_MS, () => this.stop());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#toldAt === null) return;
    this.#toldAt = null;
    this.#tell(false);
  }
}
