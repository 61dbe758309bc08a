/**
 * From the first byte to the chat: fetches the site's look, puts up the button, keeps the page's calls, and fetches the
 * chat itself when somebody wants it. Where the chat does not come, the button leads to its page of its own.
 *
 * Every visitor of every page pays for these bytes: what can wait is in the chat.
 */

import css from "./launcher.css";
import { type Look, sheet, variables } from "./look";

/** What a page says with `hinny(verb, …)`. */
export type Call = [verb: string, ...values: unknown[]];
export type Hinny = ((...call: Call) => () => void) & { q?: Call[]; site?: string };

/** What the chat's module offers; `host` is then a `HinnyChat`. */
export interface ChatPart {
  obey(host: Element, call: Call): void;
}

/** What the loader leaves on its element for the chat. */
export interface Host extends HTMLElement, Options {
  look: Look;
}

export interface Options {
  /** The origin of the hinny server. */
  server: string;
  site: string;
  /** Fetch the chat when the page is idle, whatever the site's look says. */
  preload?: boolean | undefined;
  /** The element, or the first that matches, in which the chat stands open, instead of a button. */
  inside?: string | Element | undefined;
  /** Instead of the page's own language. */
  language?: string | undefined;
}

/** Fetches the chat; tests bring their own. */
export const load = { chat: (url: string) => import(url) as Promise<ChatPart> };

/** Whoever waits longer gets the chat's own page; within five seconds a click may still open a tab. */
const SLOW_MS = 4500;

const BUBBLE = "M21 11.5a8.4 8.4 0 0 1-12 7.6L4 20.5l1.3-4.4A8.4 8.4 0 1 1 21 11.5";

// A page has one chat at a time, and plain names are the shortest.
const page = window as { hinny?: Hinny };
let host: Host;
let launcher: HTMLButtonElement;
let chat: ChatPart | null;
let calls: Call[];
/** True until the button is there, and while the chat is being fetched. */
let busy: boolean;
let failed: boolean;
let attempts = 0;
let slow: ReturnType<typeof setTimeout>;

/** Puts the chat on the page, unless it is there. */
export function boot(options: Options): void {
  const early = page.hinny;
  if (early?.site) return;
  host = Object.assign(document.createElement("hinny-chat") as Host, options);
  launcher = document.createElement("button");
  chat = null;
  // The page's own calls, since a call may be more than its words.
  calls = [...(early?.q ?? [])];
  busy = true;
  failed = false;
  page.hinny = Object.assign(hinny, { site: options.site });
  start().catch(console.error);
}

/** Gives a function that takes the call back: whoever keeps it finds it empty from then on. */
function hinny(...call: Call): () => void {
  if (call[0] === "shutdown") leave();
  else if (chat) chat.obey(host, call);
  else {
    calls.push(call);
    if (wanted()) void fetchChat();
  }
  return () => void (call.length = 0);
}

/** What is still on its way finds nothing to do when it comes. */
function leave(): void {
  clearTimeout(slow);
  busy = true;
  host.remove();
  delete page.hinny;
}

async function start(): Promise<void> {
  const answer = await fetch(`${host.server}/v1/sites/${host.site}/look?${[host.language ?? document.documentElement.lang, ...navigator.languages]}`);
  if (!answer.ok) throw await answer.text();
  host.look = await answer.json();
  if (document.readyState === "loading") await new Promise((go) => addEventListener("DOMContentLoaded", go));
  if (page.hinny !== hinny) return;
  show(typeof host.inside === "string" ? document.querySelector(host.inside) : host.inside);
  if (wanted() || inConversation()) void fetchChat();
  else if (host.preload || host.look.preload) (window.requestIdleCallback ?? setTimeout)(fetchChat);
  if (host.look.say) (await load.chat(host.server + host.look.say.part)).obey(host, [""]);
}

function show(inside: Element | null | undefined): void {
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet(css + variables(host.look))];
  (launcher as { part: string | object }).part = launcher.dataset.role = launcher.className = "launcher";
  launcher.append(host.look.icon ? picture(host.server + host.look.icon) : bubble());
  name(0);
  launcher.onclick = () => {
    if (!failed) return hinny("open");
    elsewhere();
    void fetchChat();
  };
  root.append(launcher);
  wait(false);
  if (inside) {
    host.setAttribute("inline", "");
    calls.push(["open"]);
  }
  (inside ?? document.body).append(host);
}

function picture(src: string): Element {
  return Object.assign(new Image(26, 26), { src, alt: "" });
}

function bubble(): Element {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  line.setAttribute("d", BUBBLE);
  svg.append(line);
  return svg;
}

/** Whether somebody waits for the chat. */
function wanted(): boolean {
  return calls.some(([verb]) => /open|ask/.test(verb));
}

async function fetchChat(): Promise<void> {
  if (busy) return;
  wait(true);
  slow = setTimeout(fail, SLOW_MS);
  try {
    // Browsers remember that a module did not load, so each further attempt has its own address. The chat reads it too.
    chat = await load.chat(`${host.server}/widget-chat.js?${[attempts++, host.site, host.look.lang]}`);
    for (const call of calls) chat.obey(host, call);
  } catch {
    fail();
  }
  clearTimeout(slow);
  wait(false);
}

function wait(on: boolean): void {
  busy = on;
  launcher.setAttribute("aria-busy", `${on}`);
}

function name(which: 0 | 1): void {
  launcher.setAttribute("aria-label", host.look.words[which]!);
}

/** The chat did not come, or not soon. Only somebody who waits for it is led elsewhere. */
function fail(): void {
  if (!wanted()) return;
  failed = true;
  calls = calls.filter(([verb]) => verb !== "open");
  name(1);
  elsewhere();
}

/** A tab that a browser does not open now, it opens at the next click. */
function elsewhere(): void {
  open(`${host.server}/chat/${host.site}`, "_blank", "noopener");
}

/** What the chat keeps in the browser (`store.ts`), read and not touched. */
function inConversation(): boolean {
  try {
    return /"conversation":"|"unsent":\[\{/.test(localStorage[`hinny:${host.site}`]);
  } catch {
    return false;
  }
}
