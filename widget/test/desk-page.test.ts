/** The desk's page shows a state as words: nothing from outside becomes markup, and every button does its work. */

import "./page";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { buildPage } from "../desk/page";
import type { Reply } from "../desk/replies";
import { initial, type State } from "../desk/state";
import type { Conversation, Numbered, Row, TeamEvent } from "../desk/types";

const attack = '<img src=x onerror="alert(1)">';
const tree = (text: string) => [{ type: "paragraph" as const, children: [{ type: "text" as const, text }] }];

const events: TeamEvent[] = [
  { kind: "message", id: "1", author: { kind: "visitor" }, text: tree(attack), sources: [], note: false },
  { kind: "verdict", verdict: "unsure", confidence: 0.341, candidates: [{ title: attack, score: 3.14159, url: "javascript:alert(1)" }] },
  { kind: "handling", handling: "waiting", reason: "low_confidence", agent: null },
  { kind: "thread_opened" },
  { kind: "message", id: "5", author: { kind: "agent", name: "Ana" }, text: tree("between us"), sources: [], note: true },
  { kind: "notice", text: attack },
  { kind: "later" } as unknown as TeamEvent,
];

const open: Conversation = {
  conversation: "c",
  visitor: { id: "v", name: attack, kind: "identified", language: "en", time_zone: "Europe/Lisbon" },
  page: { url: "https://example.com/pricing", title: attack },
  handling: "waiting",
  reason: "low_confidence",
  agent: null,
  seq: events.length,
  events: events.map((event, index): Numbered => ({ seq: index + 1, at: 1, event })),
};

const row: Row = { ...open, last: { author: { kind: "visitor" }, text: attack, at: 1 }, opened_at: 1, updated_at: 1 };
const me = { site: { id: "demo", name: "Demo" }, agent: { name: "Ana" } };
const signedIn: State = { ...initial, session: "in", me, rows: [row], shown: "c", open };

let calls: unknown[][] = [];
const note = (name: string) => (...values: unknown[]) => void calls.push([name, ...values]);
const names = ["tab", "filter", "open", "back", "rename", "turn", "reply", "typing", "retry", "remove", "redeliver", "press", "edit", "erase"] as const;
const files = { ours: (url: unknown) => (typeof url === "string" && url.startsWith("/v1/") ? url : null), link: () => Promise.resolve("/v1/fresh") };
const keep = (all: File[]) => all.map(({ name, type, size }) => ({ key: name, name, mime: type, size, id: null }));
const actions = { ...Object.fromEntries(names.map((name) => [name, note(name)])), files, keep } as unknown as Parameters<typeof buildPage>[0];

beforeEach(() => {
  calls = [];
  document.body.replaceChildren();
});

function shown(state: State, replies: Reply[] = []) {
  const page = buildPage(actions);
  document.body.append(page.root);
  page.show(state, replies, 1000);
  const find = (role: string) => {
    const found = page.root.querySelector<HTMLElement>(`[data-role="${role}"]`);
    assert.ok(found, role);
    return found;
  };
  return { ...page, find, click: (role: string) => find(role).click() };
}

test("hostile words stay words everywhere", () => {
  const answer = { conversation: "c", seq: 1, at: 1, question: attack, answer: attack, confidence: 0.9, verdict: attack, said: attack, sources: [{ title: attack, url: "javascript:x" }], wrong: { by: attack, at: 2 } };
  const answers = { answers: [answer], more: true, speaks: attack };
  const failed = [{ delivery: "d", conversation: "c", target: attack, what: attack, error: attack, attempts: 3, at: 1 }];
  const { root } = shown({ ...signedIn, answers, failed, trouble: attack, me: { site: { id: "x", name: attack }, agent: { name: attack } } });
  assert.equal(root.querySelectorAll("img, script, [onerror], [href^=javascript]").length, 0);
  assert.ok(root.textContent?.includes(attack));
});

test("the feed says whether the bot answered, drafted or suggested", () => {
  const said = ["answered", "drafted", "suggested"].map((said, seq) => ({ conversation: "c", seq, at: 1, question: "q", answer: "a", confidence: 0.9, verdict: "answer", said, sources: [], wrong: null }));
  const { root } = shown({ ...signedIn, tab: "answers", answers: { answers: said, more: false, speaks: "" } });
  const metas = [...root.querySelectorAll('[data-role="answer"] > .meta')].map((node) => node.textContent?.split(" · ")[0]);
  assert.deepEqual(metas, ["The bot answered, 90 % sure", "Drafted for the team, 90 % sure", "Suggested to choose from, 90 % sure"]);
});

test("the card says who, where and why", () => {
  const { find } = shown(signedIn);
  assert.equal(find("who").textContent, attack);
  assert.equal(find("why").textContent, "The bot was not sure of an answer.");
  assert.equal(find("where").querySelector("a")?.getAttribute("href"), "https://example.com/pricing");
  assert.equal(find("handling").textContent, "Waiting");
});

test("the transcript shows messages, notes, verdicts and turns in order", () => {
  const { find } = shown(signedIn);
  const log = Array.from(find("log").children) as HTMLElement[];
  const kinds = log.map((node) => node.dataset.kind ?? node.dataset.author ?? "unknown");
  assert.deepEqual(kinds, ["visitor", "verdict", "handling", "thread_opened", "agent", "notice", "unknown"]);
  assert.equal(log[1]?.querySelector("summary")?.textContent, "The bot was not sure enough (34 %)");
  assert.equal(log[1]?.querySelector("li")?.textContent, `${attack} 3.14SendSend and save`);
  assert.deepEqual([log[4]?.dataset.note, log[0]?.dataset.note], ["true", "false"]);
  assert.ok(log[6]?.hidden);
});

