/** Every example of the protocol is understood, and nothing else gets in. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFrame } from "../src/wire";
import { fixture, frameNames } from "./support";

for (const name of frameNames()) {
  test(`reads ${name}`, () => {
    const text = fixture(name);
    const frame = readFrame(text);
    assert.deepEqual(frame, JSON.parse(text));
  });
}

test("the examples cover every frame the widget knows", () => {
  const types = frameNames().map((name) => (JSON.parse(fixture(name)) as { type: string }).type);
  const known = ["ack", "bye", "caught_up", "event", "partial", "pong", "refused", "typing", "welcome"];
  assert.deepEqual([...new Set(types)].sort(), known);
});

test("an unknown frame is skipped", () => {
  assert.equal(readFrame('{"type":"confetti","amount":3}'), null);
  assert.equal(readFrame('{"type":"toString"}'), null);
  assert.equal(readFrame('{"type":"__proto__"}'), null);
});

test("an event of an unknown kind keeps only its place", () => {
  const unknown = [
    { kind: "poll", question: "?" },
    { kind: "handling", handling: "robot", reason: null, agent: null },
    { kind: "message", id: "e1", author: { kind: "oracle" }, text: [], sources: [] },
    { kind: "message", id: "e1", author: { kind: "bot" }, text: "<b>no tree</b>", sources: [] },
  ];
  for (const event of unknown) {
    const read = readFrame(JSON.stringify({ type: "event", seq: 7, at: 1, event }));
    assert.deepEqual(read, { type: "event", seq: 7, at: 1, event: null });
  }
});

test("unknown fields do no harm", () => {
  assert.deepEqual(readFrame('{"type":"pong","n":3,"later":true}'), { type: "pong", n: 3, later: true });
});

test("broken frames are skipped", () => {
  const broken = ["", "{", "null", "[]", "7", '"welcome"', "{}", '{"type":7}', '{"type":"ack","id":3,"seq":1,"conversation":"c"}'];
  const halves = ['{"type":"event","seq":"1","at":1,"event":{"kind":"message"}}', '{"type":"event","seq":1,"at":1,"event":null}'];
  const strange = ['{"type":"typing","author":{"kind":"ghost"},"on":true}', '{"type":"bye","error":"x"}'];
  for (const text of [...broken, ...halves, ...strange]) assert.equal(readFrame(text), null, text);
  assert.equal(readFrame(new ArrayBuffer(4)), null);
});

test("a welcome must say who answers and for which site", () => {
  const welcome = JSON.parse(fixture("server-welcome-new")) as Record<string, unknown>;
  for (const field of ["token", "seq", "handling", "site", "limits"]) {
    const { [field]: _, ...rest } = welcome;
    assert.equal(readFrame(JSON.stringify(rest)), null, field);
  }
  assert.equal(readFrame(JSON.stringify({ ...welcome, handling: "robot" })), null);
});
