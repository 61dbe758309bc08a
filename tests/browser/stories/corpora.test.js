/**
 * Thousands of hostile strings from public collections, in every place where something from outside is shown: in the
 * chat and at the desk, from a server that is as hostile as can be, and through the real one.
 */

import assert from "node:assert/strict";
import { absent, payloads, pieces } from "../support/corpora.js";
import { becomes } from "../support/eventually.js";
import { hostileDesk } from "../support/deskdata.js";
import { branded, hostileFrames } from "../support/frames.js";
import { openShop } from "../support/shop.js";
import { story } from "../support/story.js";
import { noticed, setSocket, setTraps, watchNodes } from "../support/traps.js";

/** So many strings stand in one conversation; a short log keeps the page quick. */
const TOGETHER = 4;

const AT_THE_DESK = 300;

/** What a page of ours may ask for. Anything else that is asked of this machine was asked by a payload. */
const OURS = /^\/(|page\.css|widget[\w-]*\.(js|json|css)|favicon\.ico|v1\/.*|desk.*)$/;

story("no string does anything in any place of the chat, under a strict policy and without one", async (stage) => {
  const shop = await openShop(stage);
  const all = payloads();
  // The policy is only the second wall: without it nothing may happen either.
  for (const [strict, words] of [[true, all], [false, all.filter((_, nth) => nth % 10 === 0)]]) {
    shop.website.strict = strict;
    const { browser, page } = await chatWith(shop, stage);
    await page.evaluate((frame) => window.hinnyFeed([frame]), branded(words));
    await becomes("the replies", () => page.locator('hinny-chat [data-role="reply"]').allTextContents(), words);
    // The part that shows files, signs and persons is fetched when the first of them comes.
    await page.evaluate(feedAndRead, hostileFrames(words.slice(0, 1), "first"));
    await page.locator('hinny-chat [data-role="reaction"]').waitFor({ state: "attached" });
    let nth = 0;
    for (const piece of pieces(words, TOGETHER)) {
      const said = await page.evaluate(feedAndRead, hostileFrames(piece, `conversation-${nth++}`));
      assert.deepEqual(said, piece, "the words stand there as they are");
    }
    const elements = await nothingHappened(browser, page);
    assert.ok(elements > words.length * 15, `${elements} elements for ${words.length} strings`);
    console.log(`chat: ${words.length} strings, ${elements} elements, policy ${strict ? "strict" : "none"}`);
    await browser.close();
  }
}, absent);

story("no string does anything in any place of the desk", async (stage) => {
  const shop = await openShop(stage);
  const { deskPage: page, desk } = shop;
  const browser = stage.browsers.find(({ context }) => context === page.context());
  let told = {};
  await page.addInitScript(setTraps);
  await page.routeWebSocket(/\/desk\/ws/, () => {});
  await page.route(/\/desk\/api\//, (route) => {
    const path = new URL(route.request().url()).pathname.replace("/desk/api/", "");
    return path in told ? route.fulfill({ json: told[path] }) : route.continue();
  });
  let elements = 0;
  const all = payloads();
  for (const words of pieces(all, AT_THE_DESK)) {
    told = hostileDesk(words);
    await page.goto(`${shop.program.url}/desk`);
    await page.evaluate(watchNodes, true);
    await page.evaluate(() => void (location.hash = "c=c-0"));
    await desk.log.locator('[data-role="message"]').last().waitFor({ state: "attached" });
    const mine = await desk.log.locator('[data-role="message"][data-author="visitor"] .bubble').allTextContents();
    assert.deepEqual(mine, words);
    for (const tab of ["answers", "failed"]) {
      await page.evaluate((tab) => void (location.hash = tab), tab);
      await page.locator(`[data-role="${tab}"] > *`).last().waitFor({ state: "attached" });
    }
    elements += await nothingHappened(browser, page);
  }
  console.log(`desk: ${all.length} strings, ${elements} elements`);
  assert.ok(elements > all.length * 30, `${elements} elements`);
  // The page that is left behind is the story's own, and its agent is signed in no more.
  await page.goto("about:blank");
}, absent);

/** The chat on the shop's page, with somebody else at the other end of its socket. */
async function chatWith(shop, stage) {
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  await page.addInitScript(setTraps);
  await page.addInitScript(setSocket);
  await page.goto(shop.website.url);
  await page.locator('hinny-chat [data-role="launcher"]').click();
  await page.locator('hinny-chat [data-role="panel"]').waitFor();
  await page.waitForFunction(() => window.hinnySocket?.readyState === 1);
  await page.evaluate(watchNodes, false);
  return { browser, page };
}

/** Runs in the page: all of this arrives while the chat is closed, which is quicker; then what the visitor sees of their own. */
function feedAndRead(frames) {
  window.hinny("close");
  window.hinnyFeed(frames);
  window.hinny("open");
  const root = document.querySelector("hinny-chat").shadowRoot;
  return Array.from(root.querySelectorAll('[data-role="message"][data-author="visitor"] .bubble'), (bubble) => bubble.textContent);
}

/** Nothing ran, nobody was asked, and nothing strange was made; gives the number of elements that were. */
async function nothingHappened(browser, page) {
  const { strange, seen } = await page.evaluate(noticed);
  assert.deepEqual(strange, []);
  browser.check();
  const paths = browser.requests.map(({ url }) => new URL(url)).filter(({ protocol }) => protocol.startsWith("http"));
  assert.deepEqual(paths.map((url) => url.pathname).filter((path) => !OURS.test(path)), []);
  return seen;
}
