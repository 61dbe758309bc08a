/**
 * Replies on their way to the server: kept in the browser until the server has them, sent in order, and
 * sent again under the same id after a failure, so that a reply is never lost and never doubled.
 */

import type { Attached } from "../src/attached";
import type { Clock } from "../src/connection";
import { fits, parse } from "../src/wire";
import { CallError } from "./api";

export interface Reply {
  id: string;
  conversation: string;
  text: string;
  files: Attached[];
  /** Why the server will not take it; null while there is hope. */
  refused: string | null;
  /** At least one attempt failed and another will follow. */
  delayed: boolean;
  /** Where it stands in the log, once the server has it; it is dropped when the log has come this far. */
  seq: number | null;
}

export interface Options {
  clock: Clock;
  storage: Pick<Storage, "getItem" | "setItem"> | null;
  post(reply: Reply): Promise<{ seq: number }>;
  /** Brings a file to the server, which names it. */
  upload(file: Attached): Promise<string>;
  changed(): void;
}

const KEY = "hinny-desk:unsent";
const kept = { id: "string", conversation: "string", text: "string", files: "array?" };
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export class Replies {
  private replies: Reply[];
  private busy = false;
  private failures = 0;
  private cancelWait: (() => void) | null = null;

  constructor(private readonly options: Options) {
    this.replies = restored(options.storage);
  }

  of(conversation: string | null): Reply[] {
    return this.replies.filter((one) => one.conversation === conversation);
  }

  add(conversation: string, id: string, text: string, files: Attached[] = []): void {
    this.replies.push({ id, conversation, text, files, refused: null, delayed: false, seq: null });
    this.save();
    this.flush();
  }

  retry(id: string): void {
    this.change(id, { refused: null });
    this.flush();
  }

  remove(id: string): void {
    this.replies = this.replies.filter((one) => one.id !== id);
    this.save();
  }

  /** The log of a conversation reached this seq: what it holds need not be shown as pending. */
  logged(conversation: string, seq: number): void {
    const left = this.replies.filter((one) => one.conversation !== conversation || one.seq === null || one.seq > seq);
    if (left.length === this.replies.length) return;
    this.replies = left;
    this.save();
  }

  /** Tries now what waits; called when the network is back too. */
  flush(): void {
    this.cancelWait?.();
    this.cancelWait = null;
    const next = this.replies.find((one) => one.seq === null && one.refused === null);
    if (next && !this.busy) void this.send(next);
  }

  private async send(reply: Reply): Promise<void> {
    this.busy = true;
    try {
      const { seq } = await this.options.post(reply.files.length ? await this.carried(reply) : reply);
      this.failures = 0;
      this.change(reply.id, { seq, delayed: false });
    } catch (error) {
      this.missed(reply, error);
    } finally {
      this.busy = false;
    }
    if (!this.cancelWait) this.flush();
  }

  /** The reply with all its files at the server; what has arrived need not go again. */
  private async carried({ id, files }: Reply): Promise<Reply> {
    let reply = this.get(id);
    for (const file of files.filter((one) => one.id === null)) {
      const named = await this.options.upload(file);
      this.change(id, { files: this.get(id).files.map((one) => (one.key === file.key ? { ...one, id: named } : one)) });
      reply = this.get(id);
    }
    return reply;
  }

  private get(id: string): Reply {
    const reply = this.replies.find((one) => one.id === id);
    if (!reply) throw new CallError(410, "");
    return reply;
  }

  private missed(reply: Reply, error: unknown): void {
    if (error instanceof CallError && !error.passing) return this.change(reply.id, { refused: error.message });
    this.change(reply.id, { delayed: true });
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures++);
    this.cancelWait = this.options.clock.after(wait * (0.5 + this.options.clock.random() / 2), () => this.flush());
  }

  private change(id: string, change: Partial<Reply>): void {
    this.replies = this.replies.map((one) => (one.id === id ? { ...one, ...change } : one));
    this.save();
  }

  private save(): void {
    const unsent = this.replies.filter((one) => one.seq === null);
    try {
      this.options.storage?.setItem(KEY, JSON.stringify(unsent.map(({ id, conversation, text, files }) => ({ id, conversation, text, files }))));
    } catch {
      // Without storage a reply lasts as long as the page.
    }
    this.options.changed();
  }
}

function restored(storage: Options["storage"]): Reply[] {
  const list = parse(storage?.getItem(KEY));
  const whole = (Array.isArray(list) ? list : []).filter((one) => fits(one, kept)) as Reply[];
  return whole.map(({ id, conversation, text, files = [] }) => ({ id, conversation, text, files, refused: null, delayed: true, seq: null }));
}
