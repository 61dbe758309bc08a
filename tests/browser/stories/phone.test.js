/** A phone: 390 by 844, a finger and no mouse. */

import assert from "node:assert/strict";
import { Desk } from "../support/desk.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const screen = { x: 0, y: 0, width: 390, height: 844 };
const FINGER_PX = 40;
/** Safari zooms into fields with smaller letters. */
const SMALLEST_FONT_PX = 16;

story("the chat fills a phone's screen", async (stage) => {
  const program = await stage.demo();
  const browser = await stage.browser({ onPhone: true });
  const page = await browser.tab(`${program.url}/demo/site`);
  const visitor = new Visitor(page);
  await visitor.launcher.waitFor();
  await nothingSticksOut(page);
  await stage.photograph(page, "phone-website");
  await visitor.launcher.tap();
  await visitor.composer.waitFor();
  assert.deepEqual(await visitor.panel.boundingBox(), screen);
  await easyToRead(visitor.composer);
  for (const button of [visitor.closeButton, visitor.send, visitor.person]) await easyToHit(button);

  await visitor.says("Do I need a public URL?");
  await visitor.hears("bot", "long polling");
  await visitor.says("I want to talk to a person");
  await visitor.isWith("waiting");
  await visitor.says(`a long word: ${"x".repeat(300)} https://example.com/${"path/".repeat(40)}`);
  await nothingSticksOut(page);
  await fitsItsBox(visitor.log);
  await stage.photograph(page, "phone-chat");
  await visitor.closeButton.tap();
  await visitor.launcher.waitFor();
});

story("the desk works on a phone", async (stage) => {
  const program = await stage.demo();
  const guest = await stage.browser();
  const visitor = new Visitor(await guest.tab(`${program.url}/demo/site`));
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await visitor.says("It is about my very long order number 1234567890-1234567890-1234567890-1234567890");

  const browser = await stage.browser({ onPhone: true });
  const page = await browser.tab(program.url);
  await page.locator('nav button[data-side="team"]').tap();
  const framed = new Desk(page.frameLocator('iframe[data-side="team"]'));
  await framed.isSignedIn();
  await framed.threads.first().waitFor();
  await stage.photograph(page, "phone-demo-team");

  await page.goto(`${program.url}/desk`);
  const desk = new Desk(page);
  await desk.isSignedIn();
  await desk.threads.first().waitFor();
  await nothingSticksOut(page);
  await stage.photograph(page, "phone-desk-list");
  await desk.threads.first().tap();
  await desk.composer.waitFor();
  await easyToRead(desk.composer);
  await desk.replies("Let me look that up for you.");
  await visitor.hears("agent", "Let me look that up");
  await nothingSticksOut(page);
  assert.ok(await desk.threads.first().isHidden(), "one thing at a time");
  await stage.photograph(page, "phone-desk-thread");
  await desk.closeButton.tap();
  await visitor.isWith("closed");
  await desk.back.tap();
  await desk.page.getByText("Nobody is waiting").waitFor();
});

async function nothingSticksOut(page) {
  const { width, seen } = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    seen: window.innerWidth,
  }));
  assert.ok(width <= seen, `the page is ${width} wide on a screen of ${seen}`);
}

async function fitsItsBox(box) {
  const [inner, outer] = await box.evaluate((node) => [node.scrollWidth, node.clientWidth]);
  assert.ok(inner <= outer, `its contents are ${inner} wide in a box of ${outer}`);
}

async function easyToRead(field) {
  const size = await field.evaluate((node) => Number.parseFloat(getComputedStyle(node).fontSize));
  assert.ok(size >= SMALLEST_FONT_PX, `its letters have ${size} px`);
}

async function easyToHit(button) {
  const { width, height } = await button.boundingBox();
  assert.ok(Math.min(width, height) >= FINGER_PX, `it is ${width} by ${height}`);
}
