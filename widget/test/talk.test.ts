/** What a visitor says of answers and conversations, and what the last part brings: menu, history, transcript, stars, bell, emoji. */

import { page } from "./page";
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { readEntries, readLines } from "../src/history";
import { More } from "../src/more";
import * as talk from "../src/talk";
import { transcript } from "../src/transcript";
import { renderText } from "../src/render";
import { speak } from "../src/words";
import en from "../words/en.json";
import { agent, answer, closed, server, Tab, taken, tree, visitor, waiting } from "./chat";
import { eventually, fixture } from "./support";

/** The person's browser: what it shows and plays outside of the chat. */
const outside = { hidden: false, tones: 0, told: [] as { title: string; body: string }[], permission: "default", asked: 0 };

class Told {
  static get permission() {
    return outside.permission;
  }
  static async requestPermission(): Promise<string> {
    outside.asked++;
    return (outside.permission = "granted");
  }
  onclick: (() => void) | null = null;
  constructor(title: string, { body }: { body: string }) {
    outside.told.push({ title, body });
  }
}

class Audio {
  currentTime = 0;
  destination = {};
  createOscillator() {
    outside.tones++;
    return { frequency: { value: 0 }, connect: (next: object) => next, start() {}, stop() {} };
  }
  createGain() {
    const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect: (next: object) => next };
  }
  async close() {}
}

Object.defineProperty(document, "hidden", { get: () => outside.hidden, configurable: true });
Object.assign(globalThis, { Notification: Told, AudioContext: Audio });

function looksAway(hidden: boolean): void {
  outside.hidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  Object.assign(outside, { tones: 0, told: [], permission: "default", asked: 0 });
  looksAway(false);
  document.title = "Cart";
  speak(en, "en");
});
afterEach(() => {
  outside.hidden = false;
  More.load = () => Promise.resolve(talk);
});

const has = (tab: Tab, role: string) => tab.chat.shadowRoot!.querySelector<HTMLElement>(`[data-role="${role}"]`);
const acts = () => server.heard.flatMap((one) => (one.type === "helped" || one.type === "rate" || one.type === "leave" ? [{ ...one, id: "" }] : []));

/** A tab in which the bot has answered. */
async function answered(): Promise<Tab> {
  const tab = await new Tab().opened();
  tab.writes("How?");
  await tab.reads("visitor stored How?");
  server.tell(answer("b1", "So."));
  await tab.reads("visitor stored How?", "bot stored So.");
  return tab;
}

/** A tab in which the menu stands open. It is there once something was said, or was said before. */
async function opensMenu(tab: Tab): Promise<Tab> {
  await eventually("the menu's button", () => has(tab, "menu"));
  tab.find("menu").click();
  await eventually("the menu", () => has(tab, "menu-list"));
  return tab;
}

test("below the bot's last answer it is asked whether that helped, once", async () => {
  const tab = await new Tab().opened();
  tab.writes("How?");
  await tab.reads("visitor stored How?");
  server.tell(answer("b1", "So."));
  await eventually("the question", () => has(tab, "helped"));
  tab.find("yes").click();
  await eventually("thanks", () => has(tab, "thanks")?.textContent === "Thank you!");
  assert.equal(has(tab, "helped"), null);
  assert.deepEqual(acts(), [{ type: "helped", id: "", of: "b1", yes: true }]);
  // Another tab knows it from the log.
  const other = await new Tab().opened();
  await eventually("thanks there", () => has(other, "thanks"));
  assert.equal(has(other, "helped"), null);
});

test("no is told, and a person is asked for as everywhere", async () => {
  const tab = await new Tab().opened();
  tab.writes("How?");
  await tab.reads("visitor stored How?");
  server.tell(answer("b1", "So."));
  await eventually("the question", () => has(tab, "helped"));
  tab.find("no").click();
  await eventually("the word of it", () => acts().length === 1);
  assert.equal(has(tab, "helped"), null);
  server.tell(answer("b2", "Or so."));
  await eventually("the question again", () => has(tab, "helped"));
  tab.find("helped-person").click();
  await eventually("the request", () => server.said.some((one) => one.type === "person"));
  // While a person has it nobody is asked.
  server.tell(answer("b3", "Perhaps so."));
  await eventually("the answer", () => tab.lines().some((one) => one.includes("Perhaps")));
  assert.equal(has(tab, "helped"), null);
});

