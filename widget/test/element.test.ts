/** The whole widget on a page, against a real WebSocket server that keeps a conversation. */

import { page as browser } from "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { agent, C, server, Tab, taken, tree, visitor, waiting } from "./chat";
import { eventually, fixture } from "./support";

test("before the first click: a button with a name, no socket, nothing stored", () => {
  const tab = new Tab();
  assert.equal(tab.find("launcher").getAttribute("aria-label"), "Open chat");
  assert.ok(tab.find("panel").hidden);
  assert.deepEqual([server.sockets.size, localStorage.length], [0, 0]);
});

test("taken off the page and put on again, it begins anew with one window and one button", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  for (let time = 0; time < 3; time++) {
    tab.leaves();
    await eventually("no socket", () => server.sockets.size === 0);
    document.body.append(tab.chat);
    await tab.reads("visitor stored Hi");
    assert.ok(tab.find("panel").hidden);
    const roles = Array.from(tab.chat.shadowRoot!.children, (node) => node.className);
    assert.deepEqual(roles, ["panel", "hidden news", "launcher"]);
    assert.equal(tab.find("launcher").querySelectorAll(".badge").length, 1);
  }
  await tab.opened();
  tab.writes("Still there");
  await tab.reads("visitor stored Hi", "visitor stored Still there");
  assert.equal(server.sockets.size, 1);
});

test("a question, its tick, and the answer with its sources", async () => {
  const tab = await new Tab().opened();
  tab.writes("How?");
  await tab.reads("visitor stored How?");
  const sources = [{ title: "FAQ", url: "https://example.com/faq" }, { title: "Book", url: null }, { title: "Bad", url: "javascript:alert(1)" }];
  server.tell({ kind: "message", id: "e", author: { kind: "bot" }, text: tree("Like this."), sources });
  await tab.reads("visitor stored How?", "bot stored Like this.");
  const links = Array.from(tab.find("sources").children, (one) => [one.tagName, one.textContent, one.getAttribute("href"), one.getAttribute("rel")]);
  assert.deepEqual(links, [["A", "FAQexample.com/faq", "https://example.com/faq", "noopener noreferrer nofollow"], ["SPAN", "Book", null, null], ["SPAN", "Bad", null, null]]);
  const message = tab.find("log").querySelector<HTMLElement>('[data-author="visitor"]')!;
  assert.deepEqual([message.dataset.seq, message.dataset.state], ["1", "stored"]);
});

test("the hello says what the team needs to know, and no more", async () => {
  await new Tab().opened();
  const { time_zone: zone, screen, ...hello } = server.hellos[0]!;
  const where = { url: "https://shop.example/cart", title: "", referrer: "" };
  assert.deepEqual(hello, { type: "hello", protocol: 1, site: "demo", token: null, identity: null, conversation: null, after: 0, page: where, language: "en" });
  assert.deepEqual([typeof zone, typeof screen?.width], ["string", "number"]);
});

test("the hand-over is told in calm lines, and the header says who answers", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hm?");
  await tab.reads("visitor stored Hm?");
  for (const event of [waiting("low_confidence"), taken, agent("Hello."), { ...taken, handling: "closed" }]) server.tell(event);
  await tab.reads(
    "visitor stored Hm?",
    "line I am not sure about this one, so let me get someone. You can keep writing.",
    "line Ana has joined.",
    "agent stored Hello.",
    "line This conversation is closed. Write again any time.",
  );
  assert.equal(tab.find("who").textContent, "Write again any time");
  server.tell({ ...taken, handling: "bot", agent: null });
  await tab.shows("the bot", () => tab.find("panel").dataset.handling === "bot");
  assert.equal(tab.lines().length, 6);
});

test("a person can always be asked for; asking twice is not possible while one comes", async () => {
  const tab = await new Tab().opened();
  const person = tab.find<HTMLButtonElement>("person");
  person.click();
  assert.ok(person.disabled);
  await tab.reads("line I am fetching a person for you. You can keep writing.");
  person.click();
  assert.deepEqual(server.said.map((one) => one.type), ["person"]);
  server.tell({ ...taken, handling: "bot", agent: null });
  await tab.shows("the button again", () => !person.disabled);
});

