/** The chat on somebody else's website: a strict content policy, nothing left on the page, and only where it may. */

import assert from "node:assert/strict";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

story("the chat works on a listed origin under a strict content policy", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.tab(website.url);
  const visitor = new Visitor(page);
  await visitor.opensChat();
  await visitor.greeting.filter({ hasText: "How can we help?" }).waitFor();
  await visitor.says("How do I reset my password?");
  const answer = await visitor.hears("bot", "Security");
  assert.ok((await answer.locator("[data-role=sources]").textContent()).includes("reset my password"));
  assert.equal(await visitor.title.textContent(), "The Shop");
  const { backgroundColor, position } = await visitor.panel.evaluate((node) => {
    const { backgroundColor, position } = getComputedStyle(node);
    return { backgroundColor, position };
  });
  assert.deepEqual({ backgroundColor, position }, { backgroundColor: "rgb(255, 255, 255)", position: "fixed" });
  await stage.photograph(page, "foreign-page");

  await page.emulateMedia({ colorScheme: "dark" });
  await stage.photograph(page, "foreign-page-dark");
});

story("the chat leaves nothing on the page but its one name", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  await page.addInitScript(() => {
    const before = new Set(Object.getOwnPropertyNames(window));
    window.hinnyTestNames = () => Object.getOwnPropertyNames(window).filter((name) => !before.has(name));
  });
  await page.goto(website.url);
  const visitor = new Visitor(page);
  await visitor.opensChat();
  await visitor.says("Do you ship to Norway?");
  await visitor.hears("bot", "every country");
  const names = await page.evaluate(() => window.hinnyTestNames());
  assert.deepEqual(names.filter((name) => name !== "hinnyTestNames"), ["hinny"]);
  const added = await page.evaluate(() => Array.from(document.body.children, (node) => node.localName));
  assert.deepEqual(added, ["h1", "p", "hinny-chat"]);
  assert.equal(await page.evaluate(() => document.head.querySelectorAll("style, link").length), 0);

  await page.evaluate(() => window.hinny("close"));
  await visitor.launcher.waitFor();
  await page.evaluate(() => window.hinny("ask", "What are your opening hours?"));
  await visitor.hears("bot", "from 9 to 17");
});

story("a page that is not on the list gets a friendly sentence and nothing else", async (stage) => {
  const [website, stranger] = [await stage.website(), await stage.website()];
  const program = await stage.server(website.url);
  stranger.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.tab(stranger.url);
  const visitor = new Visitor(page);
  await visitor.opensChat();
  await visitor.status.filter({ hasText: "The chat is not set up for this website yet." }).waitFor();
  await visitor.writes("Hello?");
  await visitor.own("Hello?", "sending").waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("hinny:shop")?.includes('"token":null') ?? true), true);
  await stage.photograph(page, "stranger");
});
