/** A conversation as the team sees it: messages, notes, what the bot weighed, and who answered when. */

import { h, type Item } from "../src/dom";
import { label } from "../src/files";
import { draftedItem, draftItem, failureItem, heldItem, verdictItem } from "./decisions";
import { button, type Context, messageItem } from "./message";
import type { Reply } from "./replies";
import type { Numbered } from "./types";
import { turned, words } from "./words";

export function transcriptItems(context: Context): Item[] {
  return context.open.events.map((one) => eventItem(one, context));
}

export function replyItem(reply: Reply, repair: { retry(id: string): void; remove(id: string): void }): Item {
  const state = reply.refused !== null ? "failed" : reply.seq !== null ? "stored" : reply.files.some((file) => !file.id) ? "uploading" : "sending";
  return {
    key: `reply-${reply.id}-${state}-${reply.delayed}`,
    make: () => {
      const why = reply.refused ?? (reply.delayed ? words.waiting : state === "uploading" ? words.uploading : words.sending);
      const meta = h("div", { class: "meta" }, why);
      const marks = { class: "message", "data-role": "reply", "data-author": "agent", "data-state": state, "data-delayed": String(reply.delayed) };
      const files = reply.files.map((file) => h("span", { class: "file" }, ...label(file)));
      const node = h("div", marks, h("div", { class: "bubble" }, reply.text, ...files), meta);
      if (reply.refused !== null) meta.append(...["retry", "remove"].map((role) => repairing(role as "retry" | "remove", reply.id, repair)));
      return node;
    },
  };
}

function repairing(role: "retry" | "remove", id: string, repair: Record<"retry" | "remove", (id: string) => void>): HTMLElement {
  return button(role, words[role], () => repair[role](id));
}

function eventItem(one: Numbered, context: Context): Item {
  const { event, seq } = one;
  switch (event.kind) {
    case "message":
      return messageItem(one, event, context);
    case "verdict":
      return verdictItem(one, event, context);
    case "draft":
      return draftedItem(one, event, context);
    case "held":
      return heldItem(one, event, context);
    case "faq_proposed":
      return draftItem(one, event, context);
    case "delivery_failed":
      return failureItem(one, event, context);
    case "handling":
      return line(seq, event.kind, turned(event));
    case "notice":
      return line(seq, event.kind, event.text);
    case "thread_opened":
      return line(seq, event.kind, words.threadOpened);
    case "marked":
      return line(seq, event.kind, event.wrong ? words.marked(event.agent) : words.unmarked(event.agent));
    case "joined":
      return line(seq, event.kind, words.joined(event.agent));
    case "blocked":
      return line(seq, event.kind, words.blocked(event.agent, event.until));
    case "unblocked":
      return line(seq, event.kind, words.unblocked(event.agent));
    default:
      // Folded into an earlier line, or of a kind that only a newer page knows: its place is kept.
      return { key: `event-${seq}`, make: () => h("div", { hidden: "", "data-seq": String(seq) }) };
  }
}

function line(seq: number, kind: string, text: string): Item {
  return { key: `event-${seq}`, make: () => h("div", { class: "line", "data-role": "line", "data-kind": kind, "data-seq": String(seq) }, text) };
}
