/** The reducer's stories: what a visitor sees when frames come twice, late, in bad order or not at all. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { unsendable, uploaded } from "../src/luggage";
import { initial, unread, wakeAt } from "../src/state";
import type { EventFrame, ServerFrame, Welcome } from "../src/wire";
import { asks, fixture, frameNames, frame, page, Story } from "./support";

const C = "0aB1cD2eF3gH4iJ5kL6mN7";
const connecting = { type: "link", phase: "connecting" } as const;
const welcome = frame("welcome-new") as Welcome;
const ack = (id: string, seq: number): ServerFrame => ({ type: "ack", id, seq, conversation: C });

function said(seq: number, kind: "visitor" | "bot" | "agent", text: string, id = `e${seq}`): EventFrame {
  const author = kind === "agent" ? { kind, name: "Ana" } : { kind };
  const tree = [{ type: "paragraph" as const, children: [{ type: "text" as const, text }] }];
  return { type: "event", seq, at: seq, event: { kind: "message", id, author, text: tree, sources: [] } };
}

const connected = () => new Story().tell(connecting, welcome);

test("the protocol's example conversation reads as written", () => {
  const names = ["event-visitor", "event-bot", "event-waiting", "event-agent-took", "event-agent", "event-closed"];
  const story = connected().tell(...names.map(frame));
  assert.deepEqual(story.log(), [
    "visitor:How do I reset my password?",
    "bot:Open Settings and choose Resetmoreonesaidhinny demo",
    "-> waiting",
    "-> agent",
    "agent:Hello, Ana here.",
    "-> closed",
  ]);
  assert.equal(story.state.handling, "closed");
});

test("frames of every kind are accepted in any state", () => {
  const phases = ["idle", "connecting", "online", "retrying", "offline", "stopped"] as const;
  for (const phase of phases) {
    for (const name of frameNames()) {
      const story = new Story({ ...initial, phase }).tell(frame(name.replace("server-", "")));
      assert.ok(story.state, `${name} in ${phase}`);
    }
  }
});

test("what is said becomes sending, then stored, and is sent once", () => {
  const story = connected().tell(asks("m1", "Hello"));
  assert.deepEqual(story.sent, [{ type: "say", id: "m1", text: "Hello", page }]);
  assert.equal(story.state.pending.length, 1);
  story.tell(ack("m1", 1));
  assert.deepEqual([story.state.pending.length, story.log()], [0, ["visitor:Hello"]]);
  story.tell(said(1, "visitor", "Hello", "m1"));
  assert.deepEqual(story.log(), ["visitor:Hello"]);
  assert.deepEqual(story.sentIds(), ["m1"]);
  assert.equal(story.state.conversation, C);
});

test("the event may come before its ack", () => {
  const story = connected().tell(asks("m1"), said(1, "visitor", "m1", "m1"));
  assert.deepEqual([story.state.pending, story.log()], [[], ["visitor:m1"]]);
  story.tell(ack("m1", 1));
  assert.deepEqual(story.log(), ["visitor:m1"]);
});

test("an answer that overtakes the visitor's own event stands after it", () => {
  const story = connected().tell(asks("m1"), ack("m1", 4), said(2, "bot", "earlier"), said(4, "visitor", "m1", "m1"), said(5, "bot", "later"));
  assert.deepEqual(story.log(), ["bot:earlier", "visitor:m1", "bot:later"]);
});

test("messages go one at a time, in order", () => {
  const story = connected().tell(asks("m1"), asks("m2"), asks("p1", null));
  assert.deepEqual(story.sentIds(), ["m1"]);
  story.tell(ack("m1", 1));
  assert.deepEqual(story.sentIds(), ["m1", "m2"]);
  story.tell(ack("m2", 2));
  assert.deepEqual(story.sent.at(-1), { type: "person", id: "p1" });
  story.tell(ack("p1", 3));
  assert.deepEqual(story.state.pending, []);
});

test("an unsent message is sent again once, under the same id, after a reconnect", () => {
  const story = connected().tell(asks("m1"), { type: "link", phase: "retrying" }, connecting);
  assert.deepEqual(story.sentIds(), ["m1"]);
  story.tell(welcome, { type: "link", phase: "online" }, frame("caught-up"));
  assert.deepEqual(story.sentIds(), ["m1", "m1"]);
  story.tell(ack("m1", 1), { type: "link", phase: "retrying" }, connecting, { ...welcome, conversation: C, seq: 1 });
  assert.deepEqual(story.sentIds(), ["m1", "m1"]);
});

test("a message whose ack was lost is not shown twice", () => {
  const story = connected().tell(asks("m1", "Hello"), { type: "link", phase: "retrying" }, connecting);
  story.tell({ ...welcome, conversation: C, seq: 1 }, said(1, "visitor", "Hello", "m1"), frame("caught-up"));
  assert.deepEqual([story.log(), story.state.pending], [["visitor:Hello"], []]);
  story.tell(ack("m1", 1));
  assert.deepEqual(story.log(), ["visitor:Hello"]);
});

test("what was kept from before the reload is sent after the welcome", () => {
  const unsent = [{ id: "m1", at: 1, text: "kept", page }];
  const story = new Story().tell({ type: "kept", kept: { token: "t", conversation: C, seen: 3, unsent } });
  assert.deepEqual([story.state.token, story.state.conversation, story.sent], ["t", C, []]);
  story.tell(connecting, { ...welcome, conversation: C, seq: 0 });
  assert.deepEqual(story.sentIds(), ["m1"]);
});

test("repeats and old events change nothing", () => {
  const story = connected().tell(said(1, "bot", "one"), said(3, "bot", "three"));
  const before = story.state;
  story.tell(said(1, "bot", "one"), said(3, "bot", "three"), said(2, "bot", "late"));
  assert.deepEqual(story.state, before);
});

test("an unknown event moves the cursor, so that a resume does not ask for it again", () => {
  const story = connected().tell({ type: "event", seq: 9, at: 1, event: null });
  assert.deepEqual([story.state.seq, story.log()], [9, []]);
});

test("a log that became shorter was restored from a backup and is read anew", () => {
  const story = connected();
  story.tell({ ...welcome, conversation: C, seq: 2 }, said(1, "visitor", "Hello", "m1"), said(2, "bot", "lost"));
  story.tell({ ...welcome, conversation: C, seq: 1 });
  assert.equal(story.state.seq, 0);
  assert.equal(story.state.entries.length, 0);
  story.tell(said(1, "visitor", "Hello", "m1"));
  assert.equal(story.state.entries.length, 1);
});

test("another conversation in the welcome drops the old log", () => {
  const story = connected().tell(asks("m1"), ack("m1", 1), said(1, "visitor", "m1", "m1"), connecting);
  story.tell({ ...welcome, conversation: "another", seq: 5, handling: "agent" });
  assert.deepEqual([story.log(), story.state.seq, story.state.conversation], [[], 0, "another"]);
  assert.equal(story.reconnects, 0);
  story.tell(said(1, "agent", "Hi"));
  assert.deepEqual(story.log(), ["agent:Hi"]);
});

test("the same conversation keeps its log and goes on", () => {
  const story = connected().tell(asks("m1"), ack("m1", 1), said(1, "visitor", "m1", "m1"), connecting);
  story.tell({ ...welcome, conversation: C, seq: 2 }, said(2, "bot", "two"), { type: "caught_up", seq: 2 });
  assert.deepEqual(story.log(), ["visitor:m1", "bot:two"]);
  assert.ok(story.state.caughtUp);
});

test("a refusal for good keeps the message with its reason, and lets the next one go", () => {
  const refused: ServerFrame = { type: "refused", id: "m1", error: "too_long", detail: "Too long.", retry_after_ms: null };
  const story = connected().tell(asks("m1"), asks("m2"), refused);
  assert.deepEqual(story.state.pending.map((one) => one.failed), ["It is too long.", null]);
  assert.deepEqual(story.sentIds(), ["m1", "m2"]);
  story.tell(ack("m2", 1), { type: "retry", id: "m1" });
  assert.deepEqual(story.sentIds(), ["m1", "m2", "m1"]);
  story.tell(refused, { type: "remove", id: "m1" });
  assert.deepEqual(story.state.pending, []);
});

test("a rate limit is waited out, in order, and not a millisecond less", () => {
  const refused: ServerFrame = { type: "refused", id: "m1", error: "rate_limited", detail: "", retry_after_ms: 2000 };
  const story = connected().tell(asks("m1"), refused, asks("m2"));
  const wake = wakeAt(story.state);
  assert.ok(wake !== null);
  story.now = wake - 2;
  story.tell({ type: "tick" });
  assert.deepEqual(story.sentIds(), ["m1"]);
  story.tell({ type: "tick" }, ack("m1", 1));
  assert.deepEqual(story.sentIds(), ["m1", "m1", "m2"]);
});

test("an upload that keeps breaking off is given back, and holds up nobody", () => {
  const file = { key: "k", name: "a.png", mime: "image/png", size: 1, id: null };
  const story = connected().tell({ type: "ask", ask: { id: "m1", at: 5, text: "", page, files: [file] } }, asks("m2"));
  for (const attempt of [1, 2, 3]) {
    assert.deepEqual(story.sentIds(), [], `attempt ${attempt}`);
    story.tell({ type: "change", change: unsendable("k", null) });
    story.now = wakeAt(story.state) ?? story.now;
    story.tell({ type: "tick" });
  }
  assert.deepEqual([story.state.pending[0]?.failed, story.sentIds()], ["The file could not be sent.", ["m2"]]);
  story.tell(ack("m2", 1), { type: "retry", id: "m1" }, { type: "change", change: uploaded("k", "f1") });
  assert.deepEqual(story.sent.at(-1), { type: "say", id: "m1", text: "", page, files: ["f1"] });
});

test("a session the server does not take is given up once, and the words are kept", () => {
  const bye: ServerFrame = { type: "bye", error: "token_invalid", detail: "", retry_after_ms: null };
  const kept = { token: "old", conversation: C, seen: 0, unsent: [{ id: "m1", at: 1, text: "kept", page }] };
  const story = new Story().tell({ type: "kept", kept }, connecting, bye);
  assert.deepEqual([story.state.token, story.state.conversation, story.reconnects], [null, null, 1]);
  story.tell(bye);
  assert.deepEqual([story.reconnects, story.state.stopped], [1, "token_invalid"]);
  assert.equal(story.state.pending.length, 1);
});

test("an identity the server does not take is given up; the chat goes on without it", () => {
  const bye: ServerFrame = { type: "bye", error: "identity_invalid", detail: "", retry_after_ms: null };
  const story = connected().tell({ type: "identify", identity: "jwt" }, bye);
  assert.deepEqual([story.state.identity, story.reconnects], [null, 2]);
});

test("an identity that has expired is not shown again", () => {
  const bye: ServerFrame = { type: "bye", error: "identity_expired", detail: "", retry_after_ms: 0 };
  const story = connected().tell({ type: "identify", identity: "jwt" }, bye);
  assert.deepEqual([story.state.identity, story.reconnects], [null, 2]);
});

test("identify before the first click connects nothing", () => {
  const story = new Story().tell({ type: "identify", identity: "jwt" });
  assert.deepEqual([story.state.identity, story.reconnects], ["jwt", 0]);
});

test("signing out forgets the visitor", () => {
  const story = connected().tell(asks("m1"), ack("m1", 1), { type: "identify", identity: null });
  assert.deepEqual([story.state.token, story.state.conversation, story.log(), story.reconnects], [null, null, [], 1]);
});

test("typing is forgotten after six seconds, and when the message comes", () => {
  const story = connected().tell(frame("typing"));
  assert.equal(story.state.typing?.name, "Ana");
  story.now = wakeAt(story.state)! - 1;
  story.tell({ type: "tick" });
  assert.equal(story.state.typing, null);
  story.tell(frame("typing"), said(1, "agent", "Hello"));
  assert.equal(story.state.typing, null);
});

test("unread counts what others said while the window was closed, and opening clears it", () => {
  const story = connected().tell(said(1, "visitor", "me", "m0"), said(2, "bot", "one"), frame("event-waiting"), said(6, "agent", "two"));
  assert.equal(unread(story.state), 2);
  story.tell({ type: "open" });
  assert.deepEqual([unread(story.state), story.state.seen], [0, 6]);
  story.tell(said(7, "agent", "three"), { type: "close" }, said(8, "agent", "four"));
  assert.equal(unread(story.state), 1);
});

test("after a reload only what came since the last look is unread", () => {
  const kept = { token: "t", conversation: C, seen: 2, unsent: [] };
  const story = new Story().tell({ type: "kept", kept }, connecting, { ...welcome, conversation: C, seq: 3 });
  story.tell(said(1, "visitor", "me", "m0"), said(2, "bot", "one"), said(3, "agent", "two"), { type: "caught_up", seq: 3 });
  assert.equal(unread(story.state), 1);
});

test("two tabs: what one says the other sees once, and learns the conversation", () => {
  const [one, two] = [connected(), connected()];
  one.tell(asks("m1", "from one"), ack("m1", 1), said(1, "visitor", "from one", "m1"));
  two.tell(said(1, "visitor", "from one", "m1"));
  assert.deepEqual(two.log(), one.log());
  two.tell({ type: "kept", kept: { token: two.state.token, conversation: C, seen: 1, unsent: [] } });
  assert.deepEqual([two.state.conversation, two.reconnects], [C, 0]);
  two.tell(asks("m2", "from two"), ack("m2", 2), said(2, "visitor", "from two", "m2"));
  one.tell(said(2, "visitor", "from two", "m2"));
  assert.deepEqual(one.log(), ["visitor:from one", "visitor:from two"]);
});

test("two tabs: one that has said nothing joins the other's session; one that has does not", () => {
  const kept = { token: "theirs", conversation: "theirs", seen: 0, unsent: [] };
  const quiet = connected().tell({ type: "kept", kept });
  assert.deepEqual([quiet.state.token, quiet.state.conversation, quiet.reconnects], ["theirs", "theirs", 1]);
  const busy = connected().tell(asks("m1"), ack("m1", 1), { type: "kept", kept });
  assert.deepEqual([busy.state.conversation, busy.reconnects], [C, 0]);
});

test("two tabs: a message kept by both is gone from both when one got it through", () => {
  const kept = { token: "t", conversation: C, seen: 0, unsent: [{ id: "m1", at: 1, text: "kept", page }] };
  const story = new Story().tell({ type: "kept", kept }, { type: "kept", kept: { ...kept, unsent: [] } });
  assert.deepEqual(story.state.pending, []);
});

test("the state is never changed in place", () => {
  const frozen = (value: unknown): void => {
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  };
  const story = new Story();
  const steps = [connecting, welcome, asks("m1"), ack("m1", 1), said(2, "bot", "x"), frame("typing"), frame("refused"), frame("bye")];
  for (const told of steps) {
    frozen(story.state);
    story.tell(told);
  }
  assert.equal(story.state.stopped, "shutting_down");
});

test("the widget's frames have the fields of the protocol's examples", () => {
  const story = connected().tell(asks("m1"), ack("m1", 1), asks("p1", null));
  const fields = (value: object) => Object.keys(value).sort();
  assert.deepEqual(fields(story.sent[0]!), fields(JSON.parse(fixture("client-say"))));
  assert.deepEqual(fields(story.sent[1]!), fields(JSON.parse(fixture("client-person"))));
});
