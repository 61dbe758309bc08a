/** The visitor's earlier conversations: a list over the chat, and each of them for reading. Asked of our server by the session's own header. */

import { h } from "./dom";
import { type Entry, message } from "./entries";
import type { Files } from "./files";
import type { Host } from "./more";
import { save } from "./transcript";
import { type EventFrame, fits, type MessageEvent, readFrame } from "./wire";
import { later } from "./later";
import { clock, locale, words } from "./words";

interface Line {
  id: string;
  first: string;
  current: boolean;
  updated_at: number;
}

const line = { id: "string", first: "string", current: "boolean", updated_at: "number" };
const numbered = { seq: "number", at: "number", event: "object" };

export class History {
  readonly #files: Files;
  readonly #host: Host;
  readonly #panel: HTMLElement;
  readonly #opener: HTMLElement;
  #view: HTMLElement | null = null;

  constructor(files: Files, host: Host, panel: HTMLElement, opener: HTMLElement) {
    this.#files = files;
    this.#host = host;
    this.#panel = panel;
    this.#opener = opener;
  }

  async open(): Promise<void> {
    this.#show(later.earlier, () => this.#close());
    await this.#fill(async () => {
      const earlier = readLines(await this.#files.call("/v1/conversations")).filter((one) => !one.current);
      return earlier.length ? [h("ul", {}, ...earlier.map((one) => h("li", {}, this.#row(one))))] : [h("p", {}, later.no_earlier)];
    });
  }

  #row(one: Line): HTMLElement {
    const date = new Date(one.updated_at);
    const day = h("time", { datetime: date.toISOString() }, date.toLocaleDateString(locale, { dateStyle: "medium" }));
    const button = h("button", { type: "button", "data-role": "earlier-one", "data-conversation": one.id }, h("span", {}, one.first || "…"), day);
    button.onclick = () => void this.#read(one);
    return button;
  }

  async #read(one: Line): Promise<void> {
    this.#show(one.first || later.earlier, () => void this.open());
    await this.#fill(async () => {
      const entries = await this.#entries(one.id);
      const load = h("button", { type: "button", class: "save", "data-role": "earlier-transcript" }, later.transcript);
      load.onclick = () => save(entries, one.first || words.chat, this.#host.render);
      return [...entries.flatMap((entry) => this.#message(entry)), load];
    });
  }

  async #entries(id: string): Promise<Entry[]> {
    let entries: Entry[] = [];
    for (let after = 0; ; ) {
      const page = await this.#files.call(`/v1/conversations/${encodeURIComponent(id)}?after=${after}`);
      entries = entries.concat(readEntries(page));
      const seq = Number(page.seq);
      if (!(seq > after)) return entries;
      after = seq;
    }
  }

  #message(one: Entry): HTMLElement[] {
    if (one.kind === "turn") return [];
    const { author, text, deleted, at } = one;
    const who = author.kind === "visitor" ? words.you : (author.name ?? words.assistant);
    const time = h("time", { datetime: new Date(at).toISOString() }, `${new Date(at).toLocaleDateString(locale)} ${clock(at)}`);
    const bubble = h("div", { class: "bubble" }, h("div", {}, deleted ? words.gone : this.#host.render(text)));
    return [h("div", { class: "message first", "data-role": "earlier-message", "data-author": author.kind }, h("div", { class: "by" }, who), bubble, h("div", { class: "past-time" }, time))];
  }

  /** A fresh view with a way back, which has the focus. */
  #show(title: string, leave: () => void): void {
    this.#view?.remove();
    const back = h("button", { type: "button", "data-role": "back", "aria-label": later.back, title: later.back }, "‹");
    back.onclick = leave;
    const head = h("header", {}, back, h("h2", { class: "title" }, title));
    const view = h("section", { class: "past", part: "past", "data-role": "past", "aria-label": title, "aria-busy": "true" }, head, h("div", { tabindex: "0" }));
    view.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      leave();
    };
    this.#view = view;
    this.#panel.append(view);
    back.focus();
  }

  async #fill(make: () => Promise<Node[]>): Promise<void> {
    const view = this.#view!;
    const nodes = await make().catch(() => [h("p", { role: "alert" }, words.part_missing)]);
    view.lastElementChild!.append(...nodes);
    view.setAttribute("aria-busy", "false");
  }

  #close(): void {
    this.#view?.remove();
    this.#view = null;
    this.#opener.focus();
  }
}

/** The lines of a list that are whole. */
export function readLines(value: unknown): Line[] {
  return fits(value, { conversations: "array" }) ? (value as { conversations: Line[] }).conversations.filter((one) => fits(one, line)) : [];
}

/** The messages of an answer, through the door that all events take. */
export function readEntries(value: unknown): Entry[] {
  if (!fits(value, { events: "array" })) return [];
  return (value as { events: EventFrame[] }).events.flatMap((one) => {
    const frame = fits(one, numbered) ? readFrame(JSON.stringify({ ...one, type: "event" })) : null;
    return frame?.type === "event" && frame.event?.kind === "message" ? [message(frame.seq, frame.at, frame.event as MessageEvent)] : [];
  });
}
