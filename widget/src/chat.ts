/**
 * The chat itself, as a module that the loader imports when it is wanted: it turns the loader's element into a
 * `HinnyChat`. Its own address says for which site and in which language; the server puts the words in.
 */

import { HinnyChat } from "./element";
import { localeOf, speak, type Words } from "./words";

/** Stands in the built file for what the server puts in: the language's code, and of its pack what the chat itself says. */
declare const HINNY_WORDS: [language: string, pack: Words];

const here = new URL(import.meta.url);
const [language, pack] = HINNY_WORDS;
const locale = localeOf(language);
let learnt = false;

/** A part says more than the chat does, so the whole pack comes with the first one. */
async function learn(): Promise<void> {
  if (learnt) return;
  const answer = await fetch(new URL(`/v1/sites/${here.search.split(",")[1]}/words/${language}`, here));
  learnt = answer.ok;
  if (learnt) speak((await answer.json()) as Words, locale);
}

// Browsers remember that a module did not load, so each attempt has its own address.
HinnyChat.load = (name, attempt) => Promise.all([import(new URL(`/widget-${name}.js?${attempt}`, here).href), learn()]).then(([part]) => part);

speak(pack, locale);
if (!customElements.get("hinny-chat")) customElements.define("hinny-chat", HinnyChat);

export { obey } from "./obey";