test("what was pressed while the line was cut is told once it is back, and stands nowhere in the log", async () => {
  const tab = await new Tab().opened();
  tab.writes("How?");
  await tab.reads("visitor stored How?");
  server.tell(answer("b1", "So."));
  await eventually("the question", () => has(tab, "helped"));
  server.storing = false;
  tab.find("no").click();
  await eventually("the first try", () => acts().length === 1);
  await tab.reads("visitor stored How?", "bot stored So.");
  tab.leaves();
  server.storing = true;
  const later = await new Tab().opened();
  await eventually("the second try", () => acts().length === 2);
  await eventually("nothing left", () => (JSON.parse(localStorage.getItem("hinny:demo")!) as { unsent: unknown[] }).unsent.length === 0);
  await later.reads("visitor stored How?", "bot stored So.");
});

test("a closed conversation is given stars and a comment, and a new one begins", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hello");
  await tab.reads("visitor stored Hello");
  server.tell(taken);
  server.tell(closed);
  await eventually("the stars", () => has(tab, "rating"));
  const radio = tab.find("rating").querySelectorAll<HTMLInputElement>("input")[3]!;
  assert.equal(radio.getAttribute("aria-label"), "4 stars");
  radio.checked = true;
  radio.dispatchEvent(new Event("change"));
  await eventually("the comment's box", () => has(tab, "comment"));
  tab.find<HTMLTextAreaElement>("comment").value = " Kind. ";
  tab.find("comment").closest("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
  await eventually("both", () => acts().length === 2);
  assert.deepEqual(acts(), [
    { type: "rate", id: "", stars: 4 },
    { type: "rate", id: "", stars: 4, comment: "Kind." },
  ]);
  await eventually("it is said", () => tab.find("rating").dataset.stars === "4" && !has(tab, "comment"));
  assert.equal(tab.find("rating").querySelector("legend")!.textContent, "Thank you!");
  assert.equal(tab.find<HTMLButtonElement>("person").disabled, false);
  tab.find("begin").click();
  await tab.reads();
  assert.equal(has(tab, "rating"), null);
  assert.equal((JSON.parse(localStorage.getItem("hinny:demo")!) as { conversation: unknown }).conversation, null);
  tab.writes("Something else");
  await tab.reads("visitor stored Something else");
});

test("the menu offers what makes sense, and closes on Escape with the focus back", async () => {
  const tab = await new Tab().opened();
  tab.writes("How?");
  await tab.reads("visitor stored How?");
  server.tell(waiting("asked"));
  await opensMenu(tab);
  const disabled = () => Array.from(tab.find("menu-list").children, (node) => [(node as HTMLElement).dataset.role, (node as HTMLButtonElement).disabled]);
  assert.deepEqual(disabled(), [["new", true], ["earlier", false], ["transcript", false], ["photo", false], ["mute", false]]);
  tab.find("menu-list").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
  assert.equal(has(tab, "menu-list"), null);
  assert.equal(tab.find("panel").hidden, false);
  assert.equal(tab.chat.shadowRoot!.activeElement, tab.find("menu"));
  server.tell({ kind: "handling", handling: "bot", reason: null, agent: null });
  server.tell(answer("b1", "So."));
  await eventually("with the bot", () => tab.find("panel").dataset.handling === "bot" && tab.lines().at(-1) === "bot stored So.");
  await opensMenu(tab);
  assert.equal(tab.find<HTMLButtonElement>("new").disabled, false);
});

