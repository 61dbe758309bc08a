/** The desk's state: rows and logs that come by two ways, twice, or late. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Action, initial, isNew, type State, step, visibleRows } from "../desk/state";
import { type Conversation, type Numbered, readDeskFrame, type Row, type TeamEvent } from "../desk/types";

type Told = Action extends infer One ? (One extends Action ? Omit<One, "now"> : never) : never;

function play(...actions: Told[]): State {
  return actions.reduce((state, action, index) => step(state, { ...action, now: index } as Action), initial);
}

function row(conversation: string, change: Partial<Row> = {}): Row {
  const last = { author: { kind: "visitor" as const }, text: "Hi", at: 1 };
  const who = { visitor: { name: null, kind: "anonymous" }, handling: "waiting" as const, reason: "asked", agent: null };
  return { conversation, ...who, page: null, last, seq: 1, opened_at: 1, updated_at: 1, ...change };
}

function said(seq: number, kind: "visitor" | "agent" = "visitor"): Numbered {
  return { seq, at: seq, event: { kind: "message", id: `m${seq}`, author: { kind }, text: [], sources: [], note: false } };
}

function conversation(id: string, events: Numbered[], change: Partial<Conversation> = {}): Conversation {
  const visitor = { id: "v", name: null, kind: "anonymous", language: null, time_zone: null };
  const handling = { handling: "waiting" as const, reason: "asked", agent: null };
  return { conversation: id, visitor, page: null, ...handling, seq: events.at(-1)?.seq ?? 0, events, ...change };
}

const pushed = (id: string, one: Numbered): Told => ({ type: "frame", frame: { type: "event", conversation: id, ...one } });
const show = (id: string | null): Told => ({ type: "show", conversation: id });
const seqs = (state: State) => state.open?.events.map((one) => one.seq);

test("rows stand in the order of their last change, and closed ones apart", () => {
  const threads = [row("a", { updated_at: 1 }), row("b", { updated_at: 3 }), row("c", { updated_at: 2, handling: "closed" })];
  const state = play({ type: "threads", threads });
  assert.deepEqual(visibleRows(state).map((one) => one.conversation), ["b", "a"]);
  assert.deepEqual(visibleRows({ ...state, filter: "closed" }).map((one) => one.conversation), ["c"]);
});

test("an old picture of a row does not replace a newer one, whichever way it came", () => {
  const newer = row("a", { seq: 5, handling: "agent" });
  const state = play({ type: "frame", frame: { type: "thread", thread: newer } }, { type: "threads", threads: [row("a", { seq: 3 })] });
  assert.deepEqual(state.rows, [newer]);
});

test("a log fetched and a log pushed become one, without repeats and in order", () => {
  const fetched: Told = { type: "conversation", conversation: conversation("a", [said(1), said(3)]) };
  const state = play(show("a"), fetched, pushed("a", said(3)), pushed("a", said(5)), pushed("a", said(4)), fetched);
  assert.deepEqual([seqs(state), state.open?.seq], [[1, 3, 4, 5], 5]);
});

test("after a reconnect the server is believed: it may have been restored from a backup", () => {
  const before = [show("a"), { type: "link", phase: "online" }, { type: "threads", threads: [row("a", { seq: 9 })] }] as Told[];
  const copy: Told = { type: "conversation", conversation: conversation("a", [said(1), said(8), said(9)]) };
  const again = [{ type: "link", phase: "retrying" }, { type: "link", phase: "online" }] as Told[];
  const restored: Told = { type: "conversation", conversation: conversation("a", [said(1), said(2)]) };
  const rows: Told = { type: "threads", threads: [row("a", { seq: 2 })] };
  const state = play(...before, copy, ...again, rows, restored, pushed("a", said(3)));
  assert.deepEqual([seqs(state), state.open?.seq, state.rows?.[0]?.seq], [[1, 2, 3], 3, 2]);
});

test("what is pushed before the copy arrives is not lost", () => {
  const late: Told = { type: "conversation", conversation: conversation("a", [said(1)]) };
  assert.deepEqual(seqs(play(show("a"), pushed("a", said(2)), late)), [1, 2]);
});

test("a handling event changes who answers; an older one does not", () => {
  const handling = (seq: number, to: "agent" | "closed"): Numbered => ({ seq, at: seq, event: { kind: "handling", handling: to, reason: null, agent: "Ana" } });
  const state = play(show("a"), { type: "conversation", conversation: conversation("a", [said(4)]) }, pushed("a", handling(6, "agent")), pushed("a", handling(2, "closed")));
  assert.deepEqual([state.open?.handling, state.open?.agent], ["agent", "Ana"]);
});

test("what belongs to another conversation is not shown", () => {
  const state = play(show("a"), { type: "conversation", conversation: conversation("a", [said(1)]) }, show("b"));
  const late = step(state, { type: "conversation", conversation: conversation("a", [said(1)]), now: 9 });
  const pushedLate = step(late, { ...pushed("a", said(2)), now: 9 } as Action);
  assert.deepEqual([pushedLate.shown, pushedLate.open], ["b", null]);
});

test("new is what the visitor said last and nobody here has looked at", () => {
  const threads = [row("a", { seq: 2 }), row("b", { last: { author: { kind: "agent" }, text: "x", at: 1 } }), row("c", { handling: "closed" })];
  const state = play({ type: "threads", threads });
  assert.deepEqual(threads.map((one) => isNew(state, one)), [true, false, false]);
  const looked = step(state, { type: "show", conversation: "a", now: 1 });
  assert.equal(isNew(looked, threads[0]!), false);
  const more = row("a", { seq: 7 });
  const away = [{ type: "show", conversation: null, now: 2 }, { type: "frame", frame: { type: "thread", thread: more }, now: 3 }] as Action[];
  assert.equal(isNew(away.reduce(step, looked), more), true);
});

test("a visitor's typing ends with the message, and by itself", () => {
  const writes: Told = { type: "frame", frame: { type: "typing", conversation: "a", on: true } };
  const open: Told[] = [show("a"), { type: "conversation", conversation: conversation("a", [said(1)]) }, writes];
  assert.ok(play(...open).writingUntil);
  assert.equal(play(...open, pushed("a", said(2))).writingUntil, null);
  assert.equal(step(play(...open), { type: "tick", now: 6002 }).writingUntil, null);
});

test("unknown and broken frames of the desk's socket are skipped", () => {
  const broken = ["{", "null", '{"type":"thread"}', '{"type":"thread","thread":{"conversation":"a"}}', '{"type":"event","seq":1}', '{"type":"new"}', '{"type":"valueOf"}'];
  for (const text of broken) assert.equal(readDeskFrame(text), null, text);
  const thread = { type: "thread", thread: row("a") };
  assert.deepEqual(readDeskFrame(JSON.stringify(thread)), thread);
});

test("an event of a kind this page does not know keeps its place", () => {
  const unknown = { seq: 2, at: 2, event: { kind: "confetti" } as unknown as TeamEvent };
  const state = play(show("a"), { type: "conversation", conversation: conversation("a", [said(1)]) }, pushed("a", unknown));
  assert.deepEqual([seqs(state), state.open?.seq], [[1, 2], 2]);
});

test("what keeps the team from being told in its own place is shown until it is gone", () => {
  const obstacle = (text: string | null) => readDeskFrame(JSON.stringify({ type: "obstacle", text }))!;
  const hindered = play({ type: "frame", frame: obstacle("the bot was removed") });
  assert.equal(hindered.obstacle, "the bot was removed");
  assert.equal(play({ type: "frame", frame: obstacle("gone") }, { type: "frame", frame: obstacle(null) }).obstacle, null);
  assert.equal(readDeskFrame(JSON.stringify({ type: "obstacle", text: 7 })), null);
});
