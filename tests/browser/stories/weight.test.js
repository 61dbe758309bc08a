/** What the chat costs a page before anybody uses it. */

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { eventually } from "../support/eventually.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

/** As in the widget's own test of its build. */
const LARGEST_GZIP_BYTES = 12_000;

story("the script is small", async (stage) => {
  const program = await stage.demo();
  const answer = await fetch(`${program.url}/widget.js`);
  assert.equal(answer.status, 200);
  const size = gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length;
  console.log(`widget.js has ${size} bytes after gzip`);
  assert.ok(size <= LARGEST_GZIP_BYTES, `widget.js has ${size} bytes after gzip`);
});

story("before the first click there is one script and nothing else", async (stage) => {
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
  assert.deepEqual(asked.filter((one) => one !== "other /favicon.ico"), ["document /", "script /widget.js"]);
  assert.deepEqual(await page.evaluate(() => window.hinnyTestTraces), []);
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