test("a name that every object knows is no word of ours", () => {
  const verdict: TeamEvent = { kind: "verdict", verdict: "hasOwnProperty", confidence: 0.5, candidates: [] };
  const turn = { kind: "handling", handling: "waiting", reason: "constructor", agent: null } as unknown as TeamEvent;
  const strange = [verdict, turn].map((event, index): Numbered => ({ seq: index + 1, at: 1, event }));
  const { find } = shown({ ...signedIn, open: { ...open, events: strange } });
  const log = Array.from(find("log").children, (node) => node.textContent);
  assert.deepEqual(log, ["The bot weighed an answer (50 %)", "Waiting for a person. constructor"]);
});

test("a node stays when the state is shown again", () => {
  const { find, show } = shown(signedIn);
  const before = Array.from(find("log").children);
  show({ ...signedIn, open: { ...open, events: [...open.events, { seq: 9, at: 1, event: { kind: "thread_opened" } }] } }, [], 2000);
  assert.deepEqual(Array.from(find("log").children).slice(0, before.length), before);
});

test("nothing of one conversation stays when another is opened", () => {
  const { find, show } = shown(signedIn);
  const said: TeamEvent = { kind: "message", id: "x", author: { kind: "agent", name: "Ben" }, text: tree("hello"), sources: [], note: false };
  // Of another kind, and of the same kind by somebody else, at the places of the first conversation's lines.
  const other = [said, said, said, said, said].map((event, index): Numbered => ({ seq: index + 1, at: 1, event: { ...event, id: `x${index}` } as TeamEvent }));
  show({ ...signedIn, shown: "d", open: { ...open, conversation: "d", events: other } }, [], 2000);
  const log = Array.from(find("log").children) as HTMLElement[];
  assert.deepEqual(log.map((node) => node.dataset.author), Array(5).fill("agent"));
  assert.ok(log.every((node) => node.querySelector(".by")?.textContent?.startsWith("Ben")));
});

test("buttons, Enter and rows do what they say", () => {
  const { find, click } = shown(signedIn);
  for (const role of ["take", "bot", "close", "back", "thread", "tab-answers", "filter-closed"]) click(role);
  const input = find("composer") as HTMLTextAreaElement;
  input.value = " Hello ";
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }));
  const turns = [["turn", "take"], ["turn", "bot"], ["turn", "close"], ["back"], ["open", "c"], ["tab", "answers"], ["filter", "closed"]];
  assert.deepEqual(calls, [...turns, ["reply", "Hello", []]]);
  assert.equal(input.value, "");
});

test("a begun reply waits while another thread is looked at", () => {
  const { find, show } = shown(signedIn);
  const input = find("composer") as HTMLTextAreaElement;
  input.value = "half a sentence";
  show({ ...signedIn, shown: "d", open: { ...open, conversation: "d" } }, [], 1);
  assert.equal(input.value, "");
  show(signedIn, [], 1);
  assert.equal(input.value, "half a sentence");
});

test("a reply the server refused shows why and what to do", () => {
  const reply: Reply = { id: "r", conversation: "c", text: "x", files: [], refused: "Too long.", delayed: false, seq: null };
  const { find } = shown(signedIn, [reply]);
  assert.equal(find("reply").dataset.state, "failed");
  assert.ok(find("reply").textContent?.includes("Too long."));
  find("reply").querySelectorAll("button").forEach((button) => button.click());
  assert.deepEqual(calls, [["retry", "r"], ["remove", "r"]]);
});

test("a failed delivery can be tried again", () => {
  const failed = [{ delivery: "d1", conversation: "c", target: "Support", what: "line", error: "gone", attempts: 1, at: 1 }];
  const { find } = shown({ ...signedIn, tab: "failed", failed });
  assert.ok(find("failure").textContent?.startsWith("Message → Supportgone1 attempt"));
  find("failure").querySelector<HTMLElement>('[data-role="retry"]')?.click();
  assert.deepEqual(calls, [["redeliver", "d1"]]);
});

test("without a session there is only the way to get one", () => {
  const { find, root } = shown({ ...initial, session: "needed" });
  assert.equal(find("outside").textContent, "You are not signed in.Ask for a link: hinny desk login");
  assert.ok(root.querySelector("main")?.hidden);
});

test("one's own name can be changed", () => {
  const { find, click } = shown(signedIn);
  click("me");
  (find("name") as HTMLInputElement).value = " Berta ";
  (find("name").closest("form") as HTMLFormElement).requestSubmit();
  assert.deepEqual(calls, [["rename", "Berta"]]);
});

test("an obstacle is told over the list and over a thread, as words, and to nobody outside", () => {
  for (const shownNow of ["c", null]) {
    const page = shown({ ...signedIn, shown: shownNow, open: shownNow ? open : null, obstacle: attack });
    assert.equal(page.find("obstacle").textContent, attack);
    assert.equal(page.find("obstacle").childElementCount, 0);
    page.show({ ...signedIn, obstacle: null }, [], 1000);
    assert.equal(page.find("obstacle").textContent, "");
  }
  assert.equal(shown({ ...initial, session: "needed", obstacle: attack }).find("obstacle").textContent, "");
});
