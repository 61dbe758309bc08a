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
import { attach, cancelled, detach, lost, unsendable, uploaded, viewed } from "./luggage";
import type { Rich } from "./message";
import css from "./more.css";
import { wordsOf } from "./render";
import type { State } from "./state";
import { followPlaces } from "./steps";
import type { Store } from "./store";
import type { Talk, TalkPart } from "./talk";
import { chosenItem } from "./tray";
import { Typing } from "./typing";
import type { Wish } from "./pending";
import { type Author, type Block, type Choice, type ClientFrame, fits, wholeFiles } from "./wire";
import { count, locale, say, speak, type Words, words } from "./words";

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
  store: Store;
  request(what: Wish): void;
  change(change: (state: State, now: number) => State): void;
  /** The visitor is on another page now. */
  moved(): void;
}

/** The longest quote above an answer, in characters. */
const QUOTE = 90;

export class More {
  /** Fetches what is for some moments only; the attempts so far are told. */
  static load: (attempt: number) => Promise<TalkPart> = (attempt) => import(new URL(`./widget-talk.js${attempt ? `?${attempt}` : ""}`, import.meta.url).href);

  readonly #host: Host;
  readonly #files: Files;
  readonly #eyes: Eyes;
  readonly typing: Typing;
  /** The bytes of chosen files, which last as long as this page. */
  readonly #blobs = new Map<string, File>();
  readonly #leaving = new AbortController();
  readonly #uploading = new Map<string, AbortController>();
  readonly #bars = new Map<string, HTMLProgressElement>();
  #talk: Talk | null = null;
  #loading: Promise<Talk | null> | null = null;
  #attempts = 0;