test("a refused message shows why, and can be removed or tried again", async () => {
  const tab = await new Tab().opened();
  server.storing = false;
  tab.writes("Long");
  await eventually("the message", () => server.said.length === 1);
  const id = (server.said[0] as { id: string }).id;
  server.broadcast(JSON.stringify({ type: "refused", id, error: "too_long", detail: "It is too long.", retry_after_ms: null }));
  await tab.shows("the reason", () => tab.find("log").textContent?.includes("Not sent. It is too long."));
  server.storing = true;
  tab.find("retry").click();
  await tab.reads("visitor stored Long");
});

test("an unsent message survives a reload and is stored once", async () => {
  const tab = await new Tab().opened();
  server.storing = false;
  tab.writes("Do not lose me");
  await eventually("the message", () => server.said.length === 1);
  tab.leaves();
  server.storing = true;
  const again = new Tab();
  await again.reads("visitor stored Do not lose me");
  const ids = server.said.map((one) => (one as { id: string }).id);
  assert.deepEqual([ids.length, new Set(ids).size, server.log.length], [2, 1, 1]);
  assert.deepEqual(JSON.parse(localStorage.getItem("hinny:demo") ?? "").unsent, []);
});

test("words that were not sent survive a reload, and are forgotten once they are", async () => {
  const tab = await new Tab().opened();
  const input = tab.find<HTMLTextAreaElement>("composer");
  input.value = "Half a sen";
  input.dispatchEvent(new Event("input"));
  tab.leaves();
  const again = await new Tab().opened();
  assert.equal(again.find<HTMLTextAreaElement>("composer").value, "Half a sen");
  again.writes("Half a sentence");
  await again.reads("visitor stored Half a sentence");
  again.leaves();
  assert.equal((await new Tab().opened()).find<HTMLTextAreaElement>("composer").value, "");
});

test("after a reload the conversation is fetched from its start, and unread is counted", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  tab.leaves();
  await eventually("the tab to be gone", () => server.sockets.size === 0);
  server.tell(agent("Are you there?"));
  const again = new Tab();
  await again.reads("visitor stored Hi", "agent stored Are you there?");
  assert.equal(again.find("launcher").getAttribute("aria-label"), "Open chat, 1 new message");
  assert.equal(again.find("badge").textContent, "1");
  await again.opened();
  assert.ok(again.find("badge").hidden);
  assert.deepEqual([server.hellos[1]?.conversation, server.hellos[1]?.after, server.hellos[1]?.token], [C, 0, server.hellos[1]?.token]);
  assert.ok(server.hellos[1]?.token);
});

test("a cut connection is shown, survived, and resumed where it broke", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  for (const socket of server.sockets) socket.terminate();
  await tab.shows("the state", () => tab.find("status").textContent?.startsWith("Reconnecting…"));
  await tab.shows("online again", () => tab.find("status").hidden);
  assert.deepEqual([server.hellos[1]?.conversation, server.hellos[1]?.after], [C, 1]);
  await tab.reads("visitor stored Hi");
});

test("offline is said as such, and the network's return reconnects at once", async () => {
  const tab = await new Tab().opened();
  Object.assign(navigator, { onLine: false });
  browser.dispatchEvent(new browser.Event("offline"));
  assert.ok(tab.find("status").textContent?.startsWith("You are offline; your messages are kept."));
  tab.writes("Kept");
  assert.deepEqual(tab.lines().at(-1), "visitor sending Kept");
  Object.assign(navigator, { onLine: true });
  browser.dispatchEvent(new browser.Event("online"));
  await tab.reads("visitor stored Kept");
});

test("two tabs are one conversation", async () => {
  const one = await new Tab().opened();
  one.writes("From one");
  await one.reads("visitor stored From one");
  const two = await new Tab().opened();
  await two.reads("visitor stored From one");
  two.writes("From two");
  for (const tab of [one, two]) await tab.reads("visitor stored From one", "visitor stored From two");
  assert.equal(server.log.length, 2);
});

