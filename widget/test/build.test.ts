/** What is committed in `dist/` is what the source gives, small enough, and fit for a strict content policy. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { root } from "./support";

type Files = Map<string, string>;
const builder = (await import(pathToFileURL(join(root, "build.mjs")).href)) as { build(): Promise<Files>; committed(): Promise<Files> };
const dist = await builder.committed();

/** 1 kB is 1,000 bytes. */
function gzipped(...names: string[]): number {
  return names.reduce((sum, name) => sum + gzipSync(dist.get(name) ?? assert.fail(name), { level: 9 }).length, 0);
}

test("dist is a fresh build of the source (if not: npm run build)", async () => {
  const fresh = await builder.build();
  assert.deepEqual([...dist.keys()].sort(), [...fresh.keys()].sort());
  for (const [name, text] of fresh) assert.ok(dist.get(name) === text, `${name} is not what the source gives`);
});

test("the same source gives the same bytes", async () => {
  assert.deepEqual(await builder.build(), await builder.build());
});

/** The site's file comes on top; the browser's stories measure both, as the server sends them. */
const LARGEST_LOADER = 1_850;
const LARGEST_WIDGET = 15_000;
/** Loaded when it is first needed: files, what was done to messages, and persons who answer. */
const LARGEST_MORE = 5_600;
/** Loaded where the site shows a logo, its team, or replies to begin with. */
const LARGEST_BRAND = 1_700;
/** Loaded by pages that listen to events. */
const LARGEST_EVENTS = 800;
/** Loaded where visitors are asked to agree to a text first. */
const LARGEST_ASK = 1_000;
/** Loaded where a site has rules for speaking first. */
const LARGEST_PROACTIVE = 2_500;
/** Loaded once the bot has answered: the menu, earlier conversations, stars, sound, emoji; in eight languages. */
const LARGEST_TALK = 12_000;
/** Loaded where a socket failed. */
const LARGEST_STREAM = 1_300;
/** Loaded for pages that give a function for the visitor's token, and where somebody signs out. */
const LARGEST_SIGN = 600;

/** The chat as the server hands it out: with the sentences in it that it names (`api/words.rs`). */
function chatIn(language: string): string {
  const script = dist.get("widget-chat.js")!;
  const pack = JSON.parse(dist.get("widget-words.json")!)[language] as Record<string, unknown>;
  const stems = [...script.matchAll(/`([a-z_]+_)\$\{/g)].map(([, stem]) => stem!);
  const named = (name: string) => new RegExp(`\\.${name}\\b`).test(script) || stems.some((stem) => name.startsWith(stem));
  // The server has them in the order of their names.
  const said = Object.entries(pack).filter(([name]) => named(name)).sort(([one], [other]) => (one < other ? -1 : 1));
  return script.replace("HINNY_WORDS", () => `["${language}",{${said.map(([name, text]) => `${name}:${JSON.stringify(text)}`)}}]`);
}

test("loader, chat and one language are at most 15 kB", (t) => {
  const loader = gzipped("widget.js");
  for (const language of Object.keys(JSON.parse(dist.get("widget-words.json")!))) {
    const size = loader + gzipSync(chatIn(language), { level: 9 }).length;
    t.diagnostic(`${language}: ${size} bytes`);
    assert.ok(size <= LARGEST_WIDGET, `${language}: ${size} bytes`);
  }
});

test("the widget stays small", (t) => {
  const [loader, chat, more] = [gzipped("widget.js"), gzipped("widget-chat.js"), gzipped("widget-more.js")];
  const [brand, talk] = [gzipped("widget-brand.js"), gzipped("widget-talk.js")];
  t.diagnostic(`loader: ${loader} bytes gzipped, chat: ${chat}, together ${loader + chat}; more when needed: ${more}, at some moments: ${talk}`);
  assert.ok(loader <= LARGEST_LOADER, `${loader} bytes`);
  assert.ok(loader + chat <= LARGEST_WIDGET, `${loader + chat} bytes`);
  t.diagnostic(`brand where there is one: ${brand}`);
  const stream = gzipped("widget-stream.js");
  t.diagnostic(`stream where no socket gets through: ${stream}`);
  assert.ok(stream <= LARGEST_STREAM, `${stream} bytes`);
  const sign = gzipped("widget-sign.js");
  assert.ok(sign <= LARGEST_SIGN, `${sign} bytes`);
  assert.ok(brand <= LARGEST_BRAND, `${brand} bytes`);
  assert.ok(more <= LARGEST_MORE, `${more} bytes`);
  const events = gzipped("widget-events.js");
  assert.ok(events <= LARGEST_EVENTS, `${events} bytes`);
  assert.ok(talk <= LARGEST_TALK, `${talk} bytes`);
  const ask = gzipped("widget-ask.js");
  t.diagnostic(`ask where visitors agree first: ${ask}`);
  assert.ok(ask <= LARGEST_ASK, `${ask} bytes`);
  const proactive = gzipped("widget-proactive.js");
  t.diagnostic(`where a site speaks first: ${proactive}`);
  assert.ok(proactive <= LARGEST_PROACTIVE, `${proactive} bytes`);
});

test("the desk is at most 25 kB in all", (t) => {
  const size = gzipped("desk.html", "desk.css", "desk.js");
  t.diagnostic(`desk: ${size} bytes gzipped`);
  assert.ok(size <= 25_000, `${size} bytes`);
});

test("no page carries a script or style in itself", () => {
  for (const [name, text] of dist) {
    if (!name.endsWith(".html")) continue;
    assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|javascript:/i, name);
    for (const [, inside] of text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)) assert.equal(inside, "", name);
  }
});

test("everything the pages load comes from the same server", () => {
  for (const [name, text] of dist) {
    if (!name.endsWith(".html")) continue;
    for (const [, url] of text.matchAll(/\s(?:src|href)="([^"]*)"/g)) assert.match(url ?? "", /^[/#]/, name);
  }
});

/** The ways in which a string becomes markup or code. */
const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment|DOMParser|setHTML/;

test("no source turns a string into markup or code", () => {
  for (const folder of ["src", "desk", "demo", "link"]) {
    for (const name of readdirSync(join(root, folder))) {
      assert.doesNotMatch(readFileSync(join(root, folder, name), "utf8"), forbidden, name);
    }
  }
});

test("versions are pinned, and the lock names no registry", () => {
  const { devDependencies, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  assert.equal(dependencies, undefined);
  for (const [name, version] of Object.entries(devDependencies)) assert.match(String(version), /^\d+\.\d+\.\d+$/, name);
  assert.doesNotMatch(readFileSync(join(root, "package-lock.json"), "utf8"), /"resolved"/);
});
