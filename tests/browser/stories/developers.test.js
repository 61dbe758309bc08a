/** What a website's developers build on: calls before the script is there, events, and leaving without a trace. */

import assert from "node:assert/strict";
import { becomes, eventually } from "../support/eventually.js";
import { countLeftovers } from "../support/leftovers.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

/** As `docs/widget.md` has it. */
function queue() {
  window.hinny ||= function () {
    const call = arguments;
    (hinny.q ||= []).push(call);
    return () => (call.length = 0);
  };
}

/** Notes what each event tells. */
function listen() {
  window.hinnyTestHeard = [];
  for (const event of ["ready", "open", "close", "message", "unread", "error"]) {
    window.hinny("on", event, (...told) => window.hinnyTestHeard.push([event, ...told]));
  }
}

const heard = (page) => page.evaluate(() => window.hinnyTestHeard.map(([event, told]) => [event, told?.author ?? told?.error ?? told].filter((one) => one !== undefined).join(" ")));

async function shop(stage, ...scripts) {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  for (const script of scripts) await page.addInitScript(script);
  await page.goto(website.url);
  return { website, program, browser, page, visitor: new Visitor(page) };
}

/** Puts the script tag on the page again, as a single-page app would. */
function embed(page, program) {
  return page.evaluate((src) => {
    const script = Object.assign(document.createElement("script"), { src });
    script.dataset.site = "shop";
    document.head.append(script);
  }, `${program.url}/widget.js`);
}

story("calls made before the script has loaded are made up for, in their order", async (stage) => {
  const { visitor, page } = await shop(stage, queue, () => {
    window.hinny("ask", "How do I reset my password?");
    window.hinnyTestEnds = window.hinny("on", "open", () => (window.hinnyTestWrong = true));
    window.hinnyTestEnds();
  });
  await visitor.hears("bot", "Security");
  assert.equal(await page.evaluate(() => window.hinnyTestWrong), undefined, "who no longer listens is told nothing");
});

story("a page is told what happens, until it asks to be left alone", async (stage) => {
  const { visitor, page } = await shop(stage, queue, listen);
  await visitor.opensChat();
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  await becomes("what was told", () => heard(page), ["ready", "open", "message visitor", "message bot"]);
  const [, , [, said], [, answered]] = await page.evaluate(() => window.hinnyTestHeard);
  assert.deepEqual({ ...said, id: null }, { id: null, author: "visitor", name: null, text: "How do I reset my password?" });
  assert.match(answered.text, /Security/);

  await page.evaluate(() => window.hinny("close"));
  await becomes("closing is told", async () => (await heard(page)).at(-1), "close");
  const later = await page.evaluate(() => {
    let told = 0;
    const end = window.hinny("on", "ready", () => told++);
    window.hinny("on", "open", () => told++)();
    window.hinny("open");
    end();
    return told;
  });
  assert.equal(later, 1, "who asks late is told that it is ready, who has left is told nothing");
  await becomes("opening is told to the others", async () => (await heard(page)).at(-1), "open");
});

story("unread messages are counted for the page", async (stage) => {
  const { visitor, page, program } = await shop(stage, queue, listen);
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  const { desk } = await stage.deskOf(program);
  await desk.opensThread();
  await page.evaluate(() => window.hinny("close"));
  await desk.replies("Hello, Ada here.");
  await becomes("one is unread", async () => (await heard(page)).filter((one) => one.startsWith("unread")), ["unread 1"]);
  await visitor.opensChat();
  await becomes("none is unread", async () => (await heard(page)).filter((one) => one.startsWith("unread")), ["unread 1", "unread 0"]);
});

story("a page that may not use the chat is told why", async (stage) => {
  const [website, stranger] = [await stage.website(), await stage.website()];
  const program = await stage.server(website.url);
  stranger.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  for (const script of [queue, listen]) await page.addInitScript(script);
  await page.goto(stranger.url);
  await new Visitor(page).opensChat();
  await becomes("what was told", () => heard(page), ["ready", "open", "error origin_refused"]);
});

story("after a shutdown nothing is left, and the chat can be started again", async (stage) => {
  const { visitor, page, program } = await shop(stage, countLeftovers, queue, listen);
  await visitor.launcher.waitFor();
  await visitor.opensChat();
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  const used = await page.evaluate(() => window.hinnyTestLeft());
  assert.ok(used.listeners > 0 && used.sockets === 1 && used.nodes === 1, `the counting works: ${JSON.stringify(used)}`);

  await page.evaluate(() => window.hinny("shutdown"));
  const nothing = { timers: 0, sockets: 0, nodes: 0, name: false };
  await becomes("nothing is left", () => page.evaluate(() => window.hinnyTestLeft()), nothing);

  await embed(page, program);
  await visitor.opensChat();
  await visitor.own("How do I reset my password?", "stored").waitFor();
  await visitor.says("Do you ship to Norway?");
  await visitor.hears("bot", "every country");
  await page.evaluate(() => window.hinny("shutdown"));
  await becomes("nothing is left again", () => page.evaluate(() => window.hinnyTestLeft()), nothing);
});

story("a chat that is shut down before it has come starts nothing", async (stage) => {
  const { visitor, page, program } = await shop(stage, countLeftovers);
  await visitor.launcher.waitFor();
  await page.evaluate(() => (window.hinny("open"), window.hinny("shutdown")));
  const nothing = { timers: 0, sockets: 0, nodes: 0, name: false };
  await becomes("nothing is left", () => page.evaluate(() => window.hinnyTestLeft()), nothing);
  await page.evaluate((src) => {
    const script = Object.assign(document.createElement("script"), { src, onload: () => (window.hinnyTestCame = true) });
    script.dataset.site = "shop";
    document.head.append(script);
    script.remove();
  }, `${program.url}/widget.js`);
  await eventually("the script has run", () => page.evaluate(() => window.hinnyTestCame));
  assert.deepEqual(await page.evaluate(() => window.hinnyTestLeft()), nothing, "a tag that was taken away starts nothing");
});

story("the chat stands inside an element of the page", async (stage) => {
  const website = await stage.website();
  website.dresses('<h1>Help</h1><div id="help"></div><p>More help.</p>', "#help { height: 420px; width: 360px }");
  website.attributes = ' data-inline="#help"';
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.tab(website.url);
  const visitor = new Visitor(page);
  await visitor.composer.waitFor();
  await visitor.isOnline();
  assert.equal(await visitor.launcher.isVisible(), false, "there is no button");
  assert.equal(await visitor.closeButton.isVisible(), false, "there is nothing to close");
  const [outer, inner] = [await page.locator("#help").boundingBox(), await visitor.panel.boundingBox()];
  assert.deepEqual(inner, outer, "it fills its element");
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true, "it does not take the focus");
  assert.equal(await visitor.panel.getAttribute("role"), "region");

  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  await visitor.composer.press("Escape");
  assert.equal(await visitor.panel.isVisible(), true, "Escape closes nothing");
  await page.evaluate(() => window.hinny("close"));
  assert.equal(await visitor.panel.isVisible(), true, "nor does the page");
  await stage.photograph(page, "inline");
});
