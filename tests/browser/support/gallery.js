/**
 * Photographs of every state. They go to a temporary folder; with HINNY_GALLERY=docs they replace the ones in
 * `docs/gallery`, from which `docs/gallery.md` is made.
 */

import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reaches, STATES } from "./states.js";

const docs = fileURLToPath(new URL("../../../docs/gallery", import.meta.url));
const folder = process.env.HINNY_GALLERY === "docs" ? docs : join(tmpdir(), "hinny-gallery");

const WINDOW = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 760 };
/** The corner of a large window in which the chat stands. */
const CORNER = { x: WINDOW.width - 460, y: WINDOW.height - 700, width: 460, height: 700 };

const LOOKS = [
  { name: "light", viewport: WINDOW, clip: CORNER, colorScheme: "light" },
  { name: "dark", viewport: WINDOW, clip: CORNER, colorScheme: "dark" },
  { name: "phone", viewport: PHONE, colorScheme: "light" },
];

/** The files made, for all states or those of these names. */
export async function photographed(shop, states = STATES) {
  await mkdir(folder, { recursive: true });
  const made = [];
  for (const state of states) {
    const { page, browser } = await reaches(shop, state, { viewport: WINDOW });
    for (const { name, viewport, clip, colorScheme } of LOOKS) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const path = join(folder, `${state.name}-${name}.png`);
      await page.screenshot({ path, clip });
      made.push(path);
    }
    await browser.close();
  }
  return made;
}
