/** Replies reach the server once and in order, whatever happens on the way. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { CallError } from "../desk/api";
import type { Attached } from "../src/attached";
import { Replies, type Reply } from "../desk/replies";
import { eventually, TestClock } from "./support";

/** A server that answers as told, once for each attempt. */
class Desk {
  clock = new TestClock();
  items = new Map<string, string>();
  attempts: string[] = [];
  answers: (() => Promise<{ seq: number }>)[] = [];
  /** Names of files that were brought, and how the next ones are taken. */
  uploads: string[] = [];
  taken: (() => Promise<string>)[] = [];
  posted: (string | null)[][] = [];
  replies = this.page();

  /** The same browser, a new page. */
  page(): Replies {
    const storage = {
      getItem: (key: string) => this.items.get(key) ?? null,
      setItem: (key: string, value: string) => void this.items.set(key, value),
    };
    return new Replies({ clock: this.clock, storage, post: (reply) => this.post(reply), upload: (file) => this.upload(file), changed: () => undefined });
  }

  private post({ id, files }: Reply): Promise<{ seq: number }> {
    this.attempts.push(id);
    this.posted.push(files.map((file) => file.id));
    const answer = this.answers.shift() ?? (() => Promise.resolve({ seq: this.attempts.length }));
    return answer();
  }

  private upload({ name }: Attached): Promise<string> {
    this.uploads.push(name);
    return (this.taken.shift() ?? (() => Promise.resolve(`at-${name}`)))();
  }

  states(): string[] {
    return this.replies.of("c").map((one) => `${one.id} ${one.refused ?? one.seq ?? (one.delayed ? "delayed" : "sending")}`);
  }
}

const fails = (status: number, detail = "no") => () => Promise.reject(new CallError(status, detail));

test("replies go one after the other and vanish when the log has them", async () => {
  const desk = new Desk();
  desk.replies.add("c", "r1", "one");
  desk.replies.add("c", "r2", "two");
  assert.deepEqual(desk.attempts, ["r1"]);
  await eventually("both stored", () => desk.states().join() === "r1 1,r2 2");
  desk.replies.logged("c", 1);
  assert.deepEqual(desk.states(), ["r2 2"]);
  desk.replies.logged("other", 9);
  desk.replies.logged("c", 2);
  assert.deepEqual(desk.states(), []);
});

test("a lost connection delays, keeps the order, and repeats under the same id", async () => {
  const desk = new Desk();
  desk.answers = [fails(0), fails(503)];
  desk.replies.add("c", "r1", "one");
  desk.replies.add("c", "r2", "two");
  await eventually("the first failure", () => desk.clock.waits() === 750);
  assert.deepEqual(desk.states(), ["r1 delayed", "r2 sending"]);
  desk.clock.advance(750);
  await eventually("the second failure", () => desk.clock.waits() === 1500);
  desk.replies.flush();
  await eventually("both stored", () => desk.states().join() === "r1 3,r2 4");
  assert.deepEqual(desk.attempts, ["r1", "r1", "r1", "r2"]);
});

test("a refusal is shown with its reason and does not hold up the next", async () => {
  const desk = new Desk();
  desk.answers = [fails(422, "Too long.")];
  desk.replies.add("c", "r1", "one");
  desk.replies.add("c", "r2", "two");
  await eventually("the second stored", () => desk.states().join() === "r1 Too long.,r2 2");
  desk.replies.retry("r1");
  await eventually("the first stored", () => desk.states().join() === "r1 3,r2 2");
  desk.replies.remove("r1");
  assert.deepEqual(desk.states(), ["r2 2"]);
});

test("after a reload unsent replies are sent again under the same id", async () => {
  const desk = new Desk();
  desk.answers = [fails(0)];
  desk.replies.add("c", "r1", "one");
  await eventually("the failure", () => desk.clock.waits() !== null);
  desk.replies = desk.page();
  assert.deepEqual(desk.states(), ["r1 delayed"]);
  desk.replies.flush();
  await eventually("stored", () => desk.states().join() === "r1 2");
  assert.deepEqual([desk.attempts, desk.page().of("c")], [["r1", "r1"], []]);
});

test("a session that ended keeps the reply until somebody signs in again", async () => {
  const desk = new Desk();
  desk.answers = [fails(401, "login_needed")];
  desk.replies.add("c", "r1", "one");
  await eventually("the failure", () => desk.states().join() === "r1 delayed");
  assert.equal(desk.page().of("c").length, 1);
});

const file = (name: string): Attached => ({ key: name, name, mime: "image/png", size: 1, id: null });

test("files go before their reply, each once, also when one breaks off", async () => {
  const desk = new Desk();
  desk.taken = [() => Promise.resolve("one"), () => Promise.reject(new CallError(503, ""))];
  desk.replies.add("c", "r1", "", [file("a"), file("b")]);
  await eventually("the failure", () => desk.clock.waits() !== null);
  assert.deepEqual([desk.attempts, desk.states()], [[], ["r1 delayed"]]);
  desk.replies.flush();
  await eventually("stored", () => desk.states().join() === "r1 1");
  assert.deepEqual([desk.uploads, desk.posted], [["a", "b", "b"], [["one", "at-b"]]]);
});

test("a file that was lost with its page is told, and nothing half is sent", async () => {
  const desk = new Desk();
  desk.taken = [() => Promise.reject(new CallError(0, "")), () => Promise.reject(new CallError(410, "Lost."))];
  desk.replies.add("c", "r1", "Here", [file("a")]);
  await eventually("the failure", () => desk.clock.waits() !== null);
  desk.replies = desk.page();
  desk.replies.flush();
  await eventually("the truth", () => desk.states().join() === "r1 Lost.");
  assert.deepEqual(desk.attempts, []);
});

test("a reply that was removed while its file was on its way is not sent", async () => {
  const desk = new Desk();
  let release = (_: string) => {};
  desk.taken = [() => new Promise((done) => (release = done))];
  desk.replies.add("c", "r1", "Here", [file("a")]);
  desk.replies.add("c", "r2", "next");
  desk.replies.remove("r1");
  release("one");
  await eventually("the next", () => desk.states().join() === "r2 1");
  assert.deepEqual(desk.attempts, ["r2"]);
});

test("broken storage is taken for nothing", () => {
  const desk = new Desk();
  for (const text of ["{", "7", '{"id":1}', '[null,{"id":3}]']) {
    desk.items.set("hinny-desk:unsent", text);
    assert.deepEqual(desk.page().of("c"), [], text);
  }
});
