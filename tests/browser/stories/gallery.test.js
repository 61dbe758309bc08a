/** The pictures of `docs/gallery`: every state of the chat can be reached in the real product, and photographed. */

import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { photographed, published, text } from "../support/gallery.js";
import { openShop } from "../support/shop.js";
import { story } from "../support/story.js";

const MOST_BYTES = 2_000_000;

story("every state of the chat can be photographed, and the documents have a picture of each", async (stage) => {
  const made = await photographed(await openShop(stage));
  const folder = fileURLToPath(new URL("../../../docs/gallery", import.meta.url));
  const kept = (await readdir(folder)).sort();
  assert.deepEqual(kept, made.sort(), "make them anew: HINNY_GALLERY=docs node --test stories/gallery.test.js");
  const sizes = await Promise.all(kept.map(async (name) => (await stat(`${folder}/${name}`)).size));
  const sum = sizes.reduce((all, one) => all + one, 0);
  assert.ok(sum <= MOST_BYTES, `${sum} bytes`);
});

test("the page of pictures shows every state", async () => {
  assert.equal(await published(), text());
});
