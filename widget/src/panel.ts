/** The widget's nodes: the window, beside the loader's round button, and how both show a state. */

import { buildComposer, type Composer, showComposer } from "./composer";
import { h, icon, isAtEnd, setText, sync } from "./dom";
import { logItems } from "./log";
import { button, marks } from "./marks";
import type { Acts } from "./message";
import type { More } from "./more";
import { type State, unread } from "./state";
import { late, locale, say, words } from "./words";

export interface Panel extends Composer {
  launcher: HTMLButtonElement;
  badge: HTMLElement;
  news: HTMLElement;
  panel: HTMLElement;
  title: HTMLElement;
  who: HTMLElement;
  close: HTMLButtonElement;
  log: HTMLElement;
  typing: HTMLElement;
  status: HTMLElement;
  statusText: HTMLElement;
  again: HTMLButtonElement;
  person: HTMLButtonElement;
}

const paths = {
  cross: "M6 6l12 12M18 6 6 18",
  person: "M19 20c0-3.3-3.1-5-7-5s-7 1.7-7 5M16 7.5a4 4 0 1 1-8 0 4 4 0 0 1 8 0",
};

/** Where the style sheet makes the window fill the screen. */
const PHONE = "(max-width: 480px)";

export function buildPanel(root: ShadowRoot): Panel {
  const launcher = root.querySelector<HTMLButtonElement>(".launcher")!;
  launcher.setAttribute("aria-haspopup", "dialog");
  launcher.querySelector(".badge")?.remove();
  const badge = h("span", marks("badge", { hidden: "" }));
  launcher.append(badge);
  // What came while the window was closed is told once; open, the log does that.
  const news = h("span", { class: "hidden news", role: "status" });
  const title = h("h2", marks("title", { id: "title" }), words.chat);
  const who = h("p", marks("who"));
  const close = button("close", words.close, paths.cross);
  const log = h("div", marks("log", { role: "log", "aria-live": "polite", "aria-label": words.log, tabindex: "0" }));
  const typing = h("div", marks("typing", { hidden: "" }), h("i"), h("i"), h("i"), h("span"));
  const again = h("button", marks("again", { type: "button" }), words.retry);
  const statusText = h("span");
  const status = h("div", marks("status", { role: "status", hidden: "" }), statusText, again);
  const person = h("button", marks("person", { type: "button" }), icon(paths.person), words.person);
  const composer = buildComposer();
  const head = h("header", { part: "header", role: "none" }, h("div", {}, title, who), close);
  const foot = h("footer", { part: "footer", role: "none" }, person, composer.note, composer.chosen, composer.form);
  const panel = h("section", marks("panel", { role: root.host.hasAttribute("inline") ? "region" : "dialog", dir: words.dir, lang: locale, "aria-labelledby": "title", hidden: "" }), head, log, typing, status, foot);
  // The button stays where it is, with its focus; a window of an earlier stay on the page goes.
  for (const old of root.querySelectorAll(".panel,.news")) old.remove();
  launcher.before(panel, news);
  return { launcher, badge, news, panel, title, who, close, log, typing, status, statusText, again, person, ...composer };
}

export function showPanel(nodes: Panel, state: State, acts: Acts, more: More | null): void {
  const { log } = nodes;
  const following = isAtEnd(log);
  const last = log.lastElementChild;
  showLauncher(nodes, state, more);
  nodes.panel.hidden = !state.open;
  nodes.panel.dataset.phase = state.phase;
  nodes.panel.dataset.handling = state.handling;
  setText(nodes.title, state.site?.name ?? words.chat);
  setText(nodes.who, state.site ? whoAnswers(state) : "");
  log.setAttribute("aria-busy", String(!state.caughtUp && state.phase === "online"));
  sync(log, logItems(state, acts, more));
  showTyping(nodes, state);
  showStatus(nodes, state);
  nodes.person.disabled = personIsComing(state) || state.blocked !== null;
  showComposer(nodes, state, more?.tray(state.chosen) ?? []);
  // A reader who scrolled up stays where they are, unless they have just written something.
  if (following || (log.lastElementChild !== last && state.pending.length)) scrollToEnd(nodes);
}

/** On a phone the keyboard covers half the page; the window then takes what is left of it. */
export function followViewport(panel: HTMLElement, signal: AbortSignal): void {
  const view = window.visualViewport;
  const fit = () => {
    const covered = view && matchMedia(PHONE).matches && view.height < innerHeight;
    panel.style.height = covered ? `${view.height}px` : "";
    panel.style.top = covered ? `${view.offsetTop}px` : "";
  };
  for (const change of ["resize", "scroll"]) view?.addEventListener(change, fit, { signal });
}

/** Tab goes round in the open window. */
export function goRound(event: KeyboardEvent, panel: HTMLElement): void {
  const all = panel.querySelectorAll<HTMLElement>("a[href],button:enabled,textarea:enabled,input:enabled,select,summary,[tabindex='0']");
  const stops = Array.from(all).filter((node) => node.getClientRects().length);
  const [last, next] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (event.key !== "Tab" || event.target !== last) return;
  event.preventDefault();
  next?.focus();
}

export function scrollToEnd({ log }: Panel): void {
  log.scrollTop = log.scrollHeight;
}

function showLauncher({ launcher, badge, news }: Panel, state: State, more: More | null): void {
  const fresh = unread(state);
  const told = (fresh && more?.unread(fresh)) || "";
  const label = told ? `${words.open}, ${told}` : words.open;
  launcher.setAttribute("aria-label", label);
  launcher.setAttribute("aria-expanded", String(state.open));
  launcher.hidden = state.open;
  badge.hidden = !fresh;
  setText(news, state.open ? "" : told);
  setText(badge, fresh > 9 ? "9+" : String(fresh));
}

function whoAnswers({ handling, agent }: State): string {
  return handling === "bot" ? words.answering_bot : say(late("answering_" + handling) ?? "", { name: agent ?? words.team });
}

function showTyping(nodes: Panel, state: State): void {
  const writer = state.typing;
  nodes.typing.hidden = !writer;
  setText(nodes.typing.lastElementChild as HTMLElement, writer ? say(late("writes") ?? "", { name: writer.name ?? words.assistant }) : "");
}

function showStatus({ status, statusText, again }: Panel, { phase, stopped }: State): void {
  const quiet = phase === "online" || phase === "idle";
  status.hidden = quiet;
  again.hidden = phase === "connecting" || quiet;
  setText(statusText, quiet ? "" : (phase === "stopped" && late("why_" + stopped)) || words[`link_${phase}`]);
}

function personIsComing({ handling, reason, pending }: State): boolean {
  const asked = pending.some((one) => one.text === null && one.failed === null);
  return asked || handling === "agent" || (handling === "waiting" && reason === "asked");
}
