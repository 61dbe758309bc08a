/** Every language says everything, with the same values in it and the forms that its numbers need, in 2,000 bytes. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { count, clock, type Forms, locale, say, speak, weight, type Words, why, words } from "../src/words";
import en from "../words/en.json";
import { root } from "./support";

const folder = join(root, "words");
const names = readdirSync(folder);
const packs = new Map(names.map((name) => [name.replace(".json", ""), JSON.parse(readFileSync(join(folder, name), "utf8")) as Words]));

/** What the server says with them: the names of the button. */
const server = ["open", "tab", "dismiss"];

/** A language with its script, where it is written from right to left. */
const RIGHT_TO_LEFT = ["Arab", "Hebr", "Thaa", "Syrc", "Nkoo"];
const LARGEST_PACK = 2000;

const values = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const forms = (value: string | Forms) => (typeof value === "string" ? [value] : Object.values(value));

afterEach(() => speak(en, "en"));

test("the eight languages are there, each under its own code", () => {
  for (const code of ["ar", "de", "en", "es", "fr", "it", "ja", "pt"]) assert.ok(packs.has(code), code);
  for (const name of names) assert.match(name, /^[a-z]{2}\.json$/);
  for (const code of packs.keys()) assert.equal(new Intl.Locale(code).maximize().toString().slice(0, 2), code);
});

test("every language has every sentence, and none that nobody reads", () => {
  for (const [code, pack] of packs) {
    assert.deepEqual(Object.keys(pack).sort(), Object.keys(en).sort(), code);
    for (const [key, value] of Object.entries(pack)) for (const one of forms(value)) assert.ok(one.trim(), `${code} ${key}`);
  }
});

test("what is loaded later speaks the same languages, with the same sentences and values", () => {
  const later = join(root, "words-later");
  const read = (name: string) => JSON.parse(readFileSync(join(later, name), "utf8")) as Record<string, string | Forms>;
  const english = read("en.json");
  assert.deepEqual(readdirSync(later), names);
  for (const name of names) {
    const pack = read(name);
    assert.deepEqual(Object.keys(pack).sort(), Object.keys(english).sort(), name);
    for (const [key, value] of Object.entries(english)) {
      assert.ok(!(key in en), `${key} is in both`);
      if (typeof value === "string") assert.deepEqual(values(pack[key] as string), values(value), `${name} ${key}`);
      else for (const rule of new Intl.PluralRules(name.slice(0, 2)).resolvedOptions().pluralCategories) assert.ok((pack[key] as Forms)[rule] ?? rule === "zero", `${name} ${key} ${rule}`);
    }
  }
});

test("every sentence is used by the source", () => {
  const source = readdirSync(join(root, "src")).filter((name) => name.endsWith(".ts")).map((name) => readFileSync(join(root, "src", name), "utf8")).join("\n");
  const stems = [...source.matchAll(/words\[`(\w+)\$\{/g)].map(([, stem]) => stem!);
  const late = [...source.matchAll(/late\("(\w+)"/g)].map(([, stem]) => stem!);
  for (const key of Object.keys(en)) {
    const used = new RegExp(`\\b(words|launcher)\\.${key}\\b`).test(source) || stems.some((stem) => key.startsWith(stem)) || late.some((stem) => key.startsWith(stem)) || server.includes(key);
    assert.ok(used, key);
  }
});

test("every sentence has the values of the English one", () => {
  for (const [code, pack] of packs) {
    for (const [key, english] of Object.entries(en) as [keyof Words, string | Forms][]) {
      const mine = pack[key];
      assert.equal(typeof mine, typeof english, `${code} ${key}`);
      if (typeof english === "string") assert.deepEqual(values(mine as string), values(english), `${code} ${key}`);
      // "One message" and "two messages" may do without the number; every other form names it.
      else for (const [rule, form] of Object.entries(mine as Forms)) if (!["zero", "one", "two"].includes(rule)) assert.deepEqual(values(form), ["n"], `${code} ${key} ${rule}`);
    }
  }
});

test("every sentence that counts has the forms of its language", () => {
  for (const [code, pack] of packs) {
    const { pluralCategories } = new Intl.PluralRules(code).resolvedOptions();
    for (const [key, value] of Object.entries(pack)) {
      if (typeof value !== "string") assert.deepEqual(Object.keys(value).sort(), [...pluralCategories].sort(), `${code} ${key}`);
    }
  }
});

test("every language says in which direction it is written", () => {
  for (const [code, { dir }] of packs) {
    assert.equal(dir, RIGHT_TO_LEFT.includes(new Intl.Locale(code).maximize().script ?? "") ? "rtl" : "ltr", code);
  }
});

test("every language fits into two thousand bytes", (t) => {
  for (const [code, pack] of packs) {
    const size = gzipSync(JSON.stringify(pack), { level: 9 }).length;
    t.diagnostic(`${code}: ${size} bytes`);
    assert.ok(size <= LARGEST_PACK, `${code}: ${size} bytes`);
  }
});

test("numbers, sizes and times are written as the visitor's language writes them", () => {
  const at = new Date(2026, 10, 22, 15, 5).getTime();
  speak(packs.get("de")!, "de-AT");
  assert.equal(locale, "de-AT");
  assert.deepEqual([count(words.unread, 1), count(words.unread, 12)], ["1 neue Nachricht", "12 neue Nachrichten"]);
  assert.deepEqual([weight(1500), weight(2_340_000), clock(at)], ["2 kB", "2,3 MB", "15:05"]);
  speak(packs.get("en")!, "en-US");
  assert.deepEqual([weight(2_340_000), clock(at)], ["2.3 MB", "03:05 PM"]);
});

test("Arabic counts in its six ways, and a name in it keeps its own direction", () => {
  speak(packs.get("ar")!, "ar");
  const said = [0, 1, 2, 3, 11, 100].map((n) => count(words.unread, n).replace(/[\u2068\u2069]/g, ""));
  assert.equal(new Set(said.map((one) => one.replace(/[\d٠-٩]+/g, "#"))).size, 5);
  assert.equal(said[2], "رسالتان جديدتان");
  assert.equal(say(words.answering_agent, { name: "Ada (shop)" }), "أنت تتحدث مع \u2068Ada (shop)\u2069");
});

test("a value is put in as it is, whatever it holds", () => {
  assert.equal(say("{name} is writing…", { name: "{size} $& <b>" }), "{size} $& <b> is writing…");
  assert.equal(say("Open {name}, {size}", { name: "a" }), "Open a, ");
});

test("the server's codes become sentences, and unknown ones too", () => {
  assert.deepEqual([why("blocked"), why("too_long"), why("storage")], [words.why_blocked, words.why_too_long, words.failed]);
});