  constructor(host: Host) {
    speak(host.words, host.locale);
    this.#host = host;
    this.#files = new Files(host.server, host.token);
    this.#eyes = new Eyes(host.log, (node) => host.change(viewed(Number(node.dataset.seq))));
    this.typing = new Typing(browserClock, (on) => host.send({ type: "typing", on }));
    followPlaces(host.moved, this.#leaving.signal);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const root = host.log.getRootNode() as ShadowRoot;
    root.adoptedStyleSheets.push(sheet);
  }

  /** Watches the newest message of an agent, if anybody can be looking at it. */
  look(state: State): void {
    const { open } = state;
    if (state.entries.length || this.#host.store.read().past) void this.#load();
    this.#talk?.look(state);
    this.#date(state.entries);
    const nodes = this.#host.log.querySelectorAll<HTMLElement>('[data-author="agent"]');
    this.#eyes.watch(open && !document.hidden ? (Array.from(nodes).at(-1) ?? null) : null);
  }

  /** The hour stands under a message; the exact time is for whoever looks closer. */
  #date(entries: Entry[]): void {
    for (const { seq, at } of entries) {
      const time = this.#host.log.querySelector<HTMLTimeElement>(`[data-seq="${seq}"] .meta time:not([title])`);
      if (!time) continue;
      const date = new Date(at);
      time.title = date.toLocaleString(locale, { dateStyle: "full", timeStyle: "medium" });
      time.setAttribute("datetime", date.toISOString());
    }
  }

  leave(): void {
    this.#leaving.abort();
    this.#eyes.watch(null);
    this.#talk?.leave();
  }

  /** Null when it cannot be had now; the next need tries again. */
  #load(): Promise<Talk | null> {
    return (this.#loading ??= this.#fetch());
  }

  async #fetch(): Promise<Talk | null> {
    try {
      const { Talk } = await More.load(this.#attempts);
      if (this.#leaving.signal.aborted) return null;
      this.#talk = new Talk(this.#host, this.#files, (files) => this.attach(files), (wish) => this.#ask(wish));
      // What it has to say about messages is shown at once.
      this.#host.change((state) => ({ ...state }));
    } catch {
      this.#attempts++;
      this.#loading = null;
    }
    return this.#talk;
  }

  /** How many messages are new, in words. */
  unread(n: number): string {
    return count(words.unread, n);
  }

  /** The face of who speaks, if our own server has it: their own, or the one that the site shows of them. */
  addFace(node: HTMLElement, { kind, name, avatar }: Author, { site }: State): void {
    const by = node.querySelector(".by")!;
    const { team } = (site?.brand ?? {}) as { team?: { name: string; photo: unknown }[] };
    const mate = kind === "agent" && Array.isArray(team) ? team.find((one) => one?.name === name) : null;
    const src = sameServer(avatar ?? mate?.photo, this.#host.server);
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
    const ending = new AbortController();
    this.#uploading.set(key, ending);
    const told = (share: number) => this.#bars.get(key)?.setAttribute("value", String(share));
    const change = await this.#files.upload(name, blob, told, ending.signal).then(
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
    let made: HTMLElement[] | null = null;
    return {
      key: files.map(({ key, id }) => [key, id !== null]),
      // The bars that move are those that are shown, however often this is asked.
      around: (words) => [words, ...(made ??= files.map((file) => this.#card(file)))],
      extra: () => [],
    };
  }

  #card(file: Attached): HTMLElement {
    const { key, id, name } = file;
    if (id !== null) return h("span", { class: "file" }, ...label(file));
    const bar = h("progress", { max: "1", value: this.#bars.get(key)?.getAttribute("value") ?? "0", "aria-label": name });
    const cancel = h("button", { type: "button", "data-role": "cancel", "aria-label": say(words.detach, { name }) }, "×");
    cancel.onclick = () => {
      this.#uploading.get(key)?.abort();
      this.#blobs.delete(key);
      this.#host.change(cancelled(key));
    };
    this.#bars.set(key, bar);
    return h("span", { class: "file" }, ...label(file), bar, cancel);
  }

  /** The line for a change of who answers, or null where there is nothing to tell. */
  turn(one: Turn): Item | null {
    return this.#talk?.turn(one) ?? null;
  }

  day(at: number, before?: number): Item | null {
    return this.#talk?.day(at, before) ?? null;
  }

  rich(one: Message, { entries, pending, handling, said }: State): Rich {
    const quote = this.#quoteOf(entries, one.quotes);
    // Whatever comes after the suggestions ends them.
    const open = entries.at(-1) === one && !pending.length;
    const files = wholeFiles(one.files);
    const told = one.edited && !one.deleted;
    return {
      key: [files.map((file) => [file.id, file.url ? 1 : 0]), quote, told, one.signs, open, said[one.id], handling === "bot", Boolean(this.#talk)],
      around: (words) => [
        ...(quote ? [h("blockquote", { class: "quote", "data-role": "quote" }, quote)] : []),
        words,
        ...files.map((file) => fileNode(file, this.#files)),
      ],
      extra: () => [...this.#choices(one, open), ...(this.#talk?.helped(one, said[one.id], open && handling === "bot") ?? []), ...(told ? [h("span", { class: "edited", "data-role": "edited" }, words.was_edited)] : []), ...signs(one.signs)],
    };
  }

  #choices({ id: of, suggestions }: Message, open: boolean): HTMLElement[] {
    if (!fits(suggestions, { choices: "array", other: "string" })) return [];
    const button = (text: string, choose: Choice) => {
      const role = choose.choice == null ? "other" : "choice";
      const node = h("button", { type: "button", class: role, "data-role": role }, text);
      node.disabled = !open;
      node.onclick = () => this.#ask({ text, choose });
      return node;
    };
    const { choices, other } = suggestions!;
    const buttons = [...choices.map((text, choice) => button(String(text), { of, choice })), button(other, { of })];
    return [h("div", { class: "choices", "data-role": "choices", role: "group", "aria-label": words.choices }, ...buttons)];
  }

  /** The button that was pressed goes; the box is where the visitor goes on. */
  #ask(wish: Wish): void {
    this.#host.request(wish);
    (this.#host.log.getRootNode() as ShadowRoot).querySelector<HTMLElement>('[data-role="composer"]')?.focus();
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