test("the agent's typing is shown, and the visitor's is told while a person is concerned", async () => {
  const tab = await new Tab().opened();
  const types = () => Object.assign(tab.find<HTMLTextAreaElement>("composer"), { value: "w" }).dispatchEvent(new Event("input"));
  types();
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  server.tell(taken);
  server.broadcast(fixture("server-typing"));
  await tab.shows("typing", () => !tab.find("typing").hidden);
  assert.equal(tab.find("typing").textContent, "Ana is writing…");
  for (let key = 0; key < 5; key++) types();
  tab.writes("Bye");
  await eventually("the second message", () => server.said.length === 2);
  const typing = server.heard.filter((one) => one.type === "typing");
  assert.deepEqual(typing, [{ type: "typing", on: true }, { type: "typing", on: false }]);
});

test("by keyboard: opening goes to the text, Escape closes and gives the focus back", async () => {
  const tab = await new Tab().opened();
  const shadow = tab.chat.shadowRoot!;
  assert.equal(shadow.activeElement, tab.find("composer"));
  tab.find("panel").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  assert.ok(tab.find("panel").hidden);
  assert.equal(shadow.activeElement, tab.find("launcher"));
});

test("Shift+Enter, an unfinished composition and blank text send nothing", async () => {
  const tab = await new Tab().opened();
  const input = tab.find<HTMLTextAreaElement>("composer");
  for (const more of [{ shiftKey: true }, { isComposing: true }]) {
    input.value = "half";
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }));
    assert.equal(input.value, "half");
  }
  tab.writes(" \n ");
  tab.writes("whole");
  await tab.reads("visitor stored whole");
  assert.equal(server.said.length, 1);
});

test("roles and names for a reader of the screen", async () => {
  const tab = await new Tab().opened();
  const attributes = (role: string, ...names: string[]) => names.map((name) => tab.find(role).getAttribute(name));
  assert.deepEqual(attributes("panel", "role", "aria-labelledby"), ["dialog", "title"]);
  assert.deepEqual(attributes("log", "role", "aria-live", "aria-busy"), ["log", "polite", "false"]);
  assert.deepEqual(attributes("composer", "aria-label"), ["Your message"]);
  assert.deepEqual(attributes("send", "aria-label"), ["Send"]);
  assert.deepEqual(attributes("status", "role"), ["status"]);
  assert.equal(tab.find("title").textContent, "Demo");
});

test("a node stays the same from sending to stored, so nothing is read out twice", async () => {
  const tab = await new Tab().opened();
  server.storing = false;
  tab.writes("Same");
  const node = tab.find("log").lastElementChild;
  await eventually("the message", () => server.said.length === 1);
  const id = (server.said[0] as { id: string }).id;
  server.broadcast(JSON.stringify({ type: "ack", id, seq: server.tell(visitor(id, "Same")), conversation: C }));
  await tab.reads("visitor stored Same");
  assert.equal(tab.find("log").lastElementChild, node);
});

test("a farewell for good is said in a friendly sentence, and a click asks again", async () => {
  const tab = await new Tab().opened();
  server.broadcast('{"type":"bye","error":"site_unknown","detail":"unknown site","retry_after_ms":null}');
  await tab.shows("stopped", () => tab.find("panel").dataset.phase === "stopped");
  assert.ok(tab.find("status").textContent?.startsWith("The chat is not set up for this website yet."));
  tab.find("again").click();
  await tab.shows("online", () => tab.find("panel").dataset.phase === "online");
});

test("identify says who the visitor is, on a new hello", async () => {
  const tab = await new Tab().opened();
  tab.chat.identify("signed");
  await eventually("the second hello", () => server.hellos.length === 2);
  assert.deepEqual([server.hellos[0]?.identity, server.hellos[1]?.identity], [null, "signed"]);
});

test("ask opens the chat and says it", async () => {
  const tab = new Tab();
  tab.chat.ask("Do I need a public URL?");
  await tab.reads("visitor stored Do I need a public URL?");
  assert.equal(tab.find("panel").hidden, false);
});
