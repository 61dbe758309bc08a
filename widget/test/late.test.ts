/** What was asked for by a chat that has left the page meanwhile. */

import "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { HinnyChat } from "../src/element";
import * as more from "../src/more";
import { server, Tab } from "./chat";
import { eventually } from "./support";

/** What was made of parts that came too late. */
let made = 0;
class Late {
  constructor() {
    made++;
  }
}

const answer = { kind: "message", id: "b1", author: { kind: "bot" }, text: [], sources: [] };

test("a part that comes too late leaves nothing behind", async () => {
  const { load } = HinnyChat;
  let come: ((part: unknown) => void) | null = null;
  HinnyChat.load = (() => new Promise((go) => (come = go))) as never;
  try {
    const tab = await new Tab().opened();
    server.tell(answer);
    const bring = await eventually("the part is wanted", () => come);
    tab.leaves();
    bring({ More: Late });
    await new Promise((done) => setImmediate(done));
  } finally {
    HinnyChat.load = load;
  }
  assert.equal(made, 0);
});

test("so does what that part loads itself", async () => {
  const { load } = more.More;
  let come: ((part: unknown) => void) | null = null;
  more.More.load = (() => new Promise((go) => (come = go))) as never;
  try {
    const tab = await new Tab().opened();
    server.tell(answer);
    const bring = await eventually("the part is wanted", () => come);
    tab.leaves();
    bring({ Talk: Late });
    await new Promise((done) => setImmediate(done));
  } finally {
    more.More.load = load;
  }
  assert.equal(made, 0);
});
