/** What the chat costs a page before anybody uses it. */

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { eventually } from "../support/eventually.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

/** 1 kB is 1,000 bytes, compressed by gzip at its best level. */
const BEFORE_THE_BUTTON = 2_000;
const WITH_THE_CHAT = 15_000;

story("little comes before the button, and not much more with the chat, in every language", async (stage) => {
  const program = await stage.demo();
  for (const language of ["ar", "de", "en", "es", "fr", "it", "ja", "pt"]) {
    const paths = ["/widget.js", `/v1/sites/demo/look?${language}`, `/widget-chat.js?0,demo,${language}`];
    const [script, look, chat] = await Promise.all(paths.map((path) => weigh(program.url + path)));
    console.log(`${language}: widget.js has ${script} bytes after gzip, the site's file ${look}: ${script + look}; the chat ${chat}: ${script + chat}`);
    assert.ok(script + look <= BEFORE_THE_BUTTON, `${language}: ${script + look} bytes before the button`);
    assert.ok(script + chat <= WITH_THE_CHAT, `${language}: ${script + chat} bytes with the chat`);
  }
});

async function weigh(url) {
  const answer = await fetch(url);
  assert.equal(answer.status, 200, url);
  return gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length;
}

story("before the first click there are two requests to our server, and nothing else", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  await page.addInitScript(countTraces);
  await page.goto(website.url);
  const visitor = new Visitor(page);
  await visitor.launcher.waitFor();
  await page.waitForLoadState("load");
  await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));

  const asked = browser.requests.map(({ url, type }) => `${type} ${new URL(url).pathname}`);
  assert.deepEqual(asked.filter((one) => one !== "other /favicon.ico"), ["document /", "script /widget.js", "fetch /v1/sites/shop/look"]);
  assert.deepEqual(await page.evaluate(() => window.hinnyTestTraces), ["fetch"]);
  assert.deepEqual(browser.sockets, []);
  assert.deepEqual(await browser.context.cookies(), []);

  await visitor.opensChat();
  await visitor.isOnline();
  const traces = await page.evaluate(() => window.hinnyTestTraces);
  assert.ok(traces.includes("socket") && traces.includes("storage"), `the counting works: ${traces}`);
  assert.deepEqual(await browser.context.cookies(), [], "the chat needs no cookie");
  await eventually("one socket", () => browser.sockets.length === 1);
});

/** Runs before the page: notes every way to leave a trace or to reach a server. */
function countTraces() {
  const traces = (window.hinnyTestTraces = []);
  const noted = (owner, name, what) => {
    const real = owner[name];
    owner[name] = new Proxy(real, {
      apply: (target, self, given) => (traces.push(what), Reflect.apply(target, self, given)),
      construct: (target, given) => (traces.push(what), Reflect.construct(target, given)),
    });
  };
  noted(Storage.prototype, "setItem", "storage");
  noted(IDBFactory.prototype, "open", "database");
  noted(window, "fetch", "fetch");
  noted(window, "WebSocket", "socket");
  noted(window, "EventSource", "events");
  noted(XMLHttpRequest.prototype, "open", "request");
  noted(Navigator.prototype, "sendBeacon", "beacon");
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  const set = (value) => (traces.push("cookie"), cookie.set.call(document, value));
  Object.defineProperty(Document.prototype, "cookie", { ...cookie, set });
}
