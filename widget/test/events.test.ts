/** What a page hears of its chat, and the chat that stands inside a page. */

import "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { obey } from "../src/obey";
import { agent, server, Tab, taken, tree, visitor } from "./chat";
import { eventually } from "./support";

/** Everything one tab's page is told, a line each. */
function listening(tab: Tab): { heard: string[]; end: () => void } {
  const heard: string[] = [];
  const events = ["ready", "open", "close", "message", "unread", "error"];
  const calls = events.map((event) => ["on", event, (told: unknown) => heard.push(line(event, told))] as [string, ...unknown[]]);
  for (const call of calls) obey(tab.chat, call);
  return { heard, end: () => calls.forEach((call) => (call.length = 0)) };
}

function line(event: string, told: unknown): string {
  if (told === undefined || typeof told === "number") return [event, told].filter((one) => one !== undefined).join(" ");
  const { author, name, text, error } = told as Record<string, string | null>;
  return [event, author, name, text, error].filter(Boolean).join(" ");
}

const hears = (heard: string[], ...expected: string[]) =>
  eventually("the events", () => heard.join("\n") === expected.join("\n")).catch(() => assert.deepEqual(heard, expected));

test("a page hears of opening, of what is said, and of closing", async () => {
  const tab = new Tab();
  const { heard } = listening(tab);
  await tab.opened();
  tab.writes("How?");
  await tab.reads("visitor stored How?");
  server.tell({ kind: "message", id: "b", author: { kind: "bot" }, text: [...tree("Like this."), { type: "list", ordered: false, items: [tree("One"), tree("Two")] }], sources: [] });
  server.tell(taken);
  server.tell(agent("Hello."));
  const said = ["ready", "open", "message visitor How?", "message bot Like this.\nOne\nTwo", "message agent Ana Hello."];
  await hears(heard, ...said);
  obey(tab.chat, ["close"]);
  server.tell({ ...agent("Still there?"), id: "a2" });
  await hears(heard, ...said, "close", "message agent Ana Still there?", "unread 1");
});

test("the past is not told as news, but what is unread is", async () => {
  server.tell(visitor("v", "How?"));
  server.tell(agent("Hello."));
  const tab = await new Tab().opened();
  await tab.shows("the past", () => tab.lines().length === 3);
  tab.leaves();
  const later = new Tab();
  const { heard } = listening(later);
  await eventually("the second socket", () => server.hellos.length === 2);
  await later.shows("the past", () => later.lines().length === 3);
  await hears(heard, "ready");
  server.tell({ ...agent("News."), id: "n" });
  await hears(heard, "ready", "message agent Ana News.", "unread 1");
});

test("who has taken the call back hears nothing more", async () => {
  const tab = new Tab();
  const { heard, end } = listening(tab);
  await tab.opened();
  await hears(heard, "ready", "open");
  end();
  tab.writes("How?");
  await tab.reads("visitor stored How?");
  assert.deepEqual(heard, ["ready", "open"]);
});

test("a page's own mistake disturbs neither the chat nor other listeners", async () => {
  const reported: unknown[] = [];
  Object.assign(globalThis, { reportError: (error: unknown) => void reported.push(error) });
  const tab = new Tab();
  const wrong = () => {
    throw new Error("mine");
  };
  obey(tab.chat, ["on", "open", wrong]);
  const { heard } = listening(tab);
  await tab.opened();
  await hears(heard, "ready", "open");
  assert.deepEqual(reported.map(String), ["Error: mine"]);
});

test("a page is told when the server will not have it", async () => {
  const tab = new Tab();
  const { heard } = listening(tab);
  await tab.opened();
  server.broadcast(JSON.stringify({ type: "bye", error: "origin_refused", detail: "No.", retry_after_ms: null }));
  await hears(heard, "ready", "open", "error origin_refused");
});

test("inside a page the chat is open, a region of it, takes no focus and cannot be closed", async () => {
  const tab = new Tab("inline");
  // What the loader says for it.
  obey(tab.chat, ["open"]);
  await tab.shows("online", () => tab.find("panel").dataset.phase === "online");
  const panel = tab.find("panel");
  assert.deepEqual([panel.hidden, panel.getAttribute("role"), tab.find("launcher").hidden], [false, "region", true]);
  assert.equal(tab.chat.shadowRoot?.activeElement ?? null, null);
  obey(tab.chat, ["close"]);
  panel.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  assert.equal(panel.hidden, false);
});
