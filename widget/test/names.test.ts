/** The build shortens names of ours that nobody else reads; here stands who else might. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { initial } from "../src/state";
import { Store } from "../src/store";
import { look, root } from "./support";

type Namer = { names(): Record<string, string>; sorted(): { ours: string[]; foreign: Set<string> } };
const namer = (await import(pathToFileURL(join(root, "names.mjs")).href)) as Namer;
const committed = JSON.parse(readFileSync(join(root, "names.json"), "utf8")) as Record<string, string>;
const { ours, foreign } = namer.sorted();

/** Every key in a value, however deep. */
function keys(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keys)];
}

/** Of all files of a folder, or of some. */
function keysOf(folder: string, files = /\.json$/): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => files.test(name));
  return names.flatMap((name) => keys(JSON.parse(readFileSync(join(root, folder, name), "utf8"))));
}

function none(what: string, names: string[]): void {
  assert.ok(names.length, what);
  assert.deepEqual(names.filter((name) => name in committed), [], what);
}

test("no name of the wire is shortened", () => {
  none("frames", keysOf("../fixtures/wire", /^(client|server)-/));
  const types = readFileSync(join(root, "src/wire.ts"), "utf8");
  none("their types", [...types.matchAll(/(\w+)\??: /g)].map(([, name]) => name!));
});

test("no name is shortened that the server gives, the storage keeps, a language says or a page uses", () => {
  none("look", keys(look));
  none("sentences", [...keysOf("words"), ...keysOf("words-later")]);
  none("options and calls", ["server", "site", "preload", "inside", "language", "look", "q", "hinny", "obey"]);
  const storage = new Map<string, string>();
  const store = new Store("demo", { getItem: (key: string) => storage.get(key) ?? null, setItem: (key: string, value: string) => void storage.set(key, value) } as Storage);
  store.write({ token: "t", conversation: "c", seen: 1, muted: true, past: true });
  store.keep({ id: "a", at: 1, text: "Hi", page: { url: "", title: "", referrer: "" }, files: [{ key: "k", name: "n", mime: "m", size: 1, id: null }], choose: { of: "b", choice: 1 } });
  none("storage", keys(JSON.parse(storage.get("hinny:demo")!)));
});

test("no name of the browser's is shortened where the browser reads it", () => {
  none("sockets and elements", ["onopen", "onmessage", "onclose", "onerror", "data", "send", "close", "connectedCallback", "disconnectedCallback", "dataset", "hidden", "navigation"]);
});

test("much that is only ours is shortened, each name to one of its own that means nothing else", () => {
  for (const name of ["caughtUp", "networkLost", "addFace", "onPhase"]) assert.ok(name in committed, name);
  assert.ok("caughtUp" in initial);
  const short = Object.values(committed);
  assert.equal(new Set(short).size, short.length);
  assert.deepEqual(short.filter((name) => foreign.has(name) || ours.includes(name)), []);
});

test("the names are those of the source, and stay what they were (if not: npm run build)", () => {
  assert.deepEqual(namer.names(), committed);
  assert.deepEqual(Object.keys(committed), ours);
});
