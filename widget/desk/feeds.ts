/** The two quiet lists: what the bot answered, and which deliveries did not arrive. */

import { h, type Item, setText, sync } from "../src/dom";
import type { State } from "./state";
import { button, sourceLinks } from "./message";
import type { Answer, Failed } from "./types";
import { percent, shortTime, words } from "./words";

export interface FeedView {
  root: HTMLElement;
  show(state: State, now: number): void;
}

export interface AnswerActions {
  open(conversation: string): void;
  /** Presses a button of a conversation that need not be shown. */
  mark(conversation: string, action: string): void;
  takeOver(conversation: string): void;
  older(): void;
}

export function buildAnswers(actions: AnswerActions): FeedView {
  const { root, list, empty } = feed("answers", words.tabs.answers);
  const speaks = h("p", { class: "meta", "data-role": "speaks" });
  const more = button("older", words.older, actions.older);
  root.prepend(speaks);
  root.append(more);
  return {
    root,
    show({ answers }, now) {
      setText(speaks, answers?.speaks ?? "");
      sync(list, (answers?.answers ?? []).map((one) => answerItem(one, now, actions)));
      showEmpty(empty, answers?.answers ?? null, words.noAnswers);
      more.hidden = !answers?.more;
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

function answerItem(one: Answer, now: number, actions: AnswerActions): Item {
  const wrong = one.wrong ?? null;
  return {
    key: `${one.conversation}-${one.seq}-${wrong?.at ?? ""}-${one.helped ?? ""}`,
    make: () => {
      const question = h("button", { type: "button", class: "question" }, one.question);
      question.onclick = () => actions.open(one.conversation);
      const sure = (words.said[one.said] ?? words.verdict)(percent(one.confidence));
      const helped = one.helped == null ? "" : ` · ${one.helped ? words.helped : words.notHelped}`;
      const meta = h("div", { class: "meta" }, `${sure} · ${shortTime(one.at, now)}${helped}`);
      const said = wrong ? [h("div", { class: "meta", "data-role": "wrong-by" }, words.wrongBy(wrong.by))] : [];
      const press = (node: HTMLButtonElement, action: string) => {
        node.disabled = true;
        actions.mark(one.conversation, action);
      };
      const mark = wrong
        ? button("right", words.right, (node) => press(node, `right:${one.seq}`))
        : button("wrong", words.wrong, (node) => press(node, `wrong:${one.seq}`));
      const take = button("take-over", words.takeOver, () => actions.takeOver(one.conversation));
      const marks = { "data-role": "answer", "data-conversation": one.conversation, "data-wrong": String(wrong !== null) };
      return h("li", marks, question, h("p", {}, one.answer), sourceLinks(one.sources ?? []), meta, ...said, h("div", { class: "choices" }, mark, take));
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
