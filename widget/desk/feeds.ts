/** The two quiet lists: what the bot answered, and which deliveries did not arrive. */

import { h, type Item, setText, sync } from "../src/dom";
import type { State } from "./state";
import { sourceLinks } from "./message";
import type { Answer, Failed } from "./types";
import { percent, shortTime, words } from "./words";

export interface FeedView {
  root: HTMLElement;
  show(state: State, now: number): void;
}

export function buildAnswers(open: (conversation: string) => void): FeedView {
  const { root, list, empty } = feed("answers", words.tabs.answers);
  return {
    root,
    show({ answers }, now) {
      sync(list, (answers ?? []).map((one) => answerItem(one, now, open)));
      showEmpty(empty, answers, words.noAnswers);
    },
  };
}

export function buildFailed(actions: { open(conversation: string): void; retry(delivery: Failed["delivery"]): void }): FeedView {
  const { root, list, empty } = feed("failed", words.tabs.failed);
  return {
    root,
    show({ failed }, now) {
      sync(list, (failed ?? []).map((one) => failedItem(one, now, actions)));
      showEmpty(empty, failed, words.noFailed);
    },
  };
}

function feed(role: string, label: string) {
  const list = h("ul", { "data-role": role, "aria-label": label });
  const empty = h("p", { class: "empty" });
  return { root: h("section", { class: "feed" }, list, empty), list, empty };
}

function showEmpty(empty: HTMLElement, list: unknown[] | null, nothing: string): void {
  empty.hidden = Boolean(list?.length);
  setText(empty, list ? nothing : words.checking);
}

function answerItem(one: Answer, now: number, open: (conversation: string) => void): Item {
  return {
    key: `${one.conversation}-${one.seq}`,
    make: () => {
      const question = h("button", { type: "button", class: "question" }, one.question);
      question.onclick = () => open(one.conversation);
      const meta = h("div", { class: "meta" }, `${percent(one.confidence)} · ${shortTime(one.at, now)}`);
      const marks = { "data-role": "answer", "data-conversation": one.conversation };
      return h("li", marks, question, h("p", {}, one.answer), sourceLinks(one.sources ?? []), meta);
    },
  };
}

function failedItem(one: Failed, now: number, actions: { open(id: string): void; retry(id: Failed["delivery"]): void }): Item {
  return {
    key: `${one.delivery}-${one.attempts}`,
    make: () => {
      const what = h("button", { type: "button", class: "question" }, `${words.deliveries[one.what] ?? one.what} → ${one.target}`);
      what.onclick = () => actions.open(one.conversation);
      const retry = h("button", { type: "button", "data-role": "retry" }, words.retry);
      retry.onclick = () => {
        retry.disabled = true;
        actions.retry(one.delivery);
      };
      const meta = h("div", { class: "meta" }, `${words.attempts(one.attempts)} · ${shortTime(one.at, now)}`);
      return h("li", { "data-role": "failure", "data-delivery": String(one.delivery) }, what, h("p", {}, one.error), meta, retry);
    },
  };
}
