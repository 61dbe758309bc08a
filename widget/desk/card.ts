/** The card above a transcript: who writes, from where, why, and what can be done with the conversation. */

import { h, setText } from "../src/dom";
import { outsideLink } from "../src/render";
import type { Folded } from "./fold";
import type { ThreadActions } from "./thread";
import type { Conversation } from "./types";
import { reason, visitorName, words } from "./words";

export function buildCard(actions: ThreadActions) {
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
  const block = h("button", { type: "button", "data-role": "block" });
  const barred = h("span", { class: "tag", "data-role": "blocked" });
  const who = h("div", { class: "whois" }, name, tag, barred, about);
  const turns = h("div", { class: "turns" }, ...buttons.map((one) => one.button), block);
  const root = h("header", { class: "card", "data-role": "card" }, back, who, turns, facts);
  const show = (open: Conversation, { blocked }: Folded, me: string | null, now: number) => {
    setText(name, visitorName(open.visitor));
    setText(about, aboutVisitor(open, now));
    setText(tag, open.handling === "agent" ? (open.agent ?? words.team) : words.handling[open.handling]);
    tag.dataset.handling = open.handling;
    const mine = open.handling === "agent" && open.agent === me;
    const done = { take: mine, bot: open.handling === "bot" || open.handling === "closed", close: open.handling === "closed" };
    for (const { to, button } of buttons) button.disabled = done[to];
    showBlock(block, blocked !== null, actions);
    barred.hidden = !blocked;
    setText(barred, blocked ? words.isBlocked(blocked.until) : "");
    showFacts(facts, open);
  };
  return { root, show };
}

function showBlock(button: HTMLButtonElement, blocked: boolean, actions: ThreadActions): void {
  const action = blocked ? "unblock" : "block";
  if (button.dataset.action === action) return;
  button.dataset.action = action;
  button.textContent = words[action];
  button.disabled = false;
  button.onclick = () => press(button, action, actions);
}

/** Presses once; the button works again only if that had no effect. */
export function press(button: HTMLButtonElement, action: string, actions: Pick<ThreadActions, "press">): void {
  button.disabled = true;
  actions.press(action, () => (button.disabled = false));
}

function showFacts(facts: HTMLElement, { page, reason: code, handling, visitor, screen, page_says: says, agreed_at: agreed }: Conversation): void {
  const why = handling === "waiting" ? reason(code) : null;
  const key = JSON.stringify([page, why, visitor, screen, says, agreed]);
  if (facts.dataset.key === key) return;
  facts.dataset.key = key;
  facts.replaceChildren();
  if (why) facts.append(h("dt", {}, words.why), h("dd", { "data-role": "why" }, why));
  const signed = [visitor.email ?? "", ...pairs(visitor.attributes)].filter(Boolean).join(" · ");
  if (signed) facts.append(h("dt", {}, words.verified), h("dd", { "data-role": "verified" }, signed));
  const claimed = [...pairs(says), ...(screen ? [`${words.screen} ${screen.width} × ${screen.height}`] : [])].join(" · ");
  if (claimed) facts.append(h("dt", {}, words.unverified), h("dd", { "data-role": "unverified" }, claimed));
  if (agreed) facts.append(h("dt", {}, words.agreed), h("dd", { "data-role": "agreed" }, words.agreedAt(agreed)));
  if (!page) return;
  const link = outsideLink(page.url);
  link.textContent = page.title || page.url;
  link.title = page.url;
  facts.append(h("dt", {}, words.where), h("dd", { "data-role": "where" }, link));
}

function pairs(attributes: Record<string, string> = {}): string[] {
  return Object.entries(attributes).map(([name, value]) => `${name}: ${value}`);
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
