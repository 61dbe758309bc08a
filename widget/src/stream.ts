/**
 * What stands in for a WebSocket where none gets through: the server's frames come as an event stream, and ours go as
 * calls. To the connection it is a socket like any other. The chat loads it as `widget-stream.js` when it is needed.
 *
 * The token goes in a header, never in an address, so this is `fetch` and not `EventSource`.
 */

import type { Socket } from "./connection";

/** What the module offers. */
export interface StreamPart {
  StreamSocket: new (server: string) => Socket;
}

interface Frame {
  type: string;
  id?: string;
}

/** The server lets nothing be still for longer than its own ping, which is half of this. */
const STILL_MS = 50_000;

/** Frames that are worth nothing later, and have no call. */
const FLEETING = new Set(["typing"]);
/** The call for a frame is named like it, but for these. */
const calls: Record<string, string> = { say: "messages" };

export class StreamSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #server: string;
  readonly #ending = new AbortController();
  #token = "";
  /** Where the visitor is, until the server knows it: it asks for that once there is a conversation. */
  #where: object | null = null;
  #heardAt = 0;

  constructor(server: string) {
    this.#server = server;
    queueMicrotask(() => this.onopen?.());
  }

  send(data: string): void {
    const { type, ...frame } = JSON.parse(data) as Frame & { n?: number };
    if (type === "hello") this.#run(this.#greet(frame));
    else if (type === "ping") this.#pong(frame.n);
    else if (!FLEETING.has(type)) this.#run(this.#say(type, frame));
  }

  close(): void {
    this.#ending.abort();
  }

  /** A call that breaks off is a line that broke. */
  #run(call: Promise<void>): void {
    call.then(undefined, () => {
      if (this.#ending.signal.aborted) return;
      this.close();
      this.onclose?.();
    });
  }

  async #greet(hello: object): Promise<void> {
    const { protocol, site, token, identity, consent, conversation, after, ...where } = hello as Record<string, unknown>;
    const answer = await this.#call("session", { protocol, site, token, identity, consent });
    const session = (await answer.json()) as { token: string; error?: string };
    // A pass that is worth nothing is forgotten, and then the door is tried without it.
    const again = answer.status === 401 && (token || identity) ? 0 : null;
    if (!answer.ok) return this.#tell({ type: "bye", ...refusal(session, answer, again) });
    this.#token = session.token;
    this.#where = where;
    if (conversation) await this.#place();
    const from = new URLSearchParams({ after: String(after), ...(conversation ? { conversation: String(conversation) } : {}) });
    const stream = await this.#fetch(`events?${from}`);
    if (!stream.ok) return this.#tell({ type: "bye", ...refusal(await stream.json(), stream, 1000) });
    await this.#listen(stream.body!.getReader());
    throw new Error("the stream ended");
  }

  /** Events are parted by an empty line; a line that is no data is a sign of life. */
  async #listen(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for (let text = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#heardAt = Date.now();
      const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = events.pop()!;
      for (const event of events) if (event.startsWith("data: ")) this.onmessage?.({ data: event.slice(6) });
    }
  }

  async #say(type: string, frame: Partial<Frame>): Promise<void> {
    const answer = await this.#call(calls[type] ?? type, frame);
    if (answer.status === 204) return;
    // The session ended elsewhere: the next greeting is told so.
    if (answer.status === 401) throw new Error("the token counts no more");
    const body = await answer.json();
    if (answer.ok) {
      this.#tell({ type: "ack", ...body });
      await this.#place();
    } else this.#tell({ type: "refused", id: frame.id ?? null, ...refusal(body, answer, null) });
  }

  async #place(): Promise<void> {
    const where = this.#where;
    this.#where = null;
    if (where) await this.#call("context", where);
  }

  /** The server's own signs of life answer for it; where they stay away, nobody does. */
  #pong(n: unknown): void {
    if (Date.now() - this.#heardAt < STILL_MS) this.#tell({ type: "pong", n });
  }

  #tell(frame: object): void {
    if (!this.#ending.signal.aborted) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  #call(path: string, body: object): Promise<Response> {
    return this.#fetch(path, { method: "POST", body: JSON.stringify(body) }, { "Content-Type": "application/json" });
  }

  #fetch(path: string, more: RequestInit = {}, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = this.#token && { Authorization: `Bearer ${this.#token}` };
    const request = { ...more, headers: { ...headers, ...authorization }, signal: this.#ending.signal, cache: "no-store" as const };
    return fetch(`${this.#server}/v1/${path}`, request);
  }
}

/** What the server answered instead, as a socket says it. */
function refusal(body: { error?: unknown; detail?: unknown }, { headers }: Response, again: number | null): object {
  const wait = Number(headers.get("Retry-After")) * 1000;
  return { error: String(body.error), detail: String(body.detail), retry_after_ms: wait || again };
}
