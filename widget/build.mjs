/**
 * Builds everything the server hands out into `dist/`, which is committed: whoever builds the server needs
 * no Node. The same source always gives the same bytes, so a test can tell a forgotten build.
 *
 * `node build.mjs` writes `dist/`; other scripts import `build` to have the files in memory.
 */

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle, transform } from "esbuild";
import { minify } from "terser";
import { names, path as namesPath } from "./names.mjs";

const here = dirname(fileURLToPath(import.meta.url));
export const dist = join(here, "dist");

const scripts = {
  "widget.js": "src/loader.ts",
  "widget-chat.js": "src/chat.ts",
  "widget-more.js": "src/more.ts",
  "widget-brand.js": "src/brand.ts",
  "widget-events.js": "src/events.ts",
  "widget-talk.js": "src/talk.ts",
  "widget-ask.js": "src/ask.ts",
  "widget-proactive.js": "src/proactive.ts",
  "widget-stream.js": "src/stream.ts",
  "widget-sign.js": "src/sign.ts",
  "desk.js": "desk/main.ts",
  "link.js": "link/link.ts",
  "demo.js": "demo/demo.ts",
  "demo-site.js": "demo/site.ts",
};
/** What another script imports is a module. */
const modules = new Set(["widget-chat.js", "widget-more.js", "widget-brand.js", "widget-events.js", "widget-talk.js", "widget-ask.js", "widget-proactive.js", "widget-stream.js", "widget-sign.js"]);
/** What these scripts hand one another has the same short names in all of them (`names.mjs`). */
const short = names();
const mangling = { mangleProps: new RegExp(`^(?:${Object.keys(short).join("|")})$`), mangleCache: short };
const styles = { "desk.css": "desk/desk.css", "link.css": "link/link.css", "demo.css": "demo/demo.css", "demo-site.css": "demo/site.css" };
const pages = { "desk.html": "desk/desk.html", "link.html": "link/link.html", "demo.html": "demo/demo.html", "demo-site.html": "demo/site.html" };

/** Each file in `words/` is a language, and there is no other list of them. */
const packs = "widget-words.json";

/** A style sheet imported by a script becomes one minified string inside it; so do the languages of what is loaded last. */
export const inlineStyle = {
  name: "inline-style",
  setup(on) {
    on.onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: (await minifiedStyle(path)).trim(), loader: "text" }));
    on.onResolve({ filter: /^later:words$/ }, ({ path }) => ({ path, namespace: "later" }));
    on.onLoad({ filter: /./, namespace: "later" }, async () => ({ contents: JSON.stringify(await languages("words-later")), loader: "json" }));
  },
};

/** All files of `dist/` by name, freshly made. */
export async function build() {
  const made = [
    ...Object.keys(scripts).map(async (name) => [name, await script(name)]),
    ...Object.entries(styles).map(async ([name, path]) => [name, await minifiedStyle(join(here, path))]),
    ...Object.entries(pages).map(async ([name, path]) => [name, await readFile(join(here, path), "utf8")]),
    languages("words").then((all) => [packs, `${JSON.stringify(all)}\n`]),
  ];
  return new Map(await Promise.all(made));
}

/** All files of `dist/` by name, as they are committed. */
export async function committed() {
  const names = (await readdir(dist)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(dist, name), "utf8")])));
}

/** All languages of a folder by their codes. Of those in `words` the server hands out one at a time. */
async function languages(folder) {
  const names = (await readdir(join(here, folder))).sort();
  const read = names.map(async (name) => [name.replace(".json", ""), JSON.parse(await readFile(join(here, folder, name), "utf8"))]);
  return Object.fromEntries(await Promise.all(read));
}

async function script(name) {
  const format = modules.has(name) ? "esm" : "iife";
  const { outputFiles } = await bundle({
    absWorkingDir: here,
    entryPoints: [scripts[name]],
    bundle: true,
    write: false,
    format,
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    plugins: [inlineStyle],
    ...(modules.has(name) && mangling),
  });
  // What was a module is written for strict mode and does nothing else without it.
  const text = outputFiles[0].text.replace(/^"use strict";/, "");
  const { code } = await minify(text, { ecma: 2022, module: format === "esm", compress: { passes: 6, inline: 1, unsafe_arrows: true, pure_getters: true, hoist_props: true, keep_fargs: false } });
  return `${code}\n`;
}

async function minifiedStyle(path) {
  const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, charset: "utf8" });
  // The value of a variable begins where its first sign is.
  return code.replace(/(--[\w-]+): /g, "$1:");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await build();
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist);
  for (const [name, text] of files) await writeFile(join(dist, name), text);
  await writeFile(namesPath, `${JSON.stringify(short, null, 2)}\n`);
}
