/** The conversation as the visitor sees it: messages, calm lines between them, and what is still on its way. */

import { h, icon, type Item, setText } from "./dom";
import { outsideLink, renderText } from "./render";
import type { Message, Pending, State, Turn } from "./state";
import { lines } from "./state";
import { words } from "./words";

/** What the visitor can do to a message the server did not take. */
export interface Repair {
  retry(id: string): void;
  remove(id: string): void;
}

const paths = {
  sending: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0",
  stored: "m5 13 4.5 4.5L19 7",
  failed: "M12 8v5m0 3v.5M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0",
};

export function logItems(state: State, repair: Repair): Item[] {
  const greeting = state.site?.greeting;
  const entries = state.entries.map((one, index) => {
    const before = state.entries[index - 1];
    return one.kind === "turn" ? turnItem(one) : messageItem(one, !before || speaker(before) !== speaker(one));
  });
  return [
    ...(greeting ? [greetingItem(greeting)] : []),
    ...entries.filter((item) => item !== null),
    ...state.pending.map((one) => pendingItem(one, repair)),
  ];
}

/** The sentence for a change of who answers, or null where there is nothing to tell. */
export function turnWords({ from, handling, reason, agent }: Turn): string | null {
  const { turned } = words;
  switch (handling) {
    case "waiting":
      return reason === "asked" || reason === "low_confidence" || reason === "answerer_down"
        ? turned[reason]
        : turned.waiting;
    case "agent":
      return turned.agent(agent ?? words.team);
    case "bot":
      return from === "agent" || from === "waiting" ? turned.bot : null;
    case "closed":
      return turned.closed;
  }
}

function speaker(one: Message | Turn): string {
  return one.kind === "turn" ? "" : `${one.author.kind} ${one.author.name ?? ""}`;
}

function turnItem(turn: Turn): Item | null {
  const text = turnWords(turn);
  if (text === null) return null;
  const marks = { class: "line", part: "line", "data-role": "line", "data-handling": turn.handling, "data-seq": String(turn.seq) };
  return { key: `turn-${turn.seq}`, make: () => h("div", marks, text) };
}

function greetingItem(greeting: string): Item {
  const text = [{ type: "paragraph", children: lines(greeting) }];
  return {
    key: "greeting",
    make: () => bubble("greeting", "bot", null, text),
    update: (node) => node.classList.add("first"),
  };
}

function messageItem(message: Message, first: boolean): Item {
  const { author, id, seq } = message;
  return {
    key: author.kind === "visitor" ? `mine-${id}` : `message-${seq}`,
    make: () => {
      const node = bubble("message", author.kind, author.name ?? null, message.text);
      if (message.sources.length) node.append(sources(message));
      return node;
    },
    update(node) {
      node.classList.toggle("first", first);
      node.dataset.seq = String(seq);
      setState(node, "stored", message.at);
    },
  };
}

function pendingItem(one: Pending, repair: Repair): Item {
  const { id, text, failed } = one;
  return {
    key: `mine-${id}`,
    make: () =>
      text === null
        ? h("div", { class: "line", "data-role": "line" }, h("span", {}, words.personAsked), h("div", { class: "meta" }))
        : bubble("message", "visitor", null, [{ type: "paragraph", children: lines(text) }]),
    update(node) {
      node.classList.add("first");
      setState(node, failed === null ? "sending" : "failed", one.at);
      if (failed !== null) explain(node, one, repair);
    },
  };
}

function bubble(role: string, author: string, name: string | null, text: unknown): HTMLElement {
  const marks = { class: "message", part: `message ${author}`, "data-role": role, "data-author": author };
  const by = author === "visitor" ? words.you : (name ?? words.assistant);
  return h(
    "div",
    marks,
    h("div", { class: author === "visitor" ? "by hidden" : "by" }, by),
    h("div", { class: "bubble", part: "bubble" }, renderText(text)),
    h("div", { class: "meta" }),
  );
}

function sources(message: Message): HTMLElement {
  const links = message.sources.map(({ title, url }) => {
    const link = outsideLink(url);
    link.className = "source";
    link.textContent = String(title);
    return link;
  });
  return h("div", { class: "sources", part: "sources", "data-role": "sources", "aria-label": words.sources, role: "group" }, ...links);
}

/** Time and tick under a message; written only when the state changes, so that it is not read out again. */
function setState(node: HTMLElement, state: keyof typeof paths, at: number): void {
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  const meta = node.querySelector(".meta")!;
  const time = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const mine = node.dataset.author !== "bot" && node.dataset.author !== "agent";
  const label = state === "failed" ? words.notSent : words[state];
  meta.replaceChildren(h("time", {}, time), ...(mine ? [h("span", { class: "hidden" }, label), icon(paths[state])] : []));
}

function explain(node: HTMLElement, { id, failed }: Pending, repair: Repair): void {
  const meta = node.querySelector(".meta")!;
  let why = meta.querySelector<HTMLElement>(".why");
  if (!why) {
    const retry = h("button", { type: "button", "data-role": "retry" }, words.retry);
    const remove = h("button", { type: "button", "data-role": "remove" }, words.remove);
    retry.onclick = () => repair.retry(id);
    remove.onclick = () => repair.remove(id);
    why = h("span", { class: "why" });
    meta.replaceChildren(why, retry, remove);
  }
  setText(why, `${words.notSent} ${failed ?? ""}`);
}
