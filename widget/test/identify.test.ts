/** Who the visitor is: a token, a function that gets one whenever it is needed, or nobody any more. */

import "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { obey } from "../src/obey";
import { C, server, Tab } from "./chat";
import { eventually } from "./support";

const bye = (error: string) => server.broadcast(JSON.stringify({ type: "bye", error, detail: "", retry_after_ms: 0 }));
const identities = () => server.hellos.map((one) => one.identity);

test("a function is asked for the token before anything is said to the server, and again when it is over", async () => {
  const tab = new Tab();
  let asked = 0;
  obey(tab.chat, ["identify", async () => `signed-${++asked}`]);
  await tab.opened();
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  bye("identity_expired");
  await eventually("the second hello", () => server.hellos.length === 2);
  assert.deepEqual(identities(), ["signed-1", "signed-2"]);
  assert.deepEqual(server.hellos.map((one) => one.conversation), [null, C], "the conversation goes on");
  tab.writes("Still me");
  await tab.reads("visitor stored Hi", "visitor stored Still me");
});

test("a function does not sign out who is here", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  obey(tab.chat, ["identify", () => "signed"]);
  await eventually("the second hello", () => server.hellos.length === 2);
  assert.deepEqual([server.hellos[1]?.identity, server.hellos[1]?.conversation], ["signed", C]);
  await tab.reads("visitor stored Hi");
  assert.deepEqual(server.left, []);
});

test("a function whose token is not taken is not asked again and again", async () => {
  const tab = new Tab();
  let asked = 0;
  tab.chat.identify(() => `signed-${++asked}`);
  await tab.opened();
  bye("identity_invalid");
  await eventually("the second hello", () => server.hellos.length === 2);
  server.welcomes = false;
  bye("identity_invalid");
  await eventually("the third hello", () => server.hellos.length === 3);
  bye("identity_invalid");
  await eventually("the fourth hello", () => server.hellos.length === 4);
  assert.deepEqual(identities(), ["signed-1", "signed-2", "signed-3", null]);
});

test("a function that has nobody to tell of, or fails, leaves the visitor anonymous", async (t) => {
  const complained = t.mock.method(console, "error", () => undefined);
  for (const sign of [() => null, () => Promise.reject(new Error("no network")), () => { throw new Error("a page's mistake"); }]) {
    const tab = new Tab();
    tab.chat.identify(sign);
    await tab.opened();
    tab.leaves();
  }
  assert.deepEqual(identities(), [null, null, null]);
  assert.equal(complained.mock.callCount(), 2);
});

test("who is let in by a token only asks the function again when the visitor tries again", async () => {
  const tab = new Tab();
  const tokens = [null, "signed"];
  tab.chat.identify(() => tokens.shift());
  await tab.opened();
  server.broadcast(JSON.stringify({ type: "bye", error: "identity_required", detail: "", retry_after_ms: null }));
  await tab.shows("that it stopped", () => tab.find("panel").dataset.phase === "stopped");
  tab.find("again").click();
  await eventually("the second hello", () => server.hellos.length === 2);
  assert.deepEqual(identities(), [null, "signed"]);
});

test("a later word of the page counts, even if its function answers late", async () => {
  const tab = await new Tab().opened();
  let answer: ((token: string) => void) | null = null;
  tab.chat.identify(() => new Promise<string>((go) => (answer = go)));
  const late = await eventually("the function is asked", () => answer as ((token: string) => void) | null);
  tab.chat.identify("newer");
  late("older");
  await eventually("the second hello", () => server.hellos.length === 2);
  assert.equal(server.hellos[1]?.identity, "newer");
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  assert.equal(server.hellos.length, 2);
});

test("signing out ends the session on the server, so that no other tab goes on with it, and forgets what was begun", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  const input = tab.find<HTMLTextAreaElement>("composer");
  input.value = "Half a sen";
  input.dispatchEvent(new Event("input"));
  const { token } = JSON.parse(localStorage.getItem("hinny:demo")!) as { token: string };
  server.welcomes = false;
  tab.chat.identify(null);
  await eventually("the end of the session", () => server.left.length === 1);
  assert.deepEqual(server.left, [`Bearer ${token}`]);
  await eventually("the second hello", () => server.hellos.length === 2);
  const { token: after, identity, conversation } = server.hellos[1]!;
  assert.deepEqual([after, identity, conversation, input.value], [null, null, null, ""]);
  await tab.reads();
});

test("who has no session signs out without a call", async () => {
  const tab = new Tab();
  tab.chat.identify(null);
  await tab.opened();
  assert.deepEqual(server.left, []);
});
