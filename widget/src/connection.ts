/**
 * One lasting connection to the server: a WebSocket that comes back by itself.
 *
 * It says hello first, notices a dead line by its own ping, waits longer after each failure (with
 * jitter, so that a thousand pages do not return in the same moment), and obeys the server's "bye".
 * It knows nothing of what the frames mean beyond that; the widget and the desk both use it.
 */

/** Time and chance, handed in so that tests own them. */
export interface Clock {
  now(): number;
  random(): number;
  /** Runs something later; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  send(data: string): void;
  close(): void;
}

export interface Options<Frame> {
  clock: Clock;
  /** Opens a new socket, after so many failures in a row; may throw where the page forbids it. */
  dial(failures: number): Socket;
  /** The frames to say first, asked for anew for every socket. */
  hello(): object[];
  read(data: unknown): Frame | null;
  /** The frame that ends the greeting; null when the connection counts as up once it is open. */
  ready: string | null;
  /** Whether the browser believes to have a network at all. */
  online(): boolean;
  onFrame(frame: Frame): void;
  onPhase(phase: LinkPhase): void;
}

export type LinkPhase = "connecting" | "online" | "retrying" | "offline" | "stopped";

/** Any frame of a server: the few kinds that concern the connection itself. */
type Heard = { type: string; retry_after_ms?: number | null };

const GREETING_MS = 10_000;
const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 8_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** A connection that held this long was a good one: the next failure counts as the first. */
const GOOD_AFTER_MS = 5_000;

export class Connection<Frame extends Heard> {
  readonly #options: Options<Frame>;
  #socket: Socket | null = null;
  #ready = false;
  #wanted = false;
  #held = false;
  #upSince = 0;
  #failures = 0;
  #pings = 0;
  /** What the server asked us to wait, once. */
  #hold: number | null = null;
  #cancelRetry: (() => void) | null = null;
  #cancelBeat: (() => void) | null = null;
  #cancelDeadline: (() => void) | null = null;

  constructor(options: Options<Frame>) {
    this.#options = options;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#open();
  }

  stop(): void {
    this.#wanted = false;
    this.#drop();
  }

  /** Says hello again on a new socket, now. */
  reconnect(): void {
    this.#wanted = true;
    this.#failures = 0;
    this.#open();
  }

  /** Lets go of the line and opens none, until it is told that it may. */
  hold(on: boolean): void {
    this.#held = on;
    if (this.#wanted) this.#open();
  }

  /** False when there is no connection to send on; whoever must not lose a frame keeps it. */
  send(frame: object): boolean {
    if (!this.#ready || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The page woke up or the network is back: no more waiting, and a check whether the line lives. */
  nudge(): void {
    if (!this.#wanted) return;
    if (this.#cancelRetry) this.reconnect();
    else if (this.#ready) this.#ping();
  }

  /** The browser says that the network is gone. */
  networkLost(): void {
    if (this.#wanted) this.#failed();
  }

  #open(): void {
    this.#drop();
    if (this.#held) return;
    this.#phase(this.#failures ? this.#waitingPhase() : "connecting");
    try {
      this.#listen(this.#options.dial(this.#failures));
    } catch {
      this.#failed();
    }
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    const current = (run: () => void) => () => void (this.#socket === socket && run());
    socket.onopen = current(() => {
      for (const frame of this.#options.hello()) socket.send(JSON.stringify(frame));
      if (this.#options.ready === null) this.#up();
    });
    socket.onmessage = ({ data }) => current(() => this.#heard(data, socket))();
    socket.onclose = current(() => this.#failed());
    // A close follows every error, so the error itself has nothing to add.
    socket.onerror = () => undefined;
    this.#expect(GREETING_MS);
  }

  #heard(data: unknown, socket: Socket): void {
    const frame = this.#options.read(data);
    if (this.#ready) this.#expect(null);
    if (!frame || frame.type === "pong") return;
    const welcome = frame.type === this.#options.ready;
    if (welcome) this.#ready = true;
    this.#options.onFrame(frame);
    if (this.#socket !== socket) return;
    if (welcome) this.#up();
    if (frame.type === "bye") this.#dismissed(frame.retry_after_ms ?? null);
  }

  #up(): void {
    this.#ready = true;
    this.#upSince = this.#options.clock.now();
    this.#expect(null);
    this.#beat();
    this.#phase("online");
  }

  #dismissed(wait: number | null): void {
    this.#hold = wait;
    if (wait !== null) return this.#failed();
    this.stop();
    this.#phase("stopped");
  }

  /** The line is gone: wait, then try again. */
  #failed(): void {
    const { clock } = this.#options;
    if (this.#ready && clock.now() - this.#upSince >= GOOD_AFTER_MS) this.#failures = 0;
    this.#drop();
    const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    const wait = this.#hold === null ? backoff * (0.5 + clock.random() / 2) : this.#hold * (1 + clock.random() / 4);
    this.#hold = null;
    this.#cancelRetry = clock.after(wait, () => this.#open());
    this.#phase(this.#waitingPhase());
  }

  #waitingPhase(): LinkPhase {
    return this.#options.online() ? "retrying" : "offline";
  }

  #phase(phase: LinkPhase): void {
    this.#options.onPhase(phase);
  }

  #beat(): void {
    this.#cancelBeat = this.#options.clock.after(PING_EVERY_MS, () => {
      this.#ping();
      this.#beat();
    });
  }

  #ping(): void {
    this.send({ type: "ping", n: ++this.#pings });
    this.#expect(PONG_WITHIN_MS);
  }

  /** Gives the line up unless something is heard in time; null: something was. */
  #expect(ms: number | null): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = ms === null ? null : this.#options.clock.after(ms, () => this.#failed());
  }

  /** Lets go of the socket and every timer. A dead line may take minutes to close, so nobody waits for it. */
  #drop(): void {
    for (const cancel of [this.#cancelRetry, this.#cancelBeat, this.#cancelDeadline]) cancel?.();
    this.#cancelRetry = this.#cancelBeat = this.#cancelDeadline = null;
    this.#ready = false;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

/** The browser's own clock. */
export const browserClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Tells a connection what the browser knows about network and attention, until the signal ends it. */
export function followBrowser(link: Pick<Connection<Heard>, "nudge" | "networkLost">, signal: AbortSignal): void {
  const until = { signal };
  const awake = () => void (document.hidden || link.nudge());
  addEventListener("online", () => link.nudge(), until);
  addEventListener("offline", () => link.networkLost(), until);
  addEventListener("pageshow", awake, until);
  document.addEventListener("visibilitychange", awake, until);
}

/** The socket's address on the same server as a page or script. */
export function socketUrl(path: string, base: string): string {
  const url = new URL(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** An address on our own server, or null. */
export function sameServer(url: unknown, server: string): string | null {
  if (typeof url !== "string") return null;
  try {
    const { href, origin } = new URL(url, server);
    return origin === new URL(server).origin ? href : null;
  } catch {
    return null;
  }
}
