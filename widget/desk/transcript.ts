/** A conversation as the team sees it: messages, notes, what the bot weighed, and who answered when. */

import { h, type Item } from "../src/dom";
import { outsideLink, renderText } from "../src/render";
import type { Source } from "../src/wire";
import type { Reply } from "./replies";
import type { Candidate, Conversation, Numbered } from "./types";
import { percent, shortTime, turned, visitorName, words } from "./words";

export function transcriptItems(open: Conversation): Item[] {
  return open.events.map((one) => ({ key: `event-${one.seq}`, make: () => eventNode(one, open) }));
}

export function replyItem(reply: Reply, repair: { retry(id: string): void; remove(id: string): void }): Item {
  const state = reply.refused !== null ? "failed" : reply.seq === null ? "sending" : "stored";
  return {
    key: `reply-${reply.id}-${state}-${reply.delayed}`,
    make: () => {
      const why = reply.refused ?? (reply.delayed ? words.waiting : words.sending);
      const meta = h("div", { class: "meta" }, why);
      const marks = { class: "message", "data-role": "reply", "data-author": "agent", "data-state": state, "data-delayed": String(reply.delayed) };
      const node = h("div", marks, h("div", { class: "bubble" }, reply.text), meta);
      if (reply.refused !== null) meta.append(button(words.retry, () => repair.retry(reply.id)), button(words.remove, () => repair.remove(reply.id)));
      return node;
    },
  };
}

function button(label: string, run: () => void): HTMLButtonElement {
  const node = h("button", { type: "button" }, label);
  node.onclick = run;
  return node;
}

function eventNode(one: Numbered, open: Conversation): HTMLElement {
  const { event, seq } = one;
  switch (event.kind) {
    case "message":
      return message(one, event, open);
    case "handling":
      return line(seq, "handling", turned(event));
    case "verdict":
      return verdict(seq, event);
    case "notice":
      return line(seq, "notice", event.text);
    case "thread_opened":
      return line(seq, "thread_opened", words.threadOpened);
    default:
      // A kind that a newer server knows and this page does not: nothing to show, but its place is kept.
      return h("div", { hidden: "", "data-seq": String(seq) });
  }
}

type Said = Extract<Numbered["event"], { kind: "message" }>;

function message({ seq, at }: Numbered, event: Said, open: Conversation): HTMLElement {
  const { author, note } = event;
  const names = { visitor: visitorName(open.visitor), bot: words.bot, agent: author.name ?? words.team };
  const by = note ? `${names[author.kind]} · ${words.note}` : names[author.kind];
  const marks = { class: "message", "data-role": "message", "data-author": author.kind, "data-note": String(note === true), "data-seq": String(seq) };
  const bubble = h("div", { class: "bubble" }, renderText(event.text));
  const node = h("div", marks, h("div", { class: "by" }, `${by} · ${shortTime(at, Date.now())}`), bubble);
  if (event.sources?.length) node.append(sourceLinks(event.sources));
  return node;
}

export function sourceLinks(sources: Source[]): HTMLElement {
  const links = sources.map(({ title, url }) => {
    const link = outsideLink(url);
    link.textContent = String(title);
    return link;
  });
  return h("div", { class: "sources", "data-role": "sources" }, ...links);
}

function line(seq: number, kind: string, text: string): HTMLElement {
  return h("div", { class: "line", "data-role": "line", "data-kind": kind, "data-seq": String(seq) }, text);
}

type Weighed = Extract<Numbered["event"], { kind: "verdict" }>;

function verdict(seq: number, event: Weighed): HTMLElement {
  const sentence = (words.verdicts[event.verdict] ?? words.verdict)(percent(event.confidence));
  const marks = { class: "line", "data-role": "line", "data-kind": "verdict", "data-verdict": event.verdict, "data-seq": String(seq) };
  const candidates = Array.isArray(event.candidates) ? event.candidates : [];
  if (!candidates.length) return h("div", marks, sentence);
  return h("details", marks, h("summary", {}, sentence), h("ol", {}, ...candidates.map(candidate)));
}

function candidate({ title, score, url }: Candidate): HTMLElement {
  const link = outsideLink(url);
  link.textContent = String(title);
  return h("li", {}, link, ` ${Number(score).toFixed(2)}`);
}
