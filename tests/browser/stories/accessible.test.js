/** The rules of WCAG 2.2 AA that a machine can check, in every state: by axe-core, light and dark, on every screen. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { QUESTIONS, openShop } from "../support/shop.js";
import { reaches, STATES } from "../support/states.js";
import { story } from "../support/story.js";
import { misfits } from "../support/fits.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const WINDOW = { width: 1280, height: 800 };

/** How a state is looked at. A page at 200 % has half the width, one at 400 % is 320 wide. */
const VIEWS = [
  { name: "light", viewport: WINDOW, media: { colorScheme: "light" } },
  { name: "dark", viewport: WINDOW, media: { colorScheme: "dark" } },
  { name: "forced colours", viewport: WINDOW, media: { colorScheme: "light", forcedColors: "active" } },
  { name: "phone", viewport: { width: 390, height: 844 }, media: { colorScheme: "light" } },
  { name: "200 %", viewport: { width: 640, height: 400 }, media: { colorScheme: "light" } },
  { name: "400 %", viewport: { width: 320, height: 256 }, media: { colorScheme: "light" } },
];

story("axe finds nothing in any state, and nothing sticks out on any screen", async (stage) => {
  const shop = await openShop(stage);
  const found = [];
  for (const state of STATES) {
    const { page, browser } = await reaches(shop, state);
    await page.evaluate(axe);
    for (const { name, viewport, media } of VIEWS) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ forcedColors: "none", ...media });
      const problems = [...(await violations(page)), ...(await page.evaluate(misfits))];
      found.push(...problems.map((problem) => `${state.name}, ${name}: ${problem}`));
    }
    await browser.close();
  }
  assert.deepEqual(found, []);
});

story("axe finds nothing at the desk", async (stage) => {
  const shop = await openShop(stage);
  const { visitor } = await shop.visit();
  await visitor.opensChat();
  await visitor.says(QUESTIONS.sure);
  await visitor.hears("bot", "same day");
  await visitor.says(QUESTIONS.person);
  const { desk, deskPage: page } = shop;
  const found = [];
  const look = async (where) => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      found.push(...(await violations(page)).map((problem) => `${where}, ${colorScheme}: ${problem}`));
    }
  };
  await desk.threads.first().waitFor();
  await look("list");
  await desk.opensThread();
  await desk.replies("Hello, Ana here.");
  await look("thread");
  await page.locator('[data-role="tab-answers"]').click();
  await page.locator('[data-role="answer"]').first().waitFor();
  await look("answers");
  await page.locator('[data-role="tab-failed"]').click();
  await look("failed");
  assert.deepEqual(found, []);
});

/** What axe finds, a line for each node. */
async function violations(page) {
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await window.axe.run(document, { runOnly: tags, rules: { "target-size": { enabled: true } } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${id} at ${target.flat().join(" ")} (${any[0]?.message ?? ""})`));
  });
}
