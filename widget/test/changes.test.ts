/** What happens to a message after it was said: edited, deleted, answered to, reacted on, seen. */

import { page as browser, sight } from "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { agent, kept, server, Tab, taken, tree, visitor } from "./chat";
import { eventually } from "./support";
import { words } from "../src/words";

const said = (id: string, text: string, more: object = {}) => ({ ...agent(text), id, ...more });

function message(tab: Tab, seq: number): HTMLElement {
  const found = tab.find("log").querySelector<HTMLElement>(`[data-seq="${seq}"]`);
  assert.ok(found, `seq ${seq}`);
  return found;
}

const inside = (node: HTMLElement, role: string) => Array.from(node.querySelectorAll(`[data-role="${role}"]`), (one) => one.textContent);

test("an edited message changes in place, keeps its node, and says so", async () => {
  const tab = await new Tab().opened();
  server.tell(said("a1", "It costs 5"));
  await tab.reads("agent stored It costs 5");
  const node = message(tab, 1);
  server.tell({ kind: "edited", id: "a1", text: tree("It costs 15"), files: [] });
  await tab.reads("agent stored It costs 15");
  assert.equal(message(tab, 1), node);
  assert.deepEqual(inside(node, "edited"), ["edited"]);
});

test("a deleted message leaves a tombstone, in every tab and after a reload", async () => {
  const [one, two] = [await new Tab().opened(), await new Tab().opened()];
  server.tell(said("a1", "A slip", { files: [kept("f1")], sources: [{ title: "FAQ", url: null }] }));
  for (const tab of [one, two]) await tab.reads("agent stored A slip");
  server.tell({ kind: "deleted", id: "a1" });
  for (const tab of [one, two]) {
    await tab.reads("agent stored Message removed");
    assert.equal(message(tab, 1).dataset.deleted, "true");
    assert.equal(message(tab, 1).querySelectorAll("img, a, [data-role=file], [data-role=sources]").length, 0);
  }
});

test("whoever comes later sees the tombstone and the newest words at once", async () => {
  server.log.push({ seq: 1, at: 1, event: said("a1", "", { text: [], deleted: true }) });
  server.log.push({ seq: 2, at: 1, event: said("a2", "New words", { edited: true }) });
  const tab = await new Tab().opened();
  await tab.reads("agent stored Message removed", "agent stored New words");
  assert.deepEqual(inside(message(tab, 2), "edited"), ["edited"]);
});

test("a change of a message that is not there changes nothing", async () => {
  const tab = await new Tab().opened();
  for (const event of [{ kind: "edited", id: "x", text: tree("?"), files: [] }, { kind: "deleted", id: "x" }, { kind: "reaction", id: "x", sign: "👍", on: true }]) server.tell(event);
  server.tell(said("a1", "Still here"));
  await tab.reads("agent stored Still here");
});

test("reactions stand under the message, each sign once with its number, and go away again", async () => {
  const tab = await new Tab().opened();
  tab.writes("Thanks");
  await tab.reads("visitor stored Thanks");
  const { id } = server.said[0] as { id: string };
  for (const [sign, on] of [["👍", true], ["👍", true], ["🎉", true], ["❤", false]]) server.tell({ kind: "reaction", id, sign, on });
  await eventually("the signs", () => inside(message(tab, 1), "reaction").join() === "👍 2,🎉");
  server.tell({ kind: "reaction", id, sign: "👍", on: false });
  await eventually("one less", () => inside(message(tab, 1), "reaction").join() === "👍,🎉");
});

test("an answer shows the beginning of what it answers, as words", async () => {
  const long = "x".repeat(200);
  const tab = await new Tab().opened();
  server.tell(visitor("m1", "<b>Which</b> one?"));
  server.tell(visitor("m2", long));
  server.tell(said("a1", "This one.", { quotes: "m1" }));
  server.tell(said("a2", "Hm.", { quotes: "m2" }));
  server.tell(said("a3", "To whom?", { quotes: "gone" }));
  await eventually("all", () => tab.find("log").querySelector('[data-seq="5"]'));
  assert.deepEqual([3, 4, 5].map((seq) => inside(message(tab, seq), "quote")), [["<b>Which</b> one?"], [`${"x".repeat(90)}…`], []]);
  server.tell({ kind: "deleted", id: "m1" });
  await eventually("the quote is gone too", () => inside(message(tab, 3), "quote").join() === "Message removed");
});

