/** What a page may say to the chat: `hinny(verb, …)`. The calls from before the chat was there come here first. */

import type { Call } from "./boot";
import type { HinnyChat } from "./element";

/** `host` is the loader's element, which the chat's module has made a `HinnyChat` if it is still on the page. */
export function obey(host: Element, call: Call): void {
  const [verb, value] = call;
  // A call that was taken back is empty.
  if (!host.isConnected || !verb) return;
  const chat = host as HinnyChat;
  if (verb === "open") chat.open(value);
  else if (verb === "close") chat.close();
  else if (verb === "identify") chat.identify(value);
  else if (verb === "ask") chat.ask(String(value));
  else if (verb === "context") chat.context(value);
  else chat.listen(call);
}
