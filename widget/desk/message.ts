/** One message as the team sees it: who, what, what became of it, and what may be done with one's own. */

import { draw, h, type Item } from "../src/dom";
import { fileNode } from "../src/files";
import { outsideLink, plainText, renderText } from "../src/render";
import type { Author, Source } from "../src/wire";
import type { Folded, Words } from "./fold";
import type { ThreadActions } from "./thread";
import type { Conversation, Numbered, Said } from "./types";
import { shortTime, visitorName, words } from "./words";

/** What a line of the transcript is drawn from. */
export interface Context {
  open: Conversation;
  folded: Folded;
  /** The agent's own name. */
  me: string | null;
  actions: ThreadActions;
  /** Puts a line into the box, to be changed. */
  edit(of: string, text: string): void;
}

/** The longest quote above an answer, in characters. */
const QUOTE = 140;

export function messageItem(one: Numbered, event: Said, context: Context): Item {
  const { author, note, id } = event;
  const said = context.folded.words.get(id)!;
  return {
    key: `event-${one.seq}`,
    make: () => {
      const marks = { class: "message", "data-role": "message", "data-author": author.kind, "data-note": String(note === true), "data-seq": String(one.seq) };
      const by = speaker(author, context.open);
      const when = `${note ? `${by} · ${words.note}` : by} · ${shortTime(one.at, Date.now())}`;
      return h("div", marks, h("div", { class: "by" }, when), h("div", { class: "bubble" }), sourceLinks(event.sources ?? []), h("div", { class: "extra" }));
    },
    update(node) {
      node.dataset.deleted = String(said.deleted);
      const quote = quoteOf(event.quotes, context);
      drawWords(node.querySelector(".bubble")!, said, quote, context);
      const mine = author.kind === "agent" && author.name === context.me && !said.deleted;
      const seen = context.folded.seen === one.seq;
      draw(node.querySelector(".extra")!, [said.edited, said.deleted, said.signs, seen, mine, mine && said.text], () => [
        ...(said.edited && !said.deleted ? [h("span", { "data-role": "edited" }, words.edited)] : []),
        ...signs(said.signs),
        ...(seen ? [h("span", { "data-role": "seen" }, words.seen)] : []),
        ...(mine ? [menu(id, said, context)] : []),
      ]);
    },
  };
}

export function drawWords(bubble: Element, said: Pick<Words, "text" | "files" | "deleted">, quote: string | null, { actions }: Context): void {
  const { text, files, deleted } = said;
  draw(bubble, [text, files.map((file) => file.id), deleted, quote], () => {
    if (deleted) return [words.removed];
    const quoted = quote ? [h("blockquote", { class: "quote", "data-role": "quote" }, quote)] : [];
    return [...quoted, renderText(text), ...files.map((file) => fileNode(file, actions.files))];
  });
}

export function speaker(author: Author, open: Conversation): string {
  return { visitor: visitorName(open.visitor), bot: words.bot, agent: author.name ?? words.team }[author.kind];
}

export function sourceLinks(sources: Source[]): HTMLElement {
  const links = sources.map(({ title, url }) => {
    const link = outsideLink(url);
    link.textContent = String(title);
    return link;
  });
  return h("div", { class: "sources", "data-role": "sources" }, ...links);
}

export function button(role: string, label: string, run: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const node = h("button", { type: "button", "data-role": role }, label);
  node.onclick = () => run(node);
  return node;
}

function quoteOf(id: string | null | undefined, { folded }: Context): string | null {
  const said = id ? folded.words.get(id) : null;
  if (!said) return null;
  if (said.deleted) return words.removed;
  const text = plainText(said.text) || said.files.map((file) => file.name).join(", ");
  return text.length > QUOTE ? `${text.slice(0, QUOTE)}…` : text;
}

function signs(all: string[]): HTMLElement[] {
  return [...new Set(all)].map((sign) => {
    const count = all.filter((other) => other === sign).length;
    return h("span", { "data-role": "reaction" }, count > 1 ? `${sign} ${count}` : sign);
  });
}

/** Opened and closed by the browser itself. */
function menu(id: string, { text }: Words, { actions, edit }: Context): HTMLElement {
  const more = h("details", { class: "more", "data-role": "more" }, h("summary", { "aria-label": words.change, title: words.change }, "⋯"));
  const choice = (role: string, label: string, run: () => void) =>
    button(role, label, () => {
      more.open = false;
      run();
    });
  more.append(
    choice("edit", words.edit, () => edit(id, plainText(text))),
    choice("erase", words.erase, () => actions.erase(id)),
  );
  return more;
}
