/** The list of threads: who waits, since when, and what was said last. */

import { h, type Item, setText, sync } from "../src/dom";
import { type Filter, isNew, type State, visibleRows } from "./state";
import type { Row } from "./types";
import { shortTime, visitorName, words } from "./words";

export interface ListView {
  root: HTMLElement;
  show(state: State, now: number): void;
}

export function buildList(choose: { filter(filter: Filter): void; thread(id: string): void }): ListView {
  const filters = (["open", "closed"] as const).map((filter) => {
    const button = h("button", { type: "button", "data-role": `filter-${filter}` });
    button.onclick = () => choose.filter(filter);
    return { filter, button };
  });
  const empty = h("p", { class: "empty" });
  const list = h("ul", { "data-role": "threads", "aria-label": words.list });
  const switcher = h("div", { class: "filters", role: "group" }, ...filters.map((one) => one.button));
  const root = h("section", { class: "list", "aria-label": words.list }, switcher, list, empty);
  return {
    root,
    show(state, now) {
      for (const { filter, button } of filters) {
        button.setAttribute("aria-pressed", String(state.filter === filter));
        setText(button, `${words.filters[filter]} ${count(state, filter)}`);
      }
      const rows = visibleRows(state);
      sync(list, rows.map((row) => rowItem(row, state, now, choose.thread)));
      empty.hidden = rows.length > 0;
      setText(empty, state.rows ? words.noThreads[state.filter] : words.checking);
    },
  };
}

function count(state: State, filter: Filter): string {
  return state.rows ? String(visibleRows({ ...state, filter }).length) : "";
}

function rowItem(row: Row, state: State, now: number, choose: (id: string) => void): Item {
  return {
    key: row.conversation,
    make: () => {
      const parts = ["name", "time", "last", "tag", "at", "dot"].map((part) => h("span", { class: part }));
      const button = h("button", { type: "button", "data-role": "thread" }, ...parts);
      button.onclick = () => choose(row.conversation);
      return h("li", {}, button);
    },
    update: (node) => fillRow(node.firstElementChild as HTMLElement, row, state, now),
  };
}

function fillRow(button: HTMLElement, row: Row, state: State, now: number): void {
  const fresh = isNew(state, row);
  button.dataset.conversation = row.conversation;
  button.dataset.handling = row.handling;
  button.dataset.new = String(fresh);
  button.setAttribute("aria-current", String(row.conversation === state.shown));
  const texts = {
    name: visitorName(row.visitor),
    time: shortTime(row.last?.at ?? row.updated_at, now),
    last: excerpt(row),
    tag: row.handling === "agent" ? (row.agent ?? words.team) : words.handling[row.handling],
    at: row.page ? row.page.title || row.page.url : "",
    dot: fresh ? words.unread : "",
  };
  for (const [part, text] of Object.entries(texts)) setText(button.querySelector(`.${part}`)!, text);
}

function excerpt({ last, visitor }: Row): string {
  if (!last) return "";
  const text = last.text || words.attachment;
  const by = { visitor: "", bot: words.bot, agent: last.author.name ?? words.team }[last.author.kind] || visitorName(visitor);
  return last.author.kind === "visitor" ? text : `${by}: ${text}`;
}
