/** Lines on which somebody of the team may decide: the bot's candidates, held lines, drafts of entries, failures. */

import { draw, h, type Item } from "../src/dom";
import { outsideLink, renderText } from "../src/render";
import { press } from "./card";
import { button, type Context, drawWords, sourceLinks, speaker } from "./message";
import type { Candidate, Numbered, TeamEvent } from "./types";
import { percent, words } from "./words";

type Of<Kind extends TeamEvent["kind"]> = Extract<TeamEvent, { kind: Kind }>;

/** The verdict's candidates can be sent while nobody has answered with one of them. */
export function verdictItem({ seq }: Numbered, event: Of<"verdict">, context: Context): Item {
  const sentence = (words.verdicts[event.verdict] ?? words.verdict)(percent(event.confidence));
  const marks = { class: "line", "data-role": "line", "data-kind": "verdict", "data-verdict": event.verdict, "data-seq": String(seq) };
  const candidates = Array.isArray(event.candidates) ? event.candidates : [];
  const useful = event.verdict !== "answer";
  return {
    key: `event-${seq}`,
    make: () => {
      if (!candidates.length) return h("div", marks, sentence);
      const rows = candidates.map((one, index) => candidate(one, useful ? `${seq}:${index}` : null, context));
      const open = useful && context.open.handling === "waiting" ? { open: "" } : {};
      return h("details", { ...marks, ...open }, h("summary", {}, sentence), h("ol", {}, ...rows));
    },
  };
}

function candidate({ title, score, url }: Candidate, name: string | null, { actions }: Context): HTMLElement {
  const link = outsideLink(url);
  link.textContent = String(title);
  const row = h("li", {}, link, ` ${Number(score).toFixed(2)}`);
  if (name === null) return row;
  const choice = (role: "send" | "save", label: string) => {
    const node = button(`candidate-${role}`, label, (pressed) => press(pressed, `${role}:${name}`, actions));
    node.setAttribute("aria-label", `${label}: ${title}`);
    return node;
  };
  row.append(h("span", { class: "pair" }, choice("send", words.sendThis), choice("save", words.sendAndSave)));
  return row;
}

/** A line that the visitor has not got. Once it is sent it stands further down, as a message. */
export function heldItem({ seq }: Numbered, event: Of<"held">, context: Context): Item {
  const said = context.folded.words.get(`e${seq}`)!;
  const settled = said.deleted ? "dropped" : context.folded.settled.get(seq);
  if (settled) return settledItem(seq, "held", settled === "dropped" ? words.dropped : "");
  const join = event.why === "colleague" ? words.joinAndSend : words.sendAnyway;
  return {
    key: `event-${seq}`,
    make: () => {
      const marks = { class: "message held", "data-role": "held", "data-author": "agent", "data-note": "true", "data-why": event.why, "data-seq": String(seq) };
      const why = h("div", { class: "why" }, words.held[event.why] ?? words.isHeld);
      const choices = choicesOf([["held-send", join, `held:${seq}`], ["held-drop", words.drop, `drop:${seq}`]], context);
      return h("div", marks, h("div", { class: "by" }, words.heldBy(speaker(event.by, context.open))), h("div", { class: "bubble" }), why, choices);
    },
    update: (node) => drawWords(node.querySelector(".bubble")!, said, null, context),
  };
}

/** What the bot would say. Once it is sent it stands further down, as a message. */
export function draftedItem({ seq }: Numbered, event: Of<"draft">, context: Context): Item {
  if (context.folded.settled.get(seq)) return settledItem(seq, "drafted", "");
  return {
    key: `event-${seq}`,
    make: () => {
      const marks = { class: "message held", "data-role": "drafted", "data-author": "bot", "data-note": "true", "data-seq": String(seq) };
      const choices = choicesOf([["draft-send", words.sendThis, `send:${seq}:0`]], context);
      const bubble = h("div", { class: "bubble" }, renderText(event.text));
      return h("div", marks, h("div", { class: "by" }, words.drafted), bubble, sourceLinks(event.sources ?? []), choices);
    },
  };
}

/** Question and answer as they would be saved. */
export function draftItem({ seq }: Numbered, event: Of<"faq_proposed">, context: Context): Item {
  const settled = context.folded.settled.get(seq);
  if (settled === "dropped") return settledItem(seq, "draft", words.draftDropped);
  const rows: [string, string, string][] =
    settled === "saved"
      ? [["draft-undo", words.undo, `nofaq:${seq}`]]
      : [["draft-save", words.saveDraft, `faq:${seq}`], ["draft-drop", words.dropDraft, `nofaq:${seq}`]];
  return {
    key: `event-${seq}-${settled ?? "open"}`,
    make: () => {
      const marks = { class: "message held", "data-role": "draft", "data-author": "agent", "data-note": "true", "data-state": settled ?? "open", "data-seq": String(seq) };
      const bubble = h("div", { class: "bubble" }, h("p", {}, h("strong", {}, event.question)), h("p", {}, event.answer));
      const said = settled === "saved" ? words.draftSaved : words.draft;
      const masked = event.masked && !settled ? [h("div", { class: "why" }, words.masked)] : [];
      return h("div", marks, h("div", { class: "by" }, said), bubble, ...masked, choicesOf(rows, context));
    },
  };
}

/** Only the last word about a delivery can be answered. */
export function failureItem({ seq }: Numbered, { delivery }: Of<"delivery_failed">, { folded, actions }: Context): Item {
  const last = folded.failed.get(delivery) === seq;
  return {
    key: `event-${seq}`,
    make: () => h("div", { class: "line", "data-role": "line", "data-kind": "delivery_failed", "data-seq": String(seq) }),
    update: (node) =>
      draw(node, last, () => {
        const retry = button("retry", words.retry, (pressed) => press(pressed, `retry:${delivery}`, actions));
        return [h("span", {}, words.deliveryFailed), ...(last ? [retry] : [])];
      }),
  };
}

function choicesOf(rows: [role: string, label: string, action: string][], { actions }: Context): HTMLElement {
  return h("div", { class: "choices" }, ...rows.map(([role, label, action]) => button(role, label, (pressed) => press(pressed, action, actions))));
}

function settledItem(seq: number, kind: string, text: string): Item {
  const marks = { class: "line", "data-role": "line", "data-kind": kind, "data-seq": String(seq), ...(text ? {} : { hidden: "" }) };
  return { key: `event-${seq}-settled`, make: () => h("div", marks, text) };
}
