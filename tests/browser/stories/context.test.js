/** What the team learns of where a visitor is and who they are: what is verified, what is not, and nothing too early. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { becomes, eventually } from "../support/eventually.js";
import { Program } from "../support/program.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const SECRET = "k9Zq3vT7wX2mR8bN5cL1pJ6hG4fD0sAyUeIoQrVtWz";

/** A token as the site's own server would sign it. */
function signed(claims) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ aud: "shop", iat: now, exp: now + 3600, ...claims })}`;
  return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
}

async function shop(stage) {
  const website = await stage.website();
  const knowledge = new URL("../../../fixtures/stories/faq.md", import.meta.url).pathname;
  const configuration = (port) => `
listen = "127.0.0.1:${port}"
[timing]
outbox_poll = "100ms"
alarm_poll = "50ms"
[desk]
enabled = true
[[site]]
id = "shop"
name = "The Shop"
origins = ["${website.url}"]
identity_secret_file = "secret"
[site.knowledge]
paths = ["knowledge.md"]
`;
  const program = await stage.started(await Program.from({ knowledge, files: { secret: SECRET }, configuration }));
  website.embeds(program.url);
  const browser = await stage.browser({ locale: "de-AT" });
  return { website, program, browser };
}

async function visits(browser, website) {
  const page = await browser.context.newPage();
  const sent = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(JSON.parse(payload))));
  await page.goto(website.url);
  const visitor = new Visitor(page);
  await visitor.launcher.waitFor();
  return { page, visitor, sent };
}

/** Goes on in a single-page app: the address first, the title soon after. */
const walks = (page, path, title) => page.evaluate(([to, name]) => {
  history.pushState(null, "", to);
  document.title = name;
}, [path, title]);

story("nothing about the visitor is sent or stored before the first click, whatever the page says", async (stage) => {
  const { website, browser } = await shop(stage);
  const { page, visitor, sent } = await visits(browser, website);
  await page.evaluate((token) => {
    window.hinny("context", { plan: "pro" });
    window.hinny("identify", token);
  }, signed({ sub: "u-1", name: "Vera" }));
  await walks(page, "/lamps", "Lamps");
  await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
  const asked = browser.requests.filter(({ url }) => !url.endsWith("/favicon.ico"));
  assert.deepEqual(asked.map(({ url }) => new URL(url).pathname), ["/", "/widget.js", "/v1/sites/shop/look"]);
  const addresses = asked.map(({ url }) => url).join(" ");
  for (const word of ["pro", "u-1", "Vera", "lamps"]) assert.ok(!new RegExp(`\\b${word}\\b`).test(addresses.replaceAll(website.url, "")), word);
  assert.deepEqual([browser.sockets, sent, await page.evaluate(() => ({ ...localStorage })), await browser.context.cookies()], [[], [], {}, []]);

  // The first click tells it all, and in one place.
  await visitor.opensChat();
  await visitor.isOnline();
  await eventually("the hello", () => sent.length);
  assert.deepEqual([sent[0].type, sent[0].page.title, sent[0].attributes, Boolean(sent[0].identity)], ["hello", "Lamps", { plan: "pro" }, true]);
});

story("the desk shows where the visitor goes, and what is verified apart from what the page says", async (stage) => {
  const { website, program, browser } = await shop(stage);
  const { page, visitor } = await visits(browser, website);
  await page.evaluate((token) => {
    window.hinny("identify", token);
    window.hinny("context", { plan: "pro", verified: "yes" });
  }, signed({ sub: "u-1", name: "Vera", email: "vera@shop.example", attributes: { tier: "gold" } }));
  await visitor.opensChat();
  await visitor.isOnline();
  await visitor.says("I want to talk to a person");
  const { desk } = await stage.deskOf(program);
  await desk.opensThread("Vera");
  const shown = (role) => desk.conversation.locator(`[data-role="${role}"]`);
  await becomes("what is verified", () => shown("verified").innerText(), "vera@shop.example · tier: gold");
  const { width, height } = page.viewportSize();
  await becomes("what is not", () => shown("unverified").innerText(), `plan: pro · verified: yes · screen ${width} × ${height}`);

  await walks(page, "/lamps?colour=red", "Lamps");
  await becomes("the next page", () => desk.where.innerText(), "Lamps");
  assert.equal(await desk.where.locator("a").getAttribute("href"), `${website.url}/lamps?colour=red`);
  await walks(page, "/cart", "Cart");
  await becomes("the one after it", () => desk.where.innerText(), "Cart");
  await page.evaluate(() => {
    addEventListener("popstate", () => (document.title = "Lamps again"), { once: true });
    history.back();
  });
  await becomes("back again", () => desk.where.innerText(), "Lamps again");
  await page.evaluate(() => window.hinny("context", { plan: null, cart: 3 }));
  await eventually("what the page says now", async () => (await shown("unverified").innerText()).startsWith("cart: 3 · verified: yes"));
  await stage.photograph(desk.page, "context-desk");
});
