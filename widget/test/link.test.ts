/** The chat's own page: what a tab keeps of somebody who came by a link. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrive } from "../link/arrive";
import { Store } from "../src/store";

function storage(entries: Record<string, string> = {}) {
  const map = new Map(Object.entries(entries));
  return { map, getItem: (key: string) => map.get(key) ?? null, setItem: (key: string, value: string) => void map.set(key, value) };
}

test("who comes without a token is the visitor whom the browser knows", () => {
  const tab = storage();
  assert.equal(arrive("shop", null, tab), null);
  assert.deepEqual([...tab.map], []);
});

test("who comes with a token has an entry of the tab's own, and is still known after a reload", () => {
  const tab = storage();
  assert.equal(arrive("shop", "a.b.c", tab), "a.b.c");
  assert.equal(tab.getItem("hinny:shop"), "{}");
  tab.setItem("hinny:shop", '{"token":"t","conversation":"c","seen":0,"unsent":[]}');
  assert.equal(arrive("shop", null, tab), "a.b.c");
  assert.equal(arrive("shop", "a.b.c", tab), "a.b.c");
  assert.match(tab.getItem("hinny:shop") ?? "", /"c"/);
});

test("the next person in the same tab finds nothing of the one before", () => {
  const tab = storage({ "hinny:shop": '{"token":"t","conversation":"c","seen":0,"unsent":[]}', "hinny:shop:token": "a.b.c" });
  assert.equal(arrive("shop", "d.e.f", tab), "d.e.f");
  assert.equal(tab.getItem("hinny:shop"), "{}");
});

test("without storage the token lasts as long as the page", () => {
  assert.equal(arrive("shop", "a.b.c", null), "a.b.c");
  const full = { getItem: () => null, setItem: () => { throw new Error("full"); } };
  assert.equal(arrive("shop", "a.b.c", full), "a.b.c");
});

test("the chat keeps to the tab's entry where there is one, and leaves the browser's alone", () => {
  const [tab, browser] = [storage({ "hinny:shop": "{}" }), storage()];
  Object.assign(globalThis, { sessionStorage: tab, localStorage: browser });
  new Store("shop").write({ token: "t" });
  new Store("other").write({ token: "u" });
  assert.match(tab.getItem("hinny:shop") ?? "", /"t"/);
  assert.deepEqual([...browser.map.keys()], ["hinny:other"]);
});
