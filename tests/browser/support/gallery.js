/**
 * Photographs of every state. They go to a temporary folder; with HINNY_GALLERY=docs they replace the ones in
 * `docs/gallery`, with as few colours as do no harm, so that they are small.
 */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import UPNG from "upng-js";
import { reaches, STATES } from "./states.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const forDocs = process.env.HINNY_GALLERY === "docs";
const folder = forDocs ? join(root, "docs/gallery") : join(tmpdir(), `hinny-gallery-${process.pid}`);

/** The page that shows them. */
export const page = join(root, "docs/gallery.md");

const COLOURS = 200;
const WINDOW = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 700 };
/** The corner of a large window in which the chat stands. */
const CORNER = { x: WINDOW.width - 440, y: WINDOW.height - 700, width: 440, height: 700 };

const LOOKS = [
  { name: "light", viewport: WINDOW, clip: CORNER, colorScheme: "light" },
  { name: "dark", viewport: WINDOW, clip: CORNER, colorScheme: "dark" },
  { name: "phone", viewport: PHONE, colorScheme: "light" },
];

/** The names of the files made, one for each state and look. */
export async function photographed(shop) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const made = [];
  for (const state of STATES) {
    const { page, browser } = await reaches(shop, state, { viewport: WINDOW });
    for (const { name, viewport, clip, colorScheme } of LOOKS) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const file = `${state.name}-${name}.png`;
      await writeFile(join(folder, file), small(await page.screenshot(state.wide ? {} : { clip })));
      made.push(file);
    }
    await browser.close();
  }
  if (forDocs) await writeFile(page, text());
  else await rm(folder, { recursive: true });
  return made;
}

function small(png) {
  if (!forDocs) return png;
  const { width, height, ...rest } = UPNG.decode(png);
  return Buffer.from(UPNG.encode(UPNG.toRGBA8({ width, height, ...rest }), width, height, COLOURS));
}

/** `docs/gallery.md`, as the states have it. */
export function text() {
  const shown = STATES.map(({ name, caption }) => {
    const pictures = LOOKS.map((look) => `<img src="gallery/${name}-${look.name}.png" alt="${caption}, ${look.name}" height="420">`);
    return `## ${caption}\n\n${pictures.join("\n")}\n`;
  });
  return `# The chat in pictures\n\n${ABOUT}\n\n${shown.join("\n")}`;
}

const ABOUT = `Every state of the chat: on a large screen in light and dark, and on a phone. The tests bring the real program into each
state; these pictures are theirs. To make them anew:

\`\`\`sh
cd tests/browser && HINNY_GALLERY=docs node --test stories/gallery.test.js
\`\`\``;

/** What is committed. */
export async function published() {
  return readFile(page, "utf8");
}
