/** Networks that let no socket through, and browsers that keep nothing for a page: the chat works all the same. */

import assert from "node:assert/strict";
import { becomes, eventually } from "../support/eventually.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

/** A shop whose visitors' network refuses every WebSocket; what else they ask of the server is written down. */
async function socketless(stage) {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const asked = [];
  const page = await browser.tab("about:blank");
  await page.routeWebSocket(/\/v1\/ws$/, (socket) => socket.close({ code: 1001, reason: "not here" }));
  page.on("request", (request) => asked.push(request));
  await page.goto(website.url);
  return { website, program, browser, page, asked, visitor: new Visitor(page) };
}

/** What was asked of the API, and that no address carries the session's token. */
async function calls(page, asked) {
  const { token } = JSON.parse(await page.evaluate(() => localStorage["hinny:shop"]));
  for (const request of asked) assert.ok(!request.url().includes(token), "no token in an address");
  return asked.map((request) => `${request.method()} ${new URL(request.url()).pathname}`);
}

story("where no socket gets through, the talk goes by calls and an event stream", async (stage) => {
  const { program, page, asked, visitor } = await socketless(stage);
  await visitor.opensChat();
  await visitor.isOnline();
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  await visitor.says("I want to talk to a person");
  const { desk } = await stage.deskOf(program);
  await desk.opensThread();
  await desk.replies("Hello, no socket needed.");
  await visitor.hears("agent", "no socket needed");
  const all = await calls(page, asked);
  for (const one of ["GET /v1/events", "POST /v1/messages", "GET /widget-stream.js"]) assert.ok(all.includes(one), `${one} in ${all}`);
  const stream = asked.find((request) => request.url().includes("/v1/events"));
  assert.match((await stream.allHeaders()).authorization, /^Bearer /);
  await stage.photograph(page, "no-socket");
});

story("after a restart of the server the stream goes on where it stopped", async (stage) => {
  const { program, page, asked, visitor } = await socketless(stage);
  await visitor.opensChat();
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  const before = await visitor.transcript();
  await program.kill();
  await visitor.status.filter({ hasText: "Reconnecting" }).waitFor();
  await visitor.writes("Do you ship to Norway?");
  await visitor.own("Do you ship to Norway?", "sending").waitFor();
  await program.start();
  await visitor.hears("bot", "every country");
  await visitor.reads([...before, "visitor: Do you ship to Norway?", "bot: Yes, to every country in Europe."]);
  const last = asked.findLast((request) => request.url().includes("/v1/events"));
  assert.ok(Number(new URL(last.url()).searchParams.get("after")) >= 2, `it went on from ${last.url()}`);
  await calls(page, asked);
});

story("words that were not sent survive a reload", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.tab(website.url);
  const visitor = new Visitor(page);
  await visitor.opensChat();
  await visitor.composer.fill("I have a question about my or");
  await page.reload();
  await visitor.opensChat();
  await becomes("the words", () => visitor.composer.inputValue(), "I have a question about my or");
  await visitor.says("How do I reset my password?");
  await page.reload();
  await visitor.opensChat();
  await visitor.own("How do I reset my password?", "stored").waitFor();
  assert.equal(await visitor.composer.inputValue(), "", "what was sent is no draft");
});

story("written offline, the tab closed: it is sent once when the page is opened again", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const visitor = new Visitor(await browser.tab(website.url));
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await browser.offline(true);
  await visitor.status.filter({ hasText: "offline" }).waitFor();
  await visitor.writes("Written in a tunnel");
  await visitor.own("Written in a tunnel", "sending").waitFor();
  await visitor.page.close();
  await browser.offline(false);

  const later = new Visitor(await browser.tab(website.url));
  const { desk } = await stage.deskOf(program);
  await desk.opensThread();
  // Nobody has to open the chat for that.
  await desk.sees("visitor", "Written in a tunnel");
  await later.opensChat();
  await later.own("Written in a tunnel", "stored").waitFor();
  const lines = ["visitor: I want to talk to a person", "visitor: Written in a tunnel"];
  await desk.reads(lines);
  await eventually("once in the chat", async () => (await later.transcript()).filter((line) => line.includes("tunnel")).length === 1);
});

story("where the browser keeps nothing, the chat works as long as the page lives, and complains of nothing", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const page = await browser.tab("about:blank");
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"]) {
      const get = () => {
        throw new DOMException("Access is denied for this document.", "SecurityError");
      };
      Object.defineProperty(window, name, { get });
    }
  });
  await page.goto(website.url);
  const visitor = new Visitor(page);
  await visitor.opensChat();
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  await visitor.says("I want to talk to a person");
  const { desk } = await stage.deskOf(program);
  await desk.opensThread();
  await desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here");
  await page.reload();
  await visitor.opensChat();
  await visitor.isOnline();
  await becomes("a new beginning", () => visitor.transcript(), []);
  assert.deepEqual(complaints, []);
});
