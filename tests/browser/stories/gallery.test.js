/** The pictures of `docs/gallery`: every state of the chat can be reached in the real product, and photographed. */

import assert from "node:assert/strict";
import { photographed } from "../support/gallery.js";
import { STATES } from "../support/states.js";
import { openShop } from "../support/shop.js";
import { story } from "../support/story.js";

story("every state of the chat can be photographed", async (stage) => {
  const shop = await openShop(stage);
  const pictures = await photographed(shop);
  assert.ok(pictures.length >= STATES.length * 3, `${pictures.length} pictures`);
});
