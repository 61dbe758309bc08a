/** One thread: the card with who, where and why; the transcript; the reply box and the buttons. */

import { h, setText, sync } from "../src/dom";
import { outsideLink } from "../src/render";
import type { Turning } from "./api";
import type { Reply } from "./replies";
import type { State } from "./state";
import { replyItem, transcriptItems } from "./transcript";
import type { Conversation } from "./types";
import { reason, visitorName, words } from "./words";

export interface ThreadActions {
  back(): void;
  turn(to: Turning): void;
  reply(text: string): void;
  typing(): void;
  retry(id: string): void;
  remove(id: string): void;
}

export interface ThreadView {
  root: HTMLElement;
  show(state: State, replies: Reply[], now: number): void;
}

const FOLLOWING_PX = 80;

export function buildThread(actions: ThreadActions): ThreadView {
  const card = buildCard(actions);
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.log, tabindex: "0", "data-role": "log" });
  const typing = h("div", { class: "typing", role: "status", "data-role": "typing" });
  const composer = buildComposer(actions);
  const body = h("div", { class: "body" }, card.root, log, typing, composer.root);
  const empty = h("p", { class: "empty" });
  const root = h("section", { class: "thread", "data-role": "conversation" }, empty, body);
  let shownBefore: string | null = null;
  return {
    root,
    show(state, replies, now) {
      const { open } = state;
      body.hidden = !open;
      empty.hidden = Boolean(open);
      setText(empty, state.shown ? (state.trouble ?? words.checking) : words.noThread);
      if (!open) return;
      const fresh = shownBefore !== open.conversation;
      shownBefore = open.conversation;
      root.dataset.handling = open.handling;
      root.dataset.conversation = open.conversation;
      card.show(open, state.me?.agent.name ?? null, now);
      composer.show(open, fresh);
      const writes = (state.writingUntil ?? 0) > now;
      setText(typing, writes ? words.writes(visitorName(open.visitor)) : "");
      fill(log, open, replies, actions, fresh);
    },
  };
}

/** A reader at the end stays at the end; one who scrolled up is left alone. */
function fill(log: HTMLElement, open: Conversation, replies: Reply[], actions: ThreadActions, fresh: boolean): void {
  const following = log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOWING_PX;
  sync(log, [...transcriptItems(open), ...replies.map((one) => replyItem(one, actions))]);
  if (following || fresh) log.scrollTop = log.scrollHeight;
}

function buildCard(actions: ThreadActions) {
  const back = h("button", { type: "button", class: "back", "data-role": "back", "aria-label": words.back, title: words.back }, "‹");
  back.onclick = () => actions.back();
  const name = h("h2", { "data-role": "who" });
  const about = h("span", { class: "about" });
  const tag = h("span", { class: "tag", "data-role": "handling" });
  const facts = h("dl", { class: "facts" });
  const buttons = (["take", "bot", "close"] as const).map((to) => {
    const label = { take: words.take, bot: words.toBot, close: words.close }[to];
    const button = h("button", { type: "button", "data-role": to }, label);
    button.onclick = () => actions.turn(to);
    return { to, button };
  });
  const who = h("div", { class: "whois" }, name, tag, about);
  const turns = h("div", { class: "turns" }, ...buttons.map((one) => one.button));
  const root = h("header", { class: "card", "data-role": "card" }, back, who, turns, facts);
  const show = (open: Conversation, me: string | null, now: number) => {
    setText(name, visitorName(open.visitor));
    setText(about, aboutVisitor(open, now));
    setText(tag, open.handling === "agent" ? (open.agent ?? words.team) : words.handling[open.handling]);
    tag.dataset.handling = open.handling;
    const mine = open.handling === "agent" && open.agent === me;
    const done = { take: mine, bot: open.handling === "bot" || open.handling === "closed", close: open.handling === "closed" };
    for (const { to, button } of buttons) button.disabled = done[to];
    showFacts(facts, open);
  };
  return { root, show };
}

function showFacts(facts: HTMLElement, { page, reason: code, handling }: Conversation): void {
  const why = handling === "waiting" ? reason(code) : null;
  const key = JSON.stringify([page, why]);
  if (facts.dataset.key === key) return;
  facts.dataset.key = key;
  facts.replaceChildren();
  if (why) facts.append(h("dt", {}, words.why), h("dd", { "data-role": "why" }, why));
  if (!page) return;
  const link = outsideLink(page.url);
  link.textContent = page.title || page.url;
  link.title = page.url;
  facts.append(h("dt", {}, words.where), h("dd", { "data-role": "where" }, link));
}

function aboutVisitor({ visitor }: Conversation, now: number): string {
  const kind = visitor.kind === "identified" ? words.identified : words.anonymous;
  return [kind, visitor.language, localTime(visitor.time_zone, now)].filter(Boolean).join(" · ");
}

/** The visitor's clock, as far as their browser named a zone that ours knows. */
function localTime(zone: string | null, now: number): string | null {
  if (!zone) return null;
  try {
    return words.there(new Date(now).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", timeZone: zone }));
  } catch {
    return null;
  }
}

function buildComposer(actions: ThreadActions) {
  const input = h("textarea", { rows: "2", "aria-label": words.reply, "aria-describedby": "hint", "data-role": "composer" });
  const send = h("button", { type: "submit", "data-role": "send" }, words.send);
  const hint = h("p", { class: "hint", id: "hint" }, words.hint);
  const root = h("form", { class: "composer" }, input, send, hint);
  /** What was begun for each conversation, so that looking at another one loses nothing. */
  const drafts = new Map<string, string>();
  let shown = "";
  root.onsubmit = (event) => {
    event.preventDefault();
    const text = input.value.trim();
    input.value = "";
    if (text) actions.reply(text);
    input.focus();
  };
  input.onkeydown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    root.requestSubmit();
  };
  input.oninput = () => actions.typing();
  const show = (open: Conversation, fresh: boolean) => {
    input.placeholder = words.placeholder(visitorName(open.visitor));
    if (!fresh) return;
    drafts.set(shown, input.value);
    shown = open.conversation;
    input.value = drafts.get(shown) ?? "";
  };
  return { root, show };
}
