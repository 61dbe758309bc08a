/**
 * What the chat loads when it is first needed, as `widget-more.js`: choosing and bringing files, showing what only
 * some messages have, and what a talk with a person needs. The widget knows the types of this file and none of its code.
 */

import type { Attached } from "./attached";
import { browserClock, sameServer } from "./connection";
import { h, type Item, newId } from "./dom";
import type { Entry, Message, Turn } from "./entries";
import { Eyes } from "./eyes";
import { fileNode, Files, label, NotTaken } from "./files";
import { attach, detach, lost, unsendable, uploaded, viewed } from "./luggage";
import type { Rich } from "./message";
import css from "./more.css";
import { wordsOf } from "./render";
import type { State } from "./state";
import { followPlaces } from "./steps";
import { chosenItem } from "./tray";
import { turnItem } from "./turns";
import { Typing } from "./typing";
import { type Block, type Choice, type ClientFrame, fits, wholeFiles } from "./wire";
import { speak, type Words, words } from "./words";

/** What the module offers. */
export interface Part {
  More: new (host: Host) => More;
}

/** The chat that this belongs to. */
export interface Host {
  server: string;
  log: HTMLElement;
  words: Words;
  locale: string;
  render(text: Block[]): DocumentFragment;
  token(): string | null;
  send(frame: ClientFrame): void;
  choose(text: string, choose: Choice): void;
  change(change: (state: State, now: number) => State): void;
  /** The visitor is on another page now. */
  moved(): void;
}

/** The longest quote above an answer, in characters. */
const QUOTE = 90;

export class More {
  readonly #host: Host;
  readonly #files: Files;
  readonly #eyes: Eyes;
  readonly typing: Typing;
  /** The bytes of chosen files, which last as long as this page. */
  readonly #blobs = new Map<string, File>();
  readonly #leaving = new AbortController();
  readonly #uploading = new Set<string>();

  constructor(host: Host) {
    speak(host.words, host.locale);
    this.#host = host;
    this.#files = new Files(host.server, host.token);
    this.#eyes = new Eyes(host.log, (node) => host.change(viewed(Number(node.dataset.seq))));
    this.typing = new Typing(browserClock, (on) => host.send({ type: "typing", on }));
    followPlaces(host.moved, this.#leaving.signal);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    (host.log.getRootNode() as ShadowRoot).adoptedStyleSheets.push(sheet);
  }

  /** Watches the newest message of an agent, if anybody can be looking at it. */
  look({ open }: State): void {
    const nodes = this.#host.log.querySelectorAll<HTMLElement>('[data-author="agent"]');
    this.#eyes.watch(open && !document.hidden ? (Array.from(nodes).at(-1) ?? null) : null);
  }

  leave(): void {
    this.#leaving.abort();
    this.#eyes.watch(null);
  }

  /** The face of who speaks, if our own server has it. */
  addFace(node: HTMLElement, avatar: unknown): void {
    const by = node.querySelector(".by")!;
    const src = sameServer(avatar, this.#host.server);
    if (src && !by.querySelector("img")) by.prepend(h("img", { class: "face", alt: "", src }));
  }

  attach(files: File[]): void {
    const fresh = files.map((file): Attached => {
      const key = newId();
      this.#blobs.set(key, file);
      return { key, name: file.name, mime: file.type, size: file.size, id: null };
    });
    this.#host.change(attach(fresh));
  }

  async upload({ key, name }: Attached): Promise<void> {
    if (this.#uploading.has(key)) return;
    const blob = this.#blobs.get(key);
    if (!blob) return this.#host.change(lost(key));
    this.#uploading.add(key);
    const change = await this.#files.upload(name, blob).then(
      (id) => {
        this.#blobs.delete(key);
        return uploaded(key, id);
      },
      (error) => unsendable(key, error instanceof NotTaken ? error.why : null),
    );
    this.#uploading.delete(key);
    this.#host.change(change);
  }

  /** The files chosen for the next message. */
  tray(chosen: Attached[]): Item[] {
    return chosen.map((one) => chosenItem(one, (key) => this.#host.change(detach(key))));
  }

  /** The files of a message that is on its way. */
  cards(files: Attached[]): Rich {
    return {
      key: files.map((file) => file.name),
      around: (words) => [words, ...files.map((file) => h("span", { class: "file" }, ...label(file)))],
      extra: () => [],
    };
  }

  /** The line for a change of who answers, or null where there is nothing to tell. */
  turn(one: Turn): Item | null {
    return turnItem(one);
  }

  rich(one: Message, { entries, pending }: State): Rich {
    const quote = this.#quoteOf(entries, one.quotes);
    // Whatever comes after the suggestions ends them.
    const open = entries.at(-1) === one && !pending.length;
    const files = wholeFiles(one.files);
    const told = one.edited && !one.deleted;
    return {
      key: [files.map((file) => [file.id, file.url ? 1 : 0]), quote, told, one.signs, open],
      around: (words) => [
        ...(quote ? [h("blockquote", { class: "quote", "data-role": "quote" }, quote)] : []),
        words,
        ...files.map((file) => fileNode(file, this.#files)),
      ],
      extra: () => [...this.#choices(one, open), ...(told ? [h("span", { class: "edited", "data-role": "edited" }, words.edited)] : []), ...signs(one.signs)],
    };
  }

  #choices({ id: of, suggestions }: Message, open: boolean): HTMLElement[] {
    if (!fits(suggestions, { choices: "array", other: "string" })) return [];
    const button = (text: string, choose: Choice) => {
      const role = choose.choice == null ? "other" : "choice";
      const node = h("button", { type: "button", class: role, "data-role": role }, text);
      node.disabled = !open;
      node.onclick = () => this.#host.choose(text, choose);
      return node;
    };
    const { choices, other } = suggestions!;
    const buttons = [...choices.map((text, choice) => button(String(text), { of, choice })), button(other, { of })];
    return [h("div", { class: "choices", "data-role": "choices", role: "group", "aria-label": words.choices }, ...buttons)];
  }

  /** The beginning of the message that an answer refers to. */
  #quoteOf(entries: Entry[], id: string | null): string | null {
    const one = id && entries.find((entry) => entry.kind === "message" && entry.id === id);
    if (!one || one.kind !== "message") return null;
    if (one.deleted) return words.gone;
    const text = wordsOf(this.#host.render(one.text)) || wholeFiles(one.files).map((file) => file.name).join(", ");
    return text.length > QUOTE ? `${text.slice(0, QUOTE)}…` : text;
  }
}

function signs(all: string[]): HTMLElement[] {
  return [...new Set(all)].map((sign) => {
    const count = all.filter((other) => other === sign).length;
    return h("span", { class: "sign", "data-role": "reaction" }, count > 1 ? `${sign} ${count}` : sign);
  });
}
