/** The chat itself, as a module that the loader imports when it is wanted. It turns the loader's element into a `HinnyChat`. */

import { HinnyChat } from "./element";

// Browsers remember that a module did not load, so each attempt has its own address.
HinnyChat.load = (name, attempt) => import(new URL(`/widget-${name}.js?${attempt}`, import.meta.url).href);
if (!customElements.get("hinny-chat")) customElements.define("hinny-chat", HinnyChat);

export { obey } from "./obey";
