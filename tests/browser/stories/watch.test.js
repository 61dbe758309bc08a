/** The watch over all stories is awake: a page that does what must not happen is noticed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser } from "../support/browser.js";
import { eventually } from "../support/eventually.js";
import { Website } from "../support/website.js";

test("a page that misbehaves does not pass", { timeout: 60_000 }, async (t) => {
  const website = await Website.open();
  t.after(() => website.close());
  const browser = await Browser.open();
  t.after(() => browser.close());
  website.embeds(website.url);
  const page = await browser.tab(website.url);
  browser.check();

  await page.evaluate(misbehave);
  await eventually("the dialog", () => browser.dialogs.length === 1);
  await eventually("the error", () => browser.errors.some((error) => error.includes("broken")));
  await eventually("what the policy forbids", () => browser.violations.length >= 3);
  await page.goto("http://evil.example/").catch(() => {});
  await eventually("the foreign host", () => browser.hosts().includes("evil.example"));
  assert.throws(() => browser.check());
});

/** Runs in the page. */
function misbehave() {
  setTimeout(() => alert("hit"));
  setTimeout(() => {
    throw new Error("broken");
  });
  document.body.setAttribute("style", "color: red");
  fetch("http://evil.example/").catch(() => {});
  new Image().src = "http://evil.example/pixel.png";
}
