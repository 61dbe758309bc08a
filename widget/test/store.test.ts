/** What the browser keeps, also when storage is full, blocked, broken, or written by another tab. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../src/store";
import { page } from "./support";

function memory(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  } as unknown as Storage;
}

const empty = { token: null, conversation: null, seen: 0, unsent: [] };
const one = { id: "m1", at: 1, text: "one", page };
const two = { id: "m2", at: 2, text: null, page };

test("what is written is read again by the next page", () => {
  const storage = memory();
  new Store("demo", storage).write({ token: "t", conversation: "c", seen: 4 });
  new Store("demo", storage).keep(one);
  assert.deepEqual(new Store("demo", storage).read(), { token: "t", conversation: "c", seen: 4, unsent: [one] });
});

test("sites do not share anything", () => {
  const storage = memory();
  new Store("demo", storage).write({ token: "t" });
  assert.deepEqual(new Store("other", storage).read(), empty);
});

test("two tabs do not undo each other's unsent messages", () => {
  const storage = memory();
  const [tab, other] = [new Store("demo", storage), new Store("demo", storage)];
  tab.keep(one);
  other.keep(two);
  tab.forget(one.id);
  assert.deepEqual(other.read().unsent, [two]);
  other.keep(two);
  assert.deepEqual(tab.read().unsent, [two]);
});

test("without storage everything lasts as long as the page", () => {
  const store = new Store("demo", null);
  store.write({ token: "t" });
  store.keep(one);
  assert.deepEqual([store.read().token, store.read().unsent], ["t", [one]]);
});

test("storage that throws costs nothing but the memory across pages", () => {
  const blocked = () => {
    throw new DOMException("denied", "SecurityError");
  };
  const store = new Store("demo", { getItem: blocked, setItem: blocked } as unknown as Storage);
  assert.deepEqual(store.read(), empty);
  store.keep(one);
  assert.deepEqual(store.read().unsent, [one]);
});

test("storage that is full falls back to memory", () => {
  const storage = memory();
  const store = new Store("demo", storage);
  store.write({ token: "t" });
  storage.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  store.keep(one);
  assert.deepEqual([store.read().token, store.read().unsent], ["t", [one]]);
});

test("what is broken is taken for nothing", () => {
  const storage = memory();
  const store = new Store("demo", storage);
  for (const text of ["", "{", "null", "7", "[]", '{"token":7,"seen":0,"unsent":[]}', '{"token":"t","unsent":{}}']) {
    storage.setItem(store.key, text);
    assert.deepEqual(store.read(), empty, text);
  }
  storage.setItem(store.key, JSON.stringify({ ...empty, unsent: [one, { id: 3 }, null, "x", two] }));
  assert.deepEqual(store.read().unsent, [one, two]);
});
