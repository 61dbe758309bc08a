/**
 * Thousands of hostile strings from public collections, in every place where something from outside is shown: in the
 * chat and at the desk, from a server that is as hostile as can be, and through the real one.
 */

import assert from "node:assert/strict";
import { absent, payloads, pieces } from "../support/corpora.js";
import { eventually } from "../support/eventually.js";
import { hostileFrames } from "../support/frames.js";
import { openShop } from "../support/shop.js";
import { story } from "../support/story.js";
import { noticed, setTraps, watchNodes } from "../support/traps.js";

/** So many strings stand in one conversation; a short log keeps the page quick. */
const TOGETHER = 15;

/** What a page of ours may ask for. Anything else that is asked of this machine was asked by a payload. */
const OURS = /^\/(|page\.css|widget[\w-]*\.(js|json|css)|favicon\.ico|v1\/.*|desk.*)$/;

story("no string does anything in any place of the chat, under a strict policy and without one", async (stage) => {
  const shop = await openShop(stage);
  const all = payloads();
  // The policy is only the second wall: without it nothing may happen either.
  for (const [strict, words] of [[true, all], [false, all.filter((_, nth) => nth % 10 === 0)]]) {
    shop.website.strict = strict;
    const { browser, page, feed } = await chatWith(shop, stage);
    let elements = 0;
    for (const [nth, piece] of [...pieces(words, TOGETHER)].entries()) {
      feed(hostileFrames(piece, `conversation-${nth}`));
      const last = `[data-role="message"][data-author="visitor"] >> nth=${piece.length - 1}`;
      await page.locator(`hinny-chat ${last}`).waitFor({ state: "attached" });
      elements = await nothingHappened(browser, page, piece);
    }
    assert.ok(elements > words.length * 15, `${elements} elements for ${words.length} strings`);
    console.log(`chat: ${words.length} strings, ${elements} elements, policy ${strict ? "strict" : "none"}`);
    await browser.close();
  }
}, absent);

/** The chat on the shop's page, with somebody else at the other end of its socket. */
async function chatWith(shop, stage) {
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  await page.addInitScript(setTraps);
  let socket = null;
  await page.routeWebSocket(/\/v1\/ws/, (one) => (socket = one));
  await page.goto(shop.website.url);
  await page.locator('hinny-chat [data-role="launcher"]').click();
  await eventually("the chat calls", () => socket);
  await page.evaluate(watchNodes, false);
  return { browser, page, feed: (frames) => frames.forEach((frame) => socket.send(JSON.stringify(frame))) };
}

/** Nothing ran, nobody was asked, nothing strange was made, and the words stand there as they are. */
async function nothingHappened(browser, page, words) {
  const { strange, seen } = await page.evaluate(noticed);
  assert.deepEqual(strange, []);
  const said = await page.locator('hinny-chat [data-role="message"][data-author="visitor"] .bubble').allTextContents();
  assert.deepEqual(said, words);
  browser.check();
  const paths = browser.requests.map(({ url }) => new URL(url)).filter(({ protocol }) => protocol.startsWith("http"));
  assert.deepEqual(paths.map((url) => url.pathname).filter((path) => !OURS.test(path)), []);
  return seen;
}
