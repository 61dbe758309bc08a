/** The whole chat without a mouse. */

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

story("everything can be done by keyboard", async (stage) => {
  const program = await stage.demo();
  const browser = await stage.browser();
  const page = await browser.tab(`${program.url}/demo/site`);
  const visitor = new Visitor(page);
  await visitor.launcher.waitFor();

  await tabTo(page, "launcher");
  await stage.photograph(page, "keyboard-launcher");
  await page.keyboard.press("Enter");
  await focusIs(page, "composer");
  await page.keyboard.type("What does hinny cost?");
  await page.keyboard.press("Enter");
  await visitor.hears("bot", "free software");
  await focusIs(page, "composer");

  await page.keyboard.type("one line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two lines");
  assert.equal(await visitor.composer.inputValue(), "one line\ntwo lines");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");

  await tabTo(page, "attach", "Shift+Tab");
  await tabTo(page, "person", "Shift+Tab");
  await stage.photograph(page, "keyboard-person");
  await page.keyboard.press("Enter");
  await visitor.isWith("waiting");
  await focusIs(page, "composer");
  await tabTo(page, "log", "Shift+Tab");
  await page.keyboard.press("Escape");
  await visitor.panel.waitFor({ state: "hidden" });
  await focusIs(page, "launcher");

  await page.keyboard.press("Space");
  await focusIs(page, "composer");
  await tabTo(page, "close", "Shift+Tab");
  await page.keyboard.press("Enter");
  await focusIs(page, "launcher");
});

story("everything has a name for those who do not see it", async (stage) => {
  const program = await stage.demo();
  const browser = await stage.browser();
  const page = await browser.tab(`${program.url}/demo/site`);
  await page.getByRole("button", { name: "Open chat" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  for (const name of ["Close chat", "Send", "Attach files", "Talk to a person"]) {
    await dialog.getByRole("button", { name }).waitFor();
  }
  const visitor = new Visitor(page);
  await visitor.says("What does hinny cost?");
  await dialog.getByRole("log", { name: "Conversation" }).getByText("free software").waitFor();
  await dialog.getByRole("textbox", { name: "Your message" }).waitFor();
});

/** The role of what has the focus, inside the widget too. */
function focused(page) {
  return page.evaluate(() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node?.dataset.role ?? node?.tagName ?? null;
  });
}

function focusIs(page, role) {
  return eventually(`the focus is on ${role}`, async () => (await focused(page)) === role);
}

/** Presses Tab until the focus is there; a page has fewer stops than this. */
async function tabTo(page, role, key = "Tab") {
  const passed = [];
  for (let stops = 0; stops < 30; stops++) {
    await page.keyboard.press(key);
    const now = await focused(page);
    if (now === role) return;
    passed.push(now);
  }
  assert.fail(`${key} never led to ${role}, but to ${passed.join(", ")}`);
}