test("earlier conversations are listed and read, asked with the session's header and no token in an address", async () => {
  const old = "1bC2dE3fG4hI5jK6lM7nO8";
  const line = { id: old, first: "Where is <b>it</b>?", handling: "closed", current: false, opened_at: 1, updated_at: 2 };
  server.rest.set("/v1/conversations", { conversations: [line, { ...line, id: "now", current: true }, { id: 3 }] });
  const events = [
    { seq: 1, at: 1, event: visitor("m1", "Where is it?") },
    { seq: 4, at: 2, event: agent("On its way.") },
  ];
  server.rest.set(`/v1/conversations/${old}?after=0`, { conversation: old, seq: 4, handling: "closed", events });
  server.rest.set(`/v1/conversations/${old}?after=4`, { conversation: old, seq: 4, handling: "closed", events: [] });
  const tab = await opensMenu(await answered());
  tab.find("earlier").click();
  await eventually("the list", () => has(tab, "earlier-one"));
  const rows = tab.find("past").querySelectorAll<HTMLElement>('[data-role="earlier-one"]');
  assert.deepEqual(Array.from(rows, (row) => row.firstChild?.textContent), ["Where is <b>it</b>?"]);
  rows[0]!.click();
  await eventually("its words", () => has(tab, "earlier-message"));
  const said = Array.from(tab.find("past").querySelectorAll(".bubble"), (node) => node.textContent);
  assert.deepEqual(said, ["Where is it?", "On its way."]);
  assert.equal(tab.find("past").querySelector("textarea"), null);
  assert.ok(server.asked.every((one) => !one.includes(JSON.parse(localStorage.getItem("hinny:demo")!).token)));
  tab.find("past").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await eventually("the list again", () => has(tab, "earlier-one"));
  tab.find("back").click();
  assert.equal(has(tab, "past"), null);
  assert.equal(tab.find("panel").hidden, false);
});

test("the answers of the server's side about earlier conversations are read as they are", () => {
  const lines = readLines(JSON.parse(fixture("server-conversations")));
  assert.deepEqual(lines.map((one) => one.first), ["Where is my parcel?"]);
  assert.deepEqual(readLines({ conversations: "x" }), []);
  assert.deepEqual(readEntries(JSON.parse(fixture("server-conversation"))), []);
  const strange = { events: [{ seq: 1, at: 1, event: visitor("m", "Hi") }, { seq: 2, at: 2, event: { kind: "poll" } }, null] };
  assert.equal(readEntries(strange).length, 1);
});

test("the transcript has who said what and when, links and sources with their addresses, and no markup", () => {
  const [one, two] = readEntries({
    events: [
      { seq: 1, at: 1_795_334_400_000, event: visitor("m", "<b>How</b>?") },
      {
        seq: 2,
        at: 1_795_334_401_000,
        event: {
          ...answer("b", ""),
          text: [
            { type: "paragraph", children: [{ type: "text", text: "Like " }, { type: "link", url: "https://a.example/", children: [{ type: "text", text: "this" }] }] },
            { type: "list", ordered: false, items: [tree("one"), tree("two")] },
          ],
          sources: [{ title: "FAQ", url: "https://a.example/faq" }, { title: "Notes", url: null }],
        },
      },
    ],
  });
  const text = transcript([one!, two!], "Demo", renderText);
  const lines = text.split("\n").filter((line) => line && !/\d{4}/.test(line));
  assert.deepEqual(lines, ["Demo", "<b>How</b>?", "Like this (https://a.example/)", "- one", "- two", "- FAQ https://a.example/faq", "- Notes"]);
  assert.match(text, /2026.*, You:/);
  assert.match(text, /2026.*, Assistant:/);
});

