/**
 * What runs when the script tag loads: it reads the tag, puts one `<hinny-chat>` on the page and offers
 * `hinny(verb, …)`. Calls that a page queued in `hinny.q` before the script was there are made up for.
 */

import { HinnyChat } from "./element";
import type { Part } from "./more";

type Call = [verb: string, value?: string | null];
type Api = ((...call: Call) => void) & { q?: ArrayLike<unknown>[] };

function start(script: HTMLScriptElement): void {
  // Browsers remember that a module did not load, so each attempt has its own address.
  HinnyChat.load = (attempt) => import(new URL(`/widget-more.js?${attempt}`, script.src).href) as Promise<Part>;
  customElements.define("hinny-chat", HinnyChat);
  const chat = document.createElement("hinny-chat") as HinnyChat;
  chat.setAttribute("site", script.dataset.site ?? "");
  chat.setAttribute("server", new URL(script.src).origin);
  document.body.append(chat);
  offer(chat);
}

function offer(chat: HinnyChat): void {
  const page = window as unknown as { hinny?: Api };
  const api: Api = (verb, value) => {
    if (verb === "open") chat.open();
    else if (verb === "close") chat.close();
    else if (verb === "identify") chat.identify(value ?? null);
    else if (verb === "ask") chat.ask(String(value));
    else throw new Error(`hinny: unknown verb "${verb}"`);
  };
  const queue = page.hinny?.q ?? [];
  page.hinny = api;
  for (const call of queue) api(...(Array.from(call) as Call));
}

const script = document.currentScript as HTMLScriptElement | null;
if (script && !customElements.get("hinny-chat")) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script), { once: true });
}
