/** How the chat comes to a page: nothing moves, nothing is left behind, any policy holds, and a slow line is told. */

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { openStore } from "../support/store.js";
import { story } from "../support/story.js";

const NONCE = "r4nd0mOnThisPage";
const PASSWORD = "How do I reset my password?";

/** Before the page: what moves on it, what keeps it busy, which names are on it, and whether it is idle. */
function watches() {
  window.hinnyTestShifts = 0;
  window.hinnyTestLong = [];
  new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.hinnyTestShifts += value))).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => window.hinnyTestLong.push(Math.round(duration)))).observe({ type: "longtask", buffered: true });
  const before = new Set(Reflect.ownKeys(window).concat("hinnyTestNames"));
  window.hinnyTestNames = () => Reflect.ownKeys(window).filter((name) => !before.has(name)).map(String);
}

const prepared = (browser) => browser.context.addInitScript(watches);
const paths = (browser) => browser.requests.map(({ url }) => new URL(url).pathname).filter((path) => path !== "/" && path !== "/favicon.ico");
const idle = (page) => page.evaluate(() => new Promise((done) => requestIdleCallback(done)));

story("nothing of the page moves while the chat loads, opens, answers and closes", async (stage) => {
  const { visit } = await openStore(stage);
  const { page, visitor } = await visit({}, prepared);
  await visitor.launcher.waitFor();
  await visitor.opensChat();
  await visitor.greeting.waitFor();
  await visitor.says(PASSWORD);
  await visitor.helped.waitFor();
  await visitor.menu.waitFor();
  await visitor.closeButton.click();
  await visitor.launcher.waitFor();
  await idle(page);
  const { shifts, long } = await page.evaluate(() => ({ shifts: window.hinnyTestShifts, long: window.hinnyTestLong }));
  console.log(`layout shift: ${shifts}; long tasks: ${long.length ? long.map((ms) => `${ms} ms`).join(", ") : "none"}`);
  assert.equal(shifts, 0);

  // The watching works.
  await page.evaluate(() => document.body.prepend(Object.assign(document.createElement("h2"), { textContent: "Sale!" })));
  await eventually("something that moves is seen", () => page.evaluate(() => window.hinnyTestShifts > 0));
});

story("the page gets one name, whatever the chat loads later", async (stage) => {
  const { visit } = await openStore(stage);
  const { page, visitor } = await visit({}, prepared);
  await visitor.opensChat();
  await visitor.says(PASSWORD);
  await visitor.helped.waitFor();
  await page.evaluate(() => window.hinny("on", "message", () => {}));
  await visitor.menu.waitFor();
  assert.deepEqual(await page.evaluate(() => window.hinnyTestNames()), ["hinny"]);
});

story("the chat waits for the first click, for a quiet moment if it shall, and not at all in a conversation", async (stage) => {
  const { visit, website } = await openStore(stage);
  const first = await visit();
  await first.visitor.launcher.waitFor();
  await idle(first.page);
  assert.deepEqual(paths(first.browser), ["/widget.js", "/v1/sites/shop/look"]);
  await first.visitor.opensChat();
  await first.visitor.says(PASSWORD);
  await first.visitor.hears("bot", "Security");
  const again = await first.browser.tab(website.url);
  await again.waitForFunction(() => customElements.get("hinny-chat"));
  await eventually("it is connected without a click", () => first.browser.sockets.length === 2);

  website.attributes = " data-preload";
  const quiet = await visit();
  await quiet.visitor.launcher.waitFor();
  await quiet.page.waitForFunction(() => customElements.get("hinny-chat"));
  assert.deepEqual(paths(quiet.browser), ["/widget.js", "/v1/sites/shop/look", "/widget-chat.js"]);
  assert.deepEqual(quiet.browser.sockets, [], "loaded is not connected");
  assert.equal(await quiet.page.evaluate(() => localStorage.length), 0);
});

story("a policy with a nonce, without inline styles, and with trusted types is kept to the letter", async (stage) => {
  const { visit, website, program, desk } = await openStore(stage);
  const { host } = new URL(program.url);
  website.attributes = ` nonce="${NONCE}"`;
  // As the documents say; `strict-dynamic` lets a script with the nonce import the chat.
  website.policy = `default-src 'none'; script-src 'nonce-${NONCE}' 'strict-dynamic'; style-src 'none'; connect-src ${program.url} ws://${host}; img-src ${program.url}; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'`;
  const { page, browser, visitor } = await visit();
  await visitor.opensChat();
  await visitor.says(PASSWORD);
  await visitor.helped.waitFor();
  await visitor.find("emoji").click();
  await page.keyboard.press("Escape");
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  await desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here");
  await visitor.picks("earlier");
  await visitor.find("back").click();
  assert.equal(await visitor.panel.evaluate((node) => getComputedStyle(node).position), "fixed", "its styles hold");
  assert.deepEqual(browser.violations, []);

  // The policy is one that holds.
  await page.evaluate(() => document.body.setAttribute("style", "color: red"));
  await eventually("what is forbidden is told", () => browser.violations.some((one) => one.startsWith("style-src")));
  browser.violations.length = 0;
});

story("a slow chat is shown on the button, and one that does not come leads to its own page", async (stage) => {
  const { visit, program } = await openStore(stage);
  let go;
  const held = new Promise((resolve) => (go = resolve));
  const slow = await visit({}, (browser) => browser.context.route(/widget-chat\.js/, async (route) => (await held, route.fallback())));
  assert.equal(await slow.visitor.launcher.getAttribute("aria-busy"), "false");
  await slow.visitor.launcher.click();
  await eventually("the button is busy", async () => (await slow.visitor.launcher.getAttribute("aria-busy")) === "true");
  await stage.photograph(slow.page, "button-busy");
  go();
  await slow.visitor.composer.waitFor();

  const broken = await visit({}, (browser) => browser.context.route(/widget-chat\.js/, (route) => (isOf(route, "/chat/") ? route.fallback() : route.abort())));
  const opened = broken.browser.context.waitForEvent("page");
  await broken.visitor.launcher.click();
  const link = await opened;
  await link.waitForURL(`${program.url}/chat/shop`);
  assert.equal(await broken.visitor.launcher.getAttribute("aria-label"), "Open chat in a new tab");
  await link.locator("hinny-chat").waitFor({ state: "attached" });
});

/** Whether the page that asks is under this path. */
const isOf = (route, path) => new URL(route.request().frame().url()).pathname.startsWith(path);

process.env.HINNY_TEST_IDENTITY_LOADING = "kJ8s-2mQx!vB7tYw4Zr9Nc6Hd3Lf5Pg1";

story("when a browser has thrown its storage away, who signs in again has the conversation back", async (stage) => {
  const { visit, program } = await openStore(stage, 'identity_secret_env = "HINNY_TEST_IDENTITY_LOADING"');
  const token = (await program.run("token", "--site", "shop", "--sub", "ada", "--name", "Ada")).trim();
  const { page, visitor } = await visit();
  await page.evaluate((token) => window.hinny("identify", token), token);
  await visitor.opensChat();
  await visitor.says(PASSWORD);
  await visitor.hears("bot", "Security");

  // As Safari does after seven days.
  await page.evaluate(() => (localStorage.clear(), sessionStorage.clear()));
  await page.reload();
  await visitor.opensChat();
  await visitor.isOnline();
  assert.equal(await visitor.messages.count(), 0, "without a name the past is nobody's");
  await page.evaluate((token) => window.hinny("identify", token), token);
  await visitor.own(PASSWORD, "stored").waitFor();
  await visitor.hears("bot", "Security");
});
