/** What the team learns of where a visitor is: in time, without a flood, and nothing before the chat is in use. */

import "./page";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { obey } from "../src/obey";
import { server, Tab, waiting } from "./chat";
import { eventually } from "./support";

/** What was told of the visitor after the hello. */
const told = () => server.heard.filter((one) => one.type === "context");
const settled = () => new Promise((go) => setTimeout(go, 1200));

beforeEach(() => mock.timers.reset());
afterEach(() => history.pushState(null, "", "/cart"));

test("nothing is told before the chat is opened; the hello then says where the visitor is", async () => {
  const tab = new Tab();
  obey(tab.chat, ["context", { plan: "pro" }]);
  history.pushState(null, "", "/quiet");
  assert.equal(server.hellos.length, 0);
  assert.equal(server.sockets.size, 0);
  await tab.opened();
  const { page, screen, attributes, language } = server.hellos[0]!;
  assert.equal(page?.url, "https://shop.example/quiet");
  assert.ok(screen!.width > 0 && screen!.height > 0);
  assert.deepEqual([attributes, language], [{ plan: "pro" }, "en"]);
});

test("a walk through a single-page app is told once, when it comes to rest and somebody of the team looks", async () => {
  const tab = await new Tab().opened();
  tab.writes("Help");
  server.tell(waiting("asked"));
  await tab.shows("the line", () => tab.find("log").textContent?.includes("fetching a person"));
  for (const path of ["/a", "/b", "/b#part", "/c"]) history.pushState(null, "", path);
  window.dispatchEvent(new Event("popstate"));
  document.title = "C";
  await eventually("the new page", () => told().length);
  assert.deepEqual(told().map((one) => "page" in one && one.page), [{ url: "https://shop.example/c", title: "C", referrer: "" }]);
  await settled();
  assert.equal(told().length, 1);
  document.title = "";
});

test("what the page says of the visitor is told at once, all of it, as words", async () => {
  const tab = await new Tab().opened();
  obey(tab.chat, ["context", { plan: "pro", seats: 12 }]);
  obey(tab.chat, ["context", { seats: null, vip: true }]);
  await eventually("both", () => told().length === 2);
  assert.deepEqual(told().map((one) => "attributes" in one && one.attributes), [{ plan: "pro", seats: 12 }, { plan: "pro", seats: null, vip: true }]);
});

test("what one frame cannot hold is not told, and does not stand in the way of the chat", async (t) => {
  const complaint = t.mock.method(console, "error", () => undefined);
  const tab = new Tab();
  obey(tab.chat, ["context", { plan: "pro", blob: "x".repeat(9000) }]);
  obey(tab.chat, ["context", null]);
  obey(tab.chat, ["context", { odd: () => 1 }]);
  await tab.opened();
  assert.deepEqual([complaint.mock.callCount(), server.hellos[0]!.attributes], [1, {}]);
});
