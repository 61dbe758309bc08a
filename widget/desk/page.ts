/** The desk's page as a whole: the bar, what the chosen tab shows, and the words for who is not signed in. */

import { h, setText } from "../src/dom";
import { speak } from "../src/words";
import en from "../words/en.json";
import { buildBar } from "./bar";
import { type AnswerActions, buildAnswers, buildFailed } from "./feeds";
import { buildList } from "./list";
import type { Reply } from "./replies";
import type { Filter, State, Tab } from "./state";
import { buildThread, type ThreadActions } from "./thread";
import type { Failed } from "./types";
import { words } from "./words";

export interface PageActions extends ThreadActions, AnswerActions {
  tab(tab: Tab): void;
  filter(filter: Filter): void;
  rename(name: string): void;
  redeliver(delivery: Failed["delivery"]): void;
}

export interface PageView {
  root: HTMLElement;
  show(state: State, replies: Reply[], now: number): void;
}

export function buildPage(actions: PageActions): PageView {
  // What the desk shows with the widget's own code, such as files.
  speak(en, navigator.language);
  const bar = buildBar(actions);
  const list = buildList({ filter: actions.filter, thread: actions.open });
  const thread = buildThread(actions);
  const answers = buildAnswers(actions);
  const failed = buildFailed({ open: actions.open, retry: actions.redeliver });
  const trouble = h("p", { class: "trouble", role: "alert", "data-role": "trouble" });
  const obstacle = h("p", { class: "trouble", role: "status", "data-role": "obstacle" });
  const inside = h("main", {}, list.root, thread.root, answers.root, failed.root);
  const outside = buildOutside();
  const root = h("div", { class: "desk", "data-role": "desk" }, bar.root, obstacle, trouble, inside, outside.root);
  return {
    root,
    show(state, replies, now) {
      root.dataset.session = state.session;
      root.dataset.tab = state.tab;
      root.dataset.view = state.shown ? "thread" : "list";
      const signedIn = state.session === "in";
      bar.root.hidden = inside.hidden = !signedIn;
      outside.root.hidden = signedIn;
      outside.show(state);
      setText(trouble, state.trouble ?? "");
      setText(obstacle, (signedIn && state.obstacle) || "");
      list.root.hidden = thread.root.hidden = state.tab !== "threads";
      answers.root.hidden = state.tab !== "answers";
      failed.root.hidden = state.tab !== "failed";
      bar.show(state);
      list.show(state, now);
      thread.show(state, replies, now);
      answers.show(state, now);
      failed.show(state, now);
    },
  };
}

/** What somebody sees who is not signed in. */
function buildOutside() {
  const said = h("h1");
  const how = h("p", {}, words.loginHow[0]!, h("code", {}, words.loginHow[1]!));
  const root = h("div", { class: "outside", "data-role": "outside" }, said, how);
  const sentences = { checking: words.checking, needed: words.loginNeeded, expired: words.loginFailed, in: "" };
  const show = ({ session }: State) => {
    setText(said, sentences[session]);
    how.hidden = session === "checking";
  };
  return { root, show };
}
