/**
 * Who the visitor is: a token from the page, or a function that gets one, and what is to be done when somebody signs out.
 * The chat loads it as `widget-sign.js` for pages that identify their visitors.
 */

import type { State } from "./state";

/** What the module offers. */
export type SignPart = { sign: typeof sign };

/** The connection, which says nothing while it is held. */
interface Line {
  hold(on: boolean): void;
}

/** The page's last word: whoever asks for an earlier one is not heard any more. */
let last: unknown = null;

/** What the page said. */
export function sign(said: unknown, token: string | null, server: string, line: Line, become: Become): Signer | null {
  last = null;
  if (typeof said === "function") return new Signer(said as () => unknown, line, become);
  become(said ? String(said) : null);
  if (!said && token) leave(server, token);
  line.hold(false);
  return null;
}

type Become = (identity: string | null) => void;

export class Signer {
  /** The last token was not taken yet: who is refused is not asked again and again. */
  #fresh = false;
  #before: State | null = null;

  constructor(
    private readonly ask: () => unknown,
    private readonly line: Line,
    private readonly become: Become,
  ) {
    last = this;
    void this.#renew();
  }

  /** A token that ended, or was not taken, is the time for a new one; so is the visitor's own wish to try again. */
  look(state: State): void {
    const before = this.#before;
    this.#before = state;
    if (last !== this) return;
    if (state.phase === "online") this.#fresh = false;
    const over = before?.identity && !state.identity && !this.#fresh;
    if (over || (before?.phase === "stopped" && state.phase === "connecting")) void this.#renew();
  }

  /** Asks the page. Whoever gets none is the visitor they were. */
  async #renew(): Promise<void> {
    this.#fresh = true;
    this.line.hold(true);
    let identity: unknown = null;
    try {
      identity = await this.ask();
    } catch (error) {
      console.error(error);
    }
    if (last !== this) return;
    if (typeof identity === "string" && identity) this.become(identity);
    this.line.hold(false);
  }
}

/** Other tabs, and whoever finds the token, must not go on as who has left. */
function leave(server: string, token: string): void {
  const headers = { Authorization: `Bearer ${token}` };
  fetch(`${server}/v1/session`, { method: "DELETE", headers, keepalive: true }).catch(console.error);
}
