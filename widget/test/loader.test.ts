/** From the script tag to the chat, with a network and a module that the test holds in its hand. */

import { page as browser } from "./page";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { type Call, boot, type Hinny, load } from "../src/boot";
import { eventually, look } from "./support";

const page = browser as unknown as { hinny?: Hinny };
const server = "https://chat.example";

/** What was fetched, opened, imported, said to the chat, and complained about. */
let fetched: string[];
let opened: string[];
let imported: string[];
let heard: Call[];
let complaints: unknown[][];
let answer: () => Response;
/** Lets the chat come, or not. */
let arrive: (() => void)[];
let fail: (() => void)[];

function set(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

beforeEach(() => {
  [fetched, opened, imported, heard, complaints, arrive, fail] = [[], [], [], [], [], [], []];
  answer = () => Response.json(look);
  set("fetch", async (url: string) => (fetched.push(url), answer()));
  set("open", (url: string) => void opened.push(url));
  set("console", { ...console, error: (...words: unknown[]) => void complaints.push(words) });
  load.chat = (url) => {
    imported.push(url);
    const obey = (_: Element, call: Call) => void heard.push([...call] as Call);
    return new Promise((come, not) => {
      arrive.push(() => come({ obey }));
      fail.push(() => not(new Error("no network")));
    });
  };
  localStorage.clear();
});

afterEach(() => {
  page.hinny?.("shutdown");
  document.body.replaceChildren();
  mock.timers.reset();
});

const hosts = () => Array.from(document.querySelectorAll("hinny-chat"));
const button = () => hosts()[0]?.shadowRoot?.querySelector<HTMLElement>(".launcher") ?? null;
const label = () => button()?.getAttribute("aria-label");
const busy = () => button()?.getAttribute("aria-busy");

async function started(more: object = {}): Promise<void> {
  boot({ server, site: "demo", ...more });
  await eventually("the button", button);
}

test("a page gets a button with a name, one file is fetched, and nothing is stored or imported", async () => {
  await started();
  assert.deepEqual([label(), busy(), hosts().length], ["Open chat", "false", 1]);
  assert.deepEqual([fetched, imported, localStorage.length], [[`${server}/v1/sites/demo/look?,en`], [], 0]);
});

test("a click fetches the chat, shows that it is coming, and opens it", async () => {
  await started();
  button()!.click();
  button()!.click();
  assert.deepEqual([busy(), imported.length], ["true", 1]);
  assert.match(imported[0]!, /^https:\/\/chat\.example\/widget-chat\.js\?\d+,demo,en$/);
  arrive[0]!();
  await eventually("the chat", () => busy() === "false");
  assert.deepEqual([heard[0], opened], [["open"], []]);
});

test("a chat that does not come is there in a tab of its own, and is tried for again", async () => {
  await started();
  button()!.click();
  fail[0]!();
  await eventually("the tab", () => opened.length === 1);
  assert.deepEqual([label(), opened], ["Open chat in a new tab", [`${server}/chat/demo`]]);
  await eventually("rest", () => busy() === "false");
  button()!.click();
  assert.deepEqual([opened.length, imported.length, new Set(imported).size], [2, 2, 2]);
  arrive[1]!();
  await eventually("the chat", () => busy() === "false");
  assert.deepEqual(heard, []);
  page.hinny!("open");
  assert.deepEqual(heard, [["open"]]);
});

test("who waits too long for the chat gets the tab", async () => {
  await started();
  mock.timers.enable({ apis: ["setTimeout"] });
  button()!.click();
  mock.timers.tick(4499);
  assert.deepEqual(opened, []);
  mock.timers.tick(1);
  assert.deepEqual(opened, [`${server}/chat/demo`]);
});

test("a failure that nobody waits for opens nothing, and the first click tries anew", async () => {
  await started({ preload: true });
  await eventually("the import", () => imported.length === 1);
  fail[0]!();
  await eventually("rest", () => busy() === "false");
  assert.deepEqual([opened, label()], [[], "Open chat"]);
  button()!.click();
  assert.deepEqual([opened, imported.length], [[], 2]);
});

test("calls from before the script, and before the chat, reach it in their order", async () => {
  const early: Call[] = [["identify", "t"], ["ask", "How?"]];
  page.hinny = Object.assign(() => () => undefined, { q: early });
  boot({ server, site: "demo" });
  page.hinny("context", { plan: "pro" });
  await eventually("the import", () => imported.length === 1);
  assert.deepEqual(heard, []);
  arrive[0]!();
  await eventually("the calls", () => heard.length === 3);
  assert.deepEqual(heard, [["identify", "t"], ["ask", "How?"], ["context", { plan: "pro" }]]);
  page.hinny("close");
  assert.deepEqual(heard.at(-1), ["close"]);
});

test("who is no visitor yet is not fetched for: identify alone imports nothing", async () => {
  await started();
  page.hinny!("identify", "t");
  assert.deepEqual(imported, []);
});

test("a conversation, or a message that is on its way, brings the chat at once", async () => {
  for (const kept of ['{"token":"t","conversation":"c","seen":1,"unsent":[]}', '{"token":null,"conversation":null,"seen":0,"unsent":[{"id":"a"}]}']) {
    localStorage.setItem("hinny:demo", kept);
    const before = imported.length;
    await started();
    await eventually("the import", () => imported.length === before + 1);
    page.hinny!("shutdown");
  }
  localStorage.setItem("hinny:demo", '{"token":"t","conversation":null,"seen":0,"unsent":[]}');
  await started();
  assert.equal(imported.length, 2);
});

test("a site may ask for the chat when the page is idle", async () => {
  answer = () => Response.json({ ...look, preload: true });
  await started();
  await eventually("the import", () => imported.length === 1);
});

test("an unknown site has no button, and the console says why", async () => {
  answer = () => new Response("There is no such site.", { status: 404 });
  boot({ server, site: "demo" });
  await eventually("a complaint", () => complaints.length);
  assert.deepEqual([complaints, hosts()], [[["There is no such site."]], []]);
});

test("a server that cannot be reached leaves the page alone", async () => {
  answer = () => {
    throw new TypeError("Failed to fetch");
  };
  boot({ server, site: "demo" });
  await eventually("a complaint", () => complaints.length);
  assert.deepEqual(hosts(), []);
});

test("one chat for a page, however often the tag is there; shutdown makes room for another", async () => {
  await started();
  boot({ server, site: "other" });
  assert.deepEqual([fetched.length, page.hinny!.site], [1, "demo"]);
  page.hinny!("shutdown");
  assert.deepEqual([hosts(), "hinny" in page], [[], false]);
  await started({ site: "other" });
  assert.equal(hosts().length, 1);
});

test("inside an element the chat is there at once", async () => {
  document.body.append(Object.assign(document.createElement("div"), { id: "help" }));
  await started({ inside: "#help" });
  assert.equal(hosts()[0]!.parentElement?.id, "help");
  arrive[0]!();
  await eventually("the chat", () => heard.length === 1);
  assert.deepEqual(heard, [["open"]]);
});

test("a call that was taken back is not heard", async () => {
  await started();
  const end = page.hinny!("on", "message", () => undefined);
  end();
  page.hinny!("open");
  arrive[0]!();
  await eventually("the calls", () => heard.length === 2);
  assert.deepEqual(heard, [[], ["open"]]);
});

test("what was shut down while it loaded starts nothing when it comes", async () => {
  await started();
  page.hinny!("open");
  page.hinny!("shutdown");
  arrive[0]!();
  boot({ server, site: "other" });
  page.hinny!("shutdown");
  await eventually("both looks", () => fetched.length === 2);
  await new Promise((go) => setImmediate(go));
  assert.deepEqual([hosts(), opened], [[], []]);
});

test("the look is asked for in the page's language, and then in the browser's", async () => {
  document.documentElement.lang = "de-AT";
  await started();
  document.documentElement.lang = "";
  page.hinny?.("shutdown");
  await started({ language: "ja" });
  assert.deepEqual(fetched, ["de-AT,en", "ja,en"].map((wanted) => `${server}/v1/sites/demo/look?${wanted}`));
});
