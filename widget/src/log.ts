/** The conversation as the visitor sees it: messages, calm lines between them, and what is still on its way. */

import { h, type Item } from "./dom";
import { type Entry, type Message, type Turn, typed } from "./entries";
import { type Acts, addFace, bubble, explain, fill, fillExtra, fillPending, quoteOf, setState } from "./message";
import { missing, type Pending } from "./pending";
import type { State } from "./state";
import { words } from "./words";

export function logItems(state: State, acts: Acts): Item[] {
  const greeting = state.site?.greeting;
  const entries = state.entries.map((one, index) => {
    const before = state.entries[index - 1];
    return one.kind === "turn" ? turnItem(one) : messageItem(one, !before || speaker(before) !== speaker(one), state, acts);
  });
  return [
    ...(greeting ? [greetingItem(greeting, acts)] : []),
    ...entries.filter((item) => item !== null),
    ...state.pending.map((one) => pendingItem(one, acts)),
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

function speaker(one: Entry): string {
  return one.kind === "turn" ? "" : `${one.author.kind} ${one.author.name ?? ""}`;
}

function turnItem(turn: Turn): Item | null {
  const text = turnWords(turn);
  if (text === null) return null;
  const marks = { class: "line", part: "line", "data-role": "line", "data-handling": turn.handling, "data-seq": String(turn.seq) };
  return { key: `turn-${turn.seq}`, make: () => h("div", marks, text) };
}

function greetingItem(greeting: string, acts: Acts): Item {
  return {
    key: "greeting",
    make: () => bubble("greeting", "bot", null),
    update(node) {
      node.classList.add("first");
      fill(node, { text: typed(greeting), files: [], deleted: false }, null, acts.files);
    },
  };
}

function messageItem(message: Message, first: boolean, state: State, acts: Acts): Item {
  const { author, id, seq } = message;
  return {
    key: author.kind === "visitor" ? `mine-${id}` : `message-${seq}`,
    make() {
      const node = bubble("message", author.kind, author.name ?? null);
      addFace(node, author.avatar, acts.files);
      return node;
    },
    update(node) {
      node.classList.toggle("first", first);
      node.dataset.seq = String(seq);
      fill(node, message, quoteOf(state.entries, message.quotes), acts.files);
      fillExtra(node, message);
      setState(node, "stored", message.at);
    },
  };
}

function pendingItem(one: Pending, acts: Acts): Item {
  const { id, text, files } = one;
  return {
    key: `mine-${id}`,
    make: () =>
      text === null
        ? h("div", { class: "line", "data-role": "line" }, h("span", {}, words.personAsked), h("div", { class: "meta" }))
        : bubble("message", "visitor", null),
    update(node) {
      node.classList.add("first");
      if (text !== null) fillPending(node, typed(text), files);
      showOnItsWay(node, one, acts);
    },
  };
}

function showOnItsWay(node: HTMLElement, one: Pending, acts: Acts): void {
  setState(node, one.failed !== null ? "failed" : missing(one) ? "uploading" : "sending", one.at);
  if (one.failed !== null) explain(node, one, acts);
}
