/** A site that asks first: nothing leaves the browser before the visitor has agreed, and nothing that they wrote is lost. */

import "./page";
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { HinnyChat } from "../src/element";
import { speak, type Words } from "../src/words";
import en from "../words/en.json";
import { server, Tab } from "./chat";
import { eventually, look } from "./support";

const text = "We keep what you write.";
const consent = [{ type: "paragraph", children: [{ type: "text", text: `${text} ` }, { type: "link", url: "https://shop.example/privacy", children: [{ type: "text", text: "More" }] }] }];

beforeEach(() => {
  speak({ ...(en as Words), consent } as Words, "en");
  look.ask = { consent: true };
});
afterEach(() => {
  speak(en as Words, "en");
  delete look.ask;
});

const box = (tab: Tab) => tab.chat.shadowRoot!.querySelector<HTMLElement>('[data-role="consent"]');

async function asked(...marks: string[]): Promise<Tab> {
  const tab = new Tab(...marks);
  tab.find("launcher").click();
  await eventually("the question", () => box(tab));
  return tab;
}

test("the text stands in place of the composer, and the button has the focus", async () => {
  const tab = await asked();
  assert.deepEqual([tab.find("form").hidden, tab.find("person").hidden], [true, true]);
  assert.equal(box(tab)!.querySelector("p")!.textContent, `${text} More`);
  const link = box(tab)!.querySelector("a")!;
  assert.deepEqual([link.href, link.target, link.rel.includes("noopener")], ["https://shop.example/privacy", "_blank", true]);
  assert.equal(tab.find("agree").textContent, en.agree);
  assert.equal(tab.chat.shadowRoot!.activeElement, tab.find("agree"));
  assert.equal(tab.chat.shadowRoot!.getElementById(tab.find("agree").getAttribute("aria-describedby")!), box(tab)!.firstElementChild);
});

test("before the visitor agrees there is no socket and nothing in the storage; then the hello says so, once and for all", async () => {
  const tab = await asked();
  tab.chat.close();
  tab.find("launcher").click();
  assert.deepEqual([server.sockets.size, server.hellos, server.asked, localStorage.length], [0, [], [], 0]);
  assert.equal(tab.chat.shadowRoot!.querySelectorAll('[data-role="consent"]').length, 1, "it is asked once");
  tab.find("agree").click();
  await tab.shows("online", () => tab.find("panel").dataset.phase === "online");
  assert.deepEqual([box(tab), tab.find("form").hidden, tab.find("person").hidden], [null, false, false]);
  assert.equal(tab.chat.shadowRoot!.activeElement, tab.find("composer"));
  assert.deepEqual(server.hellos.map((hello) => hello.consent), [true]);
  tab.leaves();
  const again = await new Tab().opened();
  assert.deepEqual([box(again), server.hellos.at(-1)!.consent], [null, true]);
});

test("what a page says in the visitor's name waits until they agree", async () => {
  const tab = new Tab();
  tab.chat.ask("Where is my order?");
  await eventually("the question", () => box(tab));
  assert.deepEqual(server.hellos, []);
  tab.find("agree").click();
  await tab.reads("visitor stored Where is my order?");
});

test("who has a conversation from before the site asked is asked too, and keeps it", async () => {
  delete look.ask;
  const before = await new Tab().opened();
  before.writes("Hello");
  await before.reads("visitor stored Hello");
  before.leaves();
  const hellos = server.hellos.length;
  look.ask = { consent: true };
  const tab = await asked();
  assert.equal(server.hellos.length, hellos);
  tab.find("agree").click();
  await tab.reads("visitor stored Hello");
});

test("a chat that stands in the page takes no focus for it", async () => {
  const tab = await asked("inline");
  assert.equal(tab.chat.shadowRoot!.activeElement, null);
});

test("where the part does not come, the visitor is told, and the next try asks", async () => {
  const { load } = HinnyChat;
  HinnyChat.load = () => Promise.reject(new Error("no network"));
  const tab = new Tab();
  tab.find("launcher").click();
  await eventually("the notice", () => tab.find("note").textContent === en.part_missing);
  assert.deepEqual(server.hellos, []);
  HinnyChat.load = load;
  tab.chat.close();
  tab.find("launcher").click();
  await eventually("the question", () => box(tab));
});
