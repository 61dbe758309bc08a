/**
 * Tells a page what happens in its chat, if the page listens: `hinny("on", event, listener)`. A part of its own, which
 * the chat fetches for such pages. What is told is in `packages/widget/src/types.ts`.
 */

import type { Events as Told, Listener, Message } from "../packages/widget/src/types";
import type { Call } from "./boot";
import type { Entry } from "./entries";
import { type State, unread } from "./state";
import type { Block, Inline } from "./wire";

export type EventsPart = { Events: typeof Events };

export class Events {
  /** The messages the page has heard of, or that are older than its listening; null while the past is on its way. */
  #known: Set<string> | null;
  #unread = 0;
  /** The calls that were looked at: who made them knows that the chat is there. */
  readonly #ready = new WeakSet<Call>();

  /** `calls` grows while the page subscribes; `before` is the last state of which nothing is to be told. */
  constructor(
    private readonly calls: Call[],
    private before: State,
  ) {
    this.#known = before.caughtUp ? new Set(messages(before).map(({ id }) => id)) : null;
  }

  look(state: State): void {
    const { before } = this;
    // First, because a listener may change the state at once.
    this.before = state;
    const late = this.calls.filter((call) => !this.#ready.has(call));
    for (const call of late) this.#ready.add(call);
    this.#tell(late, "ready");
    for (const [verb] of late) if (verb && verb !== "on") console.error(`hinny: unknown verb "${verb}"`);
    if (state.open !== before.open) this.#tell(this.calls, state.open ? "open" : "close");
    if (state.stopped && state.stopped !== before.stopped) this.#tell(this.calls, "error", { error: state.stopped });
    if (state.conversation !== before.conversation && !state.caughtUp) this.#known = null;
    if (!state.caughtUp) return;
    this.#tellMessages(state);
    const count = unread(state);
    if (count === this.#unread) return;
    this.#unread = count;
    this.#tell(this.calls, "unread", count);
  }

  #tellMessages(state: State): void {
    const all = messages(state);
    const fresh = this.#known ? all.filter(({ id }) => !this.#known?.has(id)) : [];
    this.#known = new Set(all.map(({ id }) => id));
    for (const one of fresh) this.#tell(this.calls, "message", told(one));
  }

  #tell<E extends keyof Told>(calls: Call[], event: E, ...told: Told[E]): void {
    for (const [verb, wanted, listener] of [...calls]) {
      if (verb !== "on" || wanted !== event) continue;
      try {
        (listener as Listener<E>)(...told);
      } catch (error) {
        // A page's own mistake is the page's to see, and stops nothing here.
        reportError(error);
      }
    }
  }
}

type Said = Extract<Entry, { kind: "message" }>;

function messages({ entries }: State): Said[] {
  return entries.filter((one): one is Said => one.kind === "message");
}

function told({ id, author, text }: Said): Message {
  return { id, author: author.kind, name: ("name" in author && author.name) || null, text: plain(text) };
}

/** The words of a text tree, a line for each paragraph. */
function plain(blocks: Block[]): string {
  return blocks.map(words).join("\n");
}

function words(block: Block): string {
  switch (block.type) {
    case "paragraph":
      return block.children.map(inline).join("");
    case "list":
      return block.items.map(plain).join("\n");
    case "quote":
      return plain(block.children);
    case "code":
      return block.text;
  }
}

function inline(one: Inline): string {
  if (one.type === "break") return "\n";
  return "children" in one ? one.children.map(inline).join("") : one.text;
}