test("an agent's face is shown when our own server has it, and from nowhere else", async () => {
  const tab = await new Tab().opened();
  server.tell(said("a1", "Hi", { author: { kind: "agent", name: "Ana", avatar: "/v1/files/face?sig=1" } }));
  server.tell(said("a2", "Ho", { author: { kind: "agent", name: "Ben", avatar: "https://evil.example/pixel.png" } }));
  await eventually("both", () => tab.find("log").querySelector('[data-seq="2"]'));
  const faces = Array.from(tab.find("log").querySelectorAll("img"), (one) => [one.getAttribute("src"), one.getAttribute("alt")]);
  assert.deepEqual(faces, [[`${server.origin}/v1/files/face?sig=1`, ""]]);
});

const seen = () => server.heard.filter((one) => one.type === "seen");

test("an agent's message in view is told as seen, once, and only upwards", async () => {
  const tab = await new Tab().opened();
  server.tell(taken);
  server.tell(said("a1", "One"));
  await eventually("the first", () => seen().length === 1);
  server.tell({ ...agent("the bot's"), id: "b", author: { kind: "bot" } });
  server.tell(said("a2", "Two"));
  await eventually("the second", () => seen().length === 2);
  assert.deepEqual(seen(), [{ type: "seen", seq: 2 }, { type: "seen", seq: 4 }]);
  tab.find("close").click();
  tab.find("launcher").click();
  tab.writes("ok");
  await eventually("a word after", () => server.said.length === 1);
  assert.equal(seen().length, 2);
});

test("what is out of view, in a closed chat or in a hidden page is not seen", async () => {
  const tab = await new Tab().opened();
  sight.ratio = 0;
  server.tell(said("a1", "Below"));
  await tab.reads("agent stored Below");
  await eventually("it is looked for", () => sight.watched.size === 1);
  sight.shows(0.4);
  tab.find("close").click();
  assert.equal(sight.watched.size, 0);
  Object.defineProperty(browser.document, "hidden", { value: true, configurable: true });
  tab.find("launcher").click();
  assert.equal(sight.watched.size, 0);
  assert.deepEqual(seen(), []);
  Object.defineProperty(browser.document, "hidden", { value: false, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  sight.shows(1);
  await eventually("seen now", () => seen().length === 1);
});

test("after a cut the last look is told again, since nobody confirms it", async () => {
  await new Tab().opened();
  server.tell(said("a1", "One"));
  await eventually("the first", () => seen().length === 1);
  for (const socket of server.sockets) socket.terminate();
  await eventually("told again", () => seen().length === 2);
  assert.deepEqual(seen()[1], { type: "seen", seq: 1 });
});

test("who is blocked reads it in plain words and cannot write until it is over", async () => {
  const tab = await new Tab().opened();
  server.storing = false;
  tab.writes("spam");
  await eventually("the message", () => server.said.length === 1);
  const { id } = server.said[0] as { id: string };
  server.broadcast(JSON.stringify({ type: "refused", id, error: "blocked", detail: "You cannot.", retry_after_ms: 150 }));
  await tab.shows("the sentence", () => tab.find("note").textContent === words.why_blocked);
  const shut = () => ["composer", "send", "attach", "person"].map((role) => (tab.find(role) as HTMLButtonElement).disabled);
  assert.deepEqual(shut(), [true, true, true, true]);
  assert.equal(tab.lines().at(-1), "visitor failed spam");
  await tab.shows("it is over", () => !(tab.find("composer") as HTMLTextAreaElement).disabled);
  assert.equal(tab.find("note").textContent, "");
  server.storing = true;
  tab.find("retry").click();
  await tab.reads("visitor stored spam");
});

test("a block may be lifted early: on a new line the visitor may try again", async () => {
  const tab = await new Tab().opened();
  server.broadcast(JSON.stringify({ type: "refused", id: null, error: "blocked", detail: "Not now.", retry_after_ms: null }));
  await tab.shows("shut", () => (tab.find("composer") as HTMLTextAreaElement).disabled);
  for (const socket of server.sockets) socket.terminate();
  await tab.shows("open again", () => !(tab.find("composer") as HTMLTextAreaElement).disabled);
});
