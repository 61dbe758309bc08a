/** Public collections of hostile strings. They are not part of this repository, but stand beside it where it is tested. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../../shared/corpora/", import.meta.url));

/** Why a story that needs them is left out, or false. */
export const absent = existsSync(folder) ? false : "../shared/corpora is absent";

/** HINNY_EVERY=20 takes every twentieth string only, for a quick look while working on something. */
const every = Number(process.env.HINNY_EVERY ?? 1);

/** All of them, each once: payloads against pages and against cleaners of markup, and strings that break programs. */
export function payloads() {
  const text = (file) => readFileSync(`${folder}${file}`, "utf8");
  const cleaner = JSON.parse(text("dompurify-fixtures/payloads.json")).map(({ payload }) => payload);
  const naughty = JSON.parse(text("blns/blns.json"));
  const all = [...text("xss-payloadbox/xss-payload-list.txt").split(/\r?\n/), ...cleaner, ...naughty];
  return [...new Set(all)].filter((one, nth) => one.trim() && nth % every === 0);
}

/** In pieces of this size. */
export function* pieces(list, size) {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}
