/**
 * What a chat needs at some moments only, loaded by `more.ts` as `widget-talk.js`: the menu, earlier conversations, the
 * transcript, stars at the end, sound and notifications, emoji. It knows the chat by its `Host` and the roles of its nodes.
 */

import { Bell } from "./bell";
import { h, type Item } from "./dom";
import { Emoji } from "./emoji";
import type { Files } from "./files";
import { History } from "./history";
import { Menu, type Tool } from "./menu";
import type { Message, Turn } from "./entries";
import type { Host } from "./more";
import type { Wish } from "./pending";
import { button } from "./marks";
import type { HelpedEvent, RatedEvent } from "./wire";
import { Stars } from "./stars";
import { stayAtEnd } from "./stay";
import type { State } from "./state";
import css from "./talk.css";
import { save } from "./transcript";
import { dayItem, turnItem } from "./turns";
import { later, speakLater } from "./later";
import { words } from "./words";

/** What the module offers. */
export interface TalkPart {
  Talk: new (host: Host, files: Files, attach: (files: File[]) => void, ask: (wish: Wish) => void) => Talk;
}

const paths = {
  menu: "M5 12h0m7 0h0m7 0h0",
  emoji: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M8 14s1.5 2 4 2 4-2 4-2M9 9h.01M15 9h.01",
};

/** A button of the chat that comes with this part. */
function place(role: string, label: string, path: string, before: HTMLElement): HTMLButtonElement {
  const node = button(role, label, path);
  node.setAttribute("aria-expanded", "false");
  before.before(node);
  return node;
}

export class Talk {
  readonly #host: Host;
  readonly #ask: (wish: Wish) => void;
  readonly #attach: (files: File[]) => void;
  readonly #bell: Bell;
  readonly #stars: Stars;
  readonly #emoji: Emoji;
  readonly #menu: Menu;
  readonly #history: History;
  readonly #leaving = new AbortController();
  #state!: State;

  constructor(host: Host, files: Files, attach: (files: File[]) => void, ask: (wish: Wish) => void) {
    speakLater(host.words, host.locale);
    const root = host.log.getRootNode() as ShadowRoot;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets.push(sheet);
    const find = <T extends HTMLElement>(role: string) => root.querySelector<T>(`[data-role="${role}"]`)!;
    const panel = find("panel");
    const input = find<HTMLTextAreaElement>("composer");
    const emoji = place("emoji", later.emoji, paths.emoji, find("attach"));
    const menu = place("menu", later.menu, paths.menu, find("close"));
    this.#host = host;
    this.#attach = attach;
    this.#ask = ask;
    this.#bell = new Bell(host, panel);
    this.#stars = new Stars(host, find("person").parentElement!);
    this.#emoji = new Emoji(input, emoji);
    this.#menu = new Menu(menu, () => this.#tools());
    this.#history = new History(files, host, panel, menu);
    stayAtEnd(host.log, this.#leaving.signal);
    emoji.onclick = () => this.#emoji.turn();
    menu.onclick = () => this.#menu.turn();
  }

  look(state: State): void {
    this.#state = state;
    if (state.conversation && !this.#host.store.read().past) this.#host.store.write({ past: true });
    this.#bell.look(state);
    this.#stars.look(state);
  }

  leave(): void {
    this.#leaving.abort();
    this.#bell.leave();
  }

  /** Asked below the last word of the bot, as long as it is the last one. */
  helped({ id: of, answer }: Message, said: HelpedEvent | RatedEvent | undefined, open: boolean): HTMLElement[] {
    if (said?.kind === "helped" && said.yes) return [h("span", { "data-role": "thanks" }, later.thanks)];
    if (!answer || said || !open) return [];
    const button = (role: string, text: string, wish: Wish) => {
      const node = h("button", { type: "button", "data-role": role }, text);
      node.onclick = () => this.#ask(wish);
      return node;
    };
    const say = (yes: boolean): Wish => ({ text: "", choose: { type: "helped", of, yes } });
    const buttons = [button("yes", later.yes, say(true)), button("no", later.no, say(false)), button("helped-person", words.person, { text: null })];
    return [h("div", { class: "helped", "data-role": "helped", role: "group", "aria-label": later.helped }, h("span", {}, later.helped), ...buttons)];
  }

  turn(one: Turn): Item | null {
    return turnItem(one);
  }

  day(at: number, before?: number): Item | null {
    return dayItem(at, before);
  }

  /** What can be done now. */
  #tools(): Tool[] {
    const { entries, conversation, handling, limits, pending, token, site } = this.#state;
    const said = entries.some((one) => one.kind === "message" && one.author.kind === "visitor");
    // Nobody walks away from a person, or from an answer that is on its way.
    const may = said && !pending.length && conversation !== null && (handling === "closed" || (handling === "bot" && this.#isAnswered()));
    const leave = () => this.#host.request({ text: "", choose: { type: "leave", conversation: conversation! } });
    const { muted } = this.#bell;
    return [
      { role: "new", label: later.new_chat, run: may ? leave : null },
      { role: "earlier", label: later.earlier, run: token ? () => void this.#history.open() : null },
      { role: "transcript", label: later.transcript, run: said ? () => save(entries, site?.name ?? words.chat, this.#host.render) : null },
      ...(limits.files ? [{ role: "photo", label: later.photo, run: () => this.#photograph(), touch: true }] : []),
      { role: "mute", label: muted ? later.unmute : later.mute, run: () => this.#bell.mute(!muted) },
    ];
  }

  #isAnswered(): boolean {
    const last = this.#state.entries.findLast((one) => one.kind === "message");
    return last?.kind === "message" && last.author.kind !== "visitor";
  }

  /** A phone opens its camera for this. */
  #photograph(): void {
    const input = h("input", { type: "file", accept: "image/*", capture: "environment", hidden: "", "data-role": "camera" });
    input.onchange = () => {
      this.#attach([...(input.files ?? [])]);
      input.remove();
    };
    // Some browsers forget an input that is on no page.
    this.#host.log.after(input);
    input.click();
  }
}