test("while nobody looks the title counts, a person's words ring, and the permission is asked by a button only", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hello");
  await tab.reads("visitor stored Hello");
  server.tell(answer("b1", "So."));
  await tab.reads("visitor stored Hello", "bot stored So.");
  assert.equal(has(tab, "notify"), null);
  server.tell(waiting("low_confidence"));
  await eventually("the offer", () => has(tab, "notify"));
  assert.equal(outside.asked, 0);
  tab.find("notify").click();
  await eventually("asked, and the offer gone", () => outside.asked === 1 && !has(tab, "notify"));
  looksAway(true);
  server.tell(agent("Hello, Ana here."));
  await eventually("the title", () => document.title === "(1) Cart");
  await eventually("the sound", () => outside.tones === 2);
  assert.deepEqual(outside.told, [{ title: "Demo", body: "Ana: Hello, Ana here." }]);
  // The page may change its own title meanwhile.
  document.title = "Checkout";
  server.tell(agent("And one more thing."));
  await eventually("two", () => document.title === "(2) Checkout");
  looksAway(false);
  assert.equal(document.title, "Checkout");
});

test("one switch silences it all, and is remembered", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hello");
  await tab.reads("visitor stored Hello");
  server.tell(taken);
  await eventually("somebody", () => tab.find("panel").dataset.handling === "agent");
  outside.permission = "granted";
  await opensMenu(tab);
  tab.find("mute").click();
  looksAway(true);
  server.tell(agent("Hello?"));
  await eventually("the title", () => document.title === "(1) Cart");
  assert.deepEqual([outside.tones, outside.told], [0, []]);
  assert.equal((JSON.parse(localStorage.getItem("hinny:demo")!) as { muted: unknown }).muted, true);
  looksAway(false);
  await opensMenu(tab);
  assert.equal(tab.find("mute").textContent, "Turn sound on");
});

test("an emoji goes where the cursor is", async () => {
  const tab = await new Tab().opened();
  tab.writes("Hi");
  await tab.reads("visitor stored Hi");
  server.tell(answer("b1", "So."));
  await eventually("the button", () => has(tab, "emoji"));
  const input = tab.find<HTMLTextAreaElement>("composer");
  input.value = "ab";
  input.setSelectionRange(1, 1);
  tab.find("emoji").click();
  await eventually("the picker", () => has(tab, "emoji-list"));
  (tab.find("emoji-list").firstElementChild as HTMLElement).click();
  assert.equal(input.value, "a\u{1F600}b");
  assert.equal(has(tab, "emoji-list"), null);
  assert.equal(tab.chat.shadowRoot!.activeElement, input);
});

test("times say exactly when, and another day is another paragraph", async () => {
  const tab = await new Tab().opened();
  server.tell(answer("b1", "So."));
  await tab.reads("bot stored So.");
  const time = tab.find("log").querySelector<HTMLTimeElement>(".meta time")!;
  assert.equal(time.getAttribute("datetime"), "2026-11-22T08:00:00.000Z");
  assert.match(time.title, /2026/);
  const days = () => tab.find("log").querySelectorAll('[data-role="day"]').length;
  const today = new Date().toDateString() === new Date(1_795_334_400_000).toDateString() ? 0 : 1;
  await eventually("the day", () => days() === today);
  const tomorrow = { type: "event", seq: 9, at: 1_795_334_400_000 + 86_400_000, event: answer("b9", "Later.") };
  server.broadcast(JSON.stringify(tomorrow));
  await eventually("the next day", () => days() === today + 1);
});

test("a part that cannot be had costs nothing but itself, and is asked for again", async () => {
  let tries = 0;
  More.load = () => Promise.reject(new Error(`gone ${++tries}`));
  const tab = await answered();
  await eventually("a try", () => tries > 0);
  assert.equal(has(tab, "menu"), null);
  More.load = () => Promise.resolve(talk);
  server.tell(answer("b2", "And so."));
  await opensMenu(tab);
});

test("the camera is asked for by the menu", async () => {
  const tab = await opensMenu(await answered());
  tab.find("photo").click();
  const camera = tab.find<HTMLInputElement>("camera");
  assert.deepEqual([camera.getAttribute("capture"), camera.getAttribute("accept")], ["environment", "image/*"]);
  Object.defineProperty(camera, "files", { value: [new page.File(["x"], "me.png", { type: "image/png" })] });
  camera.dispatchEvent(new Event("change"));
  await eventually("the photo", () => tab.find("chosen").textContent?.includes("me.png"));
});
