/** One message as a node: its words, files and quote, what was done to it since, and where it is on its way. */

import { draw, h, setText } from "./dom";
import type { Message } from "./entries";
import type { Pending } from "./pending";
import { outsideLink, renderText } from "./render";
import type { Block } from "./wire";
import { clock, words } from "./words";

/** What the visitor can do to a message the server did not take, and where files come from. */
export interface Acts {
  retry(id: string): void;
  remove(id: string): void;
}

/** What only some messages have: a quote above the words, files below them, and signs. It is made by what is loaded later. */
export interface Rich {
  /** Changes when something else is to be shown. */
  key: unknown;
  around(words: Node): Node[];
  extra(): HTMLElement[];
}

const marks = { sending: "◷", stored: "✓", failed: "!" };

export function bubble(role: string, author: string, name: string | null): HTMLElement {
  const names = { class: "message", part: `message ${author}`, "data-role": role, "data-author": author };
  const by = author === "visitor" ? words.you : (name ?? words.assistant);
  return h(
    "div",
    names,
    h("div", { class: author === "visitor" ? "by hidden" : "by" }, by),
    h("div", { class: "bubble", part: "bubble" }, h("div"), h("div"), h("div")),
    // What comes and goes below the words is there to be found; only the words and their sources are announced.
    h("div", { class: "extra" }, h("div"), h("div", { "aria-live": "off" })),
    h("div", { class: "meta", "aria-live": "off" }),
  );
}

/** The words are drawn apart from what stands around them, so that they are announced once. */
export function fill(node: HTMLElement, text: Block[], deleted: boolean, rich?: Rich | null): void {
  node.dataset.deleted = String(deleted);
  const [before, said, after] = node.querySelector(".bubble")!.children as unknown as [Element, Element, Element];
  draw(said, [text, deleted], () => [deleted ? words.gone : renderText(text)]);
  const around = () => (deleted || !rich ? [said] : rich.around(said));
  draw(before, [deleted, rich?.key], () => around().slice(0, around().indexOf(said)));
  draw(after, [deleted, rich?.key], () => around().slice(around().indexOf(said) + 1));
}

/** Below the bubble: sources, and what was done to the message since. */
export function fillExtra(node: HTMLElement, { sources }: Message, rich?: Rich | null): void {
  const [from, extra] = node.querySelector(".extra")!.children as unknown as [Element, Element];
  draw(from, sources, () => (sources.length ? [sourceList(sources)] : []));
  draw(extra, rich?.key ?? 0, () => rich?.extra() ?? []);
}

function sourceList(sources: Message["sources"]): HTMLElement {
  const links = sources.map(({ title, url }) => {
    const link = outsideLink(url);
    link.className = "source";
    link.append(h("b", {}, String(title)), ...place(link));
    return link;
  });
  return h("div", { class: "sources", part: "sources", "data-role": "sources", "aria-label": words.sources, role: "group" }, ...links);
}

/** Where a link leads, so that nobody is surprised. */
function place(link: HTMLElement): HTMLElement[] {
  const { host, pathname } = link as HTMLAnchorElement;
  return host ? [h("span", {}, host + pathname.replace(/\/$/, ""))] : [];
}

/** Time under a message, and how far one's own has come; written only when that changes, so that it is not read out again. */
export function setState(node: HTMLElement, state: keyof typeof marks | "uploading", at: number): void {
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  const label = words[`state_${state}`];
  const told = state === "uploading" ? [label] : [h("time", {}, clock(at)), h("span", { class: "hidden" }, label), h("i", { "aria-hidden": "true" }, marks[state])];
  node.querySelector(".meta")!.replaceChildren(...(node.dataset.author === "visitor" ? told : told.slice(0, 1)));
}

export function explain(node: HTMLElement, { id, failed, lost }: Pending, acts: Acts): void {
  const meta = node.querySelector(".meta")!;
  let why = meta.querySelector<HTMLElement>(".why");
  if (!why) {
    why = h("span", { class: "why" });
    // What is lost cannot be tried again.
    const retry = lost ? [] : [button("retry", words.retry, () => acts.retry(id))];
    meta.replaceChildren(why, ...retry, button("remove", words.remove, () => acts.remove(id)));
  }
  setText(why, `${words.state_failed} ${failed ?? ""}`);
}

function button(role: string, label: string, run: () => void): HTMLButtonElement {
  const node = h("button", { type: "button", "data-role": role }, label);
  node.onclick = run;
  return node;
}
