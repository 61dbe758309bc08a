/** The bar on top: which desk this is, the three tabs, the connection, and the agent's own name. */

import { h, setText } from "../src/dom";
import { isNew, type State, type Tab } from "./state";
import { words } from "./words";

export interface BarView {
  root: HTMLElement;
  show(state: State): void;
}

export function buildBar(actions: { tab(tab: Tab): void; rename(name: string): void }): BarView {
  const title = h("h1");
  const tabs = (["threads", "answers", "failed"] as const).map((tab) => {
    const button = h("button", { type: "button", "data-role": `tab-${tab}` }, words.tabs[tab]);
    button.onclick = () => actions.tab(tab);
    return { tab, button };
  });
  const nav = h("nav", {}, ...tabs.map((one) => one.button));
  const link = h("span", { class: "link", role: "status", "data-role": "link" });
  const name = buildName(actions.rename);
  const root = h("header", { class: "bar" }, title, nav, link, name.root);
  return {
    root,
    show(state) {
      const site = state.me?.site.name ?? words.title;
      const fresh = (state.rows ?? []).filter((row) => isNew(state, row)).length;
      document.title = fresh ? `(${fresh}) ${site} · ${words.title}` : `${site} · ${words.title}`;
      setText(title, site);
      for (const { tab, button } of tabs) button.setAttribute("aria-current", state.tab === tab ? "page" : "false");
      setText(link, words.link[state.phase]);
      root.dataset.phase = state.phase;
      name.show(state.me?.agent.name ?? "");
    },
  };
}

/** The name is a button; pressed, it becomes a field. */
function buildName(rename: (name: string) => void) {
  const button = h("button", { type: "button", class: "me", "data-role": "me", title: words.name });
  const input = h("input", { name: "name", maxlength: "80", required: "", "aria-label": words.name, "data-role": "name" });
  const form = h("form", { hidden: "" }, input, h("button", { type: "submit" }, words.save));
  const close = () => {
    form.hidden = true;
    button.hidden = false;
    button.focus();
  };
  button.onclick = () => {
    form.hidden = false;
    button.hidden = true;
    input.value = button.textContent ?? "";
    input.select();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (name) rename(name);
    close();
  };
  form.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };
  return { root: h("div", { class: "name" }, button, form), show: (name: string) => setText(button, name) };
}
