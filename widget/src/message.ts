/** One message as a node: its words, files and quote, what was done to it since, and where it is on its way. */

import { draw, h, setText } from "./dom";
import type { Entry, Message } from "./entries";
import { type Door, fileNode, label } from "./files";
import type { Pending } from "./pending";
import { outsideLink, plainText, renderText } from "./render";
import type { Block, FileRef } from "./wire";
import { words } from "./words";

/** What the visitor can do to a message the server did not take, and where files come from. */
export interface Acts {
  retry(id: string): void;
  remove(id: string): void;
  files: Door;
}

const marks = { sending: "◷", stored: "✓", failed: "!" };

/** The longest quote above an answer, in characters. */
const QUOTE = 90;

export function bubble(role: string, author: string, name: string | null): HTMLElement {
  const names = { class: "message", part: `message ${author}`, "data-role": role, "data-author": author };
  const by = author === "visitor" ? words.you : (name ?? words.assistant);
  return h(
    "div",
    names,
    h("div", { class: author === "visitor" ? "by hidden" : "by" }, by),
    h("div", { class: "bubble", part: "bubble" }),
    h("div", { class: "extra" }),
    h("div", { class: "meta" }),
  );
}

/** The face of who speaks, if our own server has it. */
export function addFace(node: HTMLElement, avatar: unknown, files: Door): void {
  const src = files.ours(avatar);
  if (src) node.querySelector(".by")!.prepend(h("img", { class: "face", alt: "", src }));
}

export function fill(node: HTMLElement, one: Pick<Message, "text" | "files" | "deleted">, quote: string | null, files: Door): void {
  const known = one.files.map((file) => [file.id, file.url ? 1 : 0]);
  node.dataset.deleted = String(one.deleted);
  draw(node.querySelector(".bubble")!, [one.text, known, one.deleted, quote], () =>
    one.deleted ? [words.gone] : [...quoted(quote), renderText(one.text), ...one.files.map((file) => fileNode(file, files))],
  );
}

/** What the visitor writes and attaches, before the server has it. */
export function fillPending(node: HTMLElement, text: Block[], files: Pick<FileRef, "name" | "size">[]): void {
  const cards = () => files.map((file) => h("span", { class: "file" }, ...label(file)));
  draw(node.querySelector(".bubble")!, [text, files.map((file) => file.name), false, null], () => [renderText(text), ...cards()]);
}

/** Below the bubble: sources, reactions, and whether it was edited. */
export function fillExtra(node: HTMLElement, { sources, signs, edited, deleted }: Message): void {
  const told = edited && !deleted;
  draw(node.querySelector(".extra")!, [sources, signs, told], () => [
    ...(sources.length ? [sourceList(sources)] : []),
    ...(told ? [h("span", { class: "edited", "data-role": "edited" }, words.edited)] : []),
    ...[...new Set(signs)].map((sign) => {
      const count = signs.filter((other) => other === sign).length;
      return h("span", { class: "sign", "data-role": "reaction" }, count > 1 ? `${sign} ${count}` : sign);
    }),
  ]);
}

/** The beginning of the message that an answer refers to. */
export function quoteOf(entries: Entry[], id: string | null): string | null {
  const one = id && entries.find((entry) => entry.kind === "message" && entry.id === id);
  if (!one || one.kind !== "message") return null;
  if (one.deleted) return words.gone;
  const text = plainText(one.text) || one.files.map((file) => file.name).join(", ");
  return text.length > QUOTE ? `${text.slice(0, QUOTE)}…` : text;
}

function quoted(quote: string | null): HTMLElement[] {
  return quote ? [h("blockquote", { class: "quote", "data-role": "quote" }, quote)] : [];
}

function sourceList(sources: Message["sources"]): HTMLElement {
  const links = sources.map(({ title, url }) => {
    const link = outsideLink(url);
    link.className = "source";
    link.textContent = String(title);
    return link;
  });
  return h("div", { class: "sources", part: "sources", "data-role": "sources", "aria-label": words.sources, role: "group" }, ...links);
}

/** Time and tick under a message; written only when the state changes, so that it is not read out again. */
export function setState(node: HTMLElement, state: keyof typeof marks | "uploading", at: number): void {
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  const time = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const label = state === "failed" ? words.notSent : words[state];
  const told = state === "uploading" ? [label] : [h("time", {}, time), h("span", { class: "hidden" }, label), h("i", { "aria-hidden": "true" }, marks[state])];
  node.querySelector(".meta")!.replaceChildren(...told);
}

export function explain(node: HTMLElement, { id, failed }: Pending, acts: Acts): void {
  const meta = node.querySelector(".meta")!;
  let why = meta.querySelector<HTMLElement>(".why");
  if (!why) {
    why = h("span", { class: "why" });
    // What is lost cannot be tried again.
    const retry = failed === words.lostFile ? [] : [button("retry", words.retry, () => acts.retry(id))];
    meta.replaceChildren(why, ...retry, button("remove", words.remove, () => acts.remove(id)));
  }
  setText(why, `${words.notSent} ${failed ?? ""}`);
}

function button(role: string, label: string, run: () => void): HTMLButtonElement {
  const node = h("button", { type: "button", "data-role": role }, label);
  node.onclick = run;
  return node;
}
