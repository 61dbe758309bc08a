/** The conversation as the visitor sees it: messages, calm lines between them, and what is still on its way. */

import { h, type Item } from "./dom";
import { type Entry, type Message, typed } from "./entries";
import { type Acts, bubble, explain, fill, fillExtra, setState } from "./message";
import type { More } from "./more";
import { missing, type Pending } from "./pending";
import type { State } from "./state";
import type { Block } from "./wire";
import { late, words } from "./words";

export function logItems(state: State, acts: Acts, more: More | null): Item[] {
  const greeting = words.greeting ?? state.site?.greeting;
  const entries = state.entries.map((one, index) => {
    const before = state.entries[index - 1];
    const item = one.kind === "turn" ? more?.turn(one) : messageItem(one, !before || speaker(before) !== speaker(one), state, more);
    return [more?.day(one.at, before?.at), item];
  });
  return [
    ...(greeting ? [greetingItem(greeting)] : []),
    ...entries.flat().filter((item) => !!item),
    ...(state.typing?.text ? [partialItem(state.typing.text)] : []),
    // What the visitor says by a button alone is no message.
    ...state.pending.filter((one) => !one.choose?.type).map((one) => pendingItem(one, acts, more)),
  ];
}

function speaker(one: Entry): string {
  return one.kind === "turn" ? "" : `${one.author.kind} ${one.author.name ?? ""}`;
}

function greetingItem(greeting: string): Item {
  return {
    key: "greeting",
    make: () => bubble("greeting", "bot", null),
    update(node) {
      node.classList.add("first");
      fill(node, typed(greeting), false);
    },
  };
}

/** An answer that is still being written. */
function partialItem(text: Block[]): Item {
  return {
    key: "partial",
    make() {
      const node = bubble("partial", "bot", null);
      // The whole answer is announced when it is complete.
      node.ariaLive = "off";
      return node;
    },
    update: (node) => fill(node, text, false),
  };
}

function messageItem(message: Message, first: boolean, state: State, more: More | null): Item {
  const { author, id, seq } = message;
  return {
    key: author.kind === "visitor" ? `mine-${id}` : `message-${seq}`,
    make: () => bubble("message", author.kind, author.name ?? null),
    update(node) {
      node.classList.toggle("first", first);
      node.dataset.seq = String(seq);
      more?.addFace(node, author, state);
      const rich = more?.rich(message, state);
      fill(node, message.text, message.deleted, rich);
      fillExtra(node, message, rich);
      setState(node, "stored", message.at);
    },
  };
}

function pendingItem(one: Pending, acts: Acts, more: More | null): Item {
  const { id, text, files } = one;
  return {
    key: `mine-${id}`,
    make: () =>
      text === null
        ? h("div", { class: "line", "data-role": "line" }, h("span", {}, late("person_asked") ?? words.person), h("div", { class: "meta" }))
        : bubble("message", "visitor", null),
    update(node) {
      node.classList.add("first");
      if (text !== null) fill(node, typed(text), false, more?.cards(files));
      showOnItsWay(node, one, acts);
    },
  };
}

function showOnItsWay(node: HTMLElement, one: Pending, acts: Acts): void {
  setState(node, one.failed !== null ? "failed" : missing(one) ? "uploading" : "sending", one.at);
  if (one.failed !== null) explain(node, one, acts);
}
