/**
 * `@hinny/widget`: puts the chat of a hinny server on a page. It loads `/widget.js` from there, as the script tag would,
 * and holds no part of the chat itself.
 */

import type { Events, Hinny, Listener } from "./types.js";

export type { Attributes, Events, Hinny, Identity, Listener, Message, Problem } from "./types.js";

export interface Options {
  /** Your hinny server, for instance `https://support.example.com`. */
  server: string;
  /** The site's id in `hinny.toml`. */
  site: string;
  /** An element, or a selector of one, in which the chat stands open instead of a button. */
  inline?: Element | string | undefined;
  /** Fetch the chat when the page is idle. */
  preload?: boolean | undefined;
  /** For a content security policy with nonces. */
  nonce?: string | undefined;
}

type Call = [verb: string, ...values: unknown[]];
/** On the page it is the chat's own function once `site` is there; before, one that keeps calls in `q`. */
type OnPage = ((...call: Call) => unknown) & { q?: ArrayLike<unknown>[]; site?: string };

const NOTHING = () => {};
const PLACE = "data-hinny-place";

/** What was asked for with "on" outlives a `stop`, so that whoever listens hears the next chat as well. */
const listening = new Set<Call>();
let running = false;
let places = 0;

const onPage = () => window as unknown as { hinny?: OnPage };

/** Says something to the chat; before it is there, the call waits. On a server it does nothing. */
export const hinny = ((...call: Call): unknown => {
  if (typeof window === "undefined") return NOTHING;
  if (call[0] === "on") return listen(call);
  return now()(...call);
}) as Hinny;

/** Puts the chat on the page and gives a function that takes it away again, with all it holds. */
export function start({ server, site, inline, preload, nonce }: Options): () => void {
  if (typeof document === "undefined") return NOTHING;
  if (running) {
    console.error("hinny: the chat is on this page already");
    return NOTHING;
  }
  running = true;
  const script = document.createElement("script");
  script.src = new URL("/widget.js", server).href;
  script.async = true;
  if (nonce) script.nonce = nonce;
  script.dataset.site = site;
  if (preload) script.dataset.preload = "";
  const place = inline ? marked(inline) : null;
  if (place) script.dataset.inline = place.selector;
  script.onerror = () => tell("error", { error: "not_loaded" });
  document.head.append(script);
  return () => {
    if (!script.isConnected) return;
    // A script that is not on the page any more when it arrives starts nothing.
    script.remove();
    place?.forget();
    leave();
  };
}

/** A script's attributes are words, so an element gets a name by which it is found. */
function marked(inline: Element | string): { selector: string; forget(): void } {
  if (typeof inline === "string") return { selector: inline, forget: NOTHING };
  const name = String(++places);
  inline.setAttribute(PLACE, name);
  return { selector: `[${PLACE}="${name}"]`, forget: () => inline.removeAttribute(PLACE) };
}

function leave(): void {
  running = false;
  const page = onPage();
  if (page.hinny?.site) page.hinny("shutdown");
  // What nobody has heard yet was said to a chat that is gone.
  delete page.hinny;
  for (const call of listening) ending.set(call, NOTHING);
  if (listening.size) now();
}

/** The page's function; where there is none, one that keeps calls, and with them everybody who listens. */
function now(): OnPage {
  const page = onPage();
  if (page.hinny) return page.hinny;
  const queue: Call[] = [];
  const keep = (...call: Call) => {
    queue.push(call);
    return () => void (call.length = 0);
  };
  page.hinny = Object.assign(keep, { q: queue });
  for (const call of listening) subscribe(page.hinny, call);
  return page.hinny;
}

/** How each call of `listening` is taken back where it was said. */
const ending = new Map<Call, () => void>();

function subscribe(to: OnPage, call: Call): void {
  const end = to(...call);
  ending.set(call, typeof end === "function" ? (end as () => void) : NOTHING);
}

function listen(call: Call): () => void {
  const to = now();
  listening.add(call);
  subscribe(to, call);
  return () => {
    ending.get(call)?.();
    ending.delete(call);
    listening.delete(call);
  };
}

function tell<E extends keyof Events>(event: E, ...told: Events[E]): void {
  for (const [, name, listener] of listening) if (name === event) (listener as Listener<E>)(...told);
}
