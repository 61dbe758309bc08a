/** What language the chat speaks: the page's, else the browser's, else English; and a site's own sentences in it. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { becomes } from "../support/eventually.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const folder = fileURLToPath(new URL("../../../widget/words", import.meta.url));
const packs = new Map(readdirSync(folder).map((name) => [name.replace(".json", ""), JSON.parse(readFileSync(`${folder}/${name}`, "utf8"))]));

const OWN = `
[site.words.de]
person = "Mit der Crew sprechen"
greeting = "Moin! Wie können wir helfen?"
`;

/** A website in this language, seen by a browser that prefers another one. */
async function opened(stage, { website, locale = "en-GB", photograph = null }) {
  const { context } = await stage.browser({ locale });
  const page = await context.newPage();
  await page.goto(website.url);
  const visitor = new Visitor(page);
  await visitor.launcher.waitFor();
  const button = await visitor.launcher.getAttribute("aria-label");
  await visitor.launcher.click();
  await visitor.composer.waitFor();
  if (photograph) await stage.photograph(page, photograph);
  return { page, visitor, button };
}

/** What a visitor reads and hears first. */
async function sentences({ page, visitor, button }) {
  return {
    open: button,
    close: await visitor.closeButton.getAttribute("aria-label"),
    composer: await visitor.composer.getAttribute("aria-label"),
    placeholder: await visitor.composer.getAttribute("placeholder"),
    person: await visitor.person.innerText(),
    send: await visitor.send.getAttribute("aria-label"),
    dir: await visitor.panel.evaluate((panel) => getComputedStyle(panel).direction),
    lang: await visitor.panel.getAttribute("lang").then((tag) => tag.split("-")[0]),
  };
}

function expected(language) {
  const { open, close, composer, placeholder, person, send, dir } = packs.get(language);
  return { open, close, composer, placeholder, person, send, dir, lang: language };
}

story("each of the languages says its own sentences, Arabic from right to left", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  assert.deepEqual([...packs.keys()].sort(), ["ar", "de", "en", "es", "fr", "it", "ja", "pt"]);
  for (const language of packs.keys()) {
    website.language = language;
    const seen = await opened(stage, { website, photograph: `language-${language}` });
    assert.deepEqual(await sentences(seen), expected(language), language);
    await becomes(`${language}: who answers`, () => seen.visitor.who.innerText(), packs.get(language).answering_bot);
    await seen.page.context().close();
  }
});

story("the page's language counts first, then the browser's, then English", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  for (const [lang, locale, attributes, language] of [
    ["fr", "de-DE", "", "fr"],
    ["fr-CA", "de-DE", "", "fr"],
    ["", "de-AT", "", "de"],
    // A language that nobody translated into gives way to the next wish.
    ["sv", "ja-JP", "", "ja"],
    ["sv", "nb-NO", "", "en"],
    ["fr", "de-DE", ' data-language="it"', "it"],
  ]) {
    Object.assign(website, { language: lang, attributes });
    const seen = await opened(stage, { website, locale });
    assert.deepEqual(await sentences(seen), expected(language), `${lang} ${locale} ${attributes}`);
    await seen.page.context().close();
  }
});

story("a site's own sentences take the place of ours, in their language only", async (stage) => {
  const website = await stage.website();
  const program = await stage.serverWith(OWN, website.url);
  website.embeds(program.url);
  for (const [language, person, greeting] of [
    ["de", "Mit der Crew sprechen", "Moin! Wie können wir helfen?"],
    ["en", packs.get("en").person, "Hello! How can we help?"],
  ]) {
    website.language = language;
    const { visitor } = await opened(stage, { website });
    assert.equal(await visitor.person.innerText(), person);
    await becomes(`${language}: the greeting`, () => visitor.greeting.locator("[part~=bubble]").innerText(), greeting);
    assert.equal(await visitor.send.getAttribute("aria-label"), packs.get(language).send, "the others stay");
  }
});
