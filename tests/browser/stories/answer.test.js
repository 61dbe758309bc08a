/** The demo in one window: a website with the chat, the desk beside it, and an answer with its source. */

import assert from "node:assert/strict";
import { story } from "../support/story.js";

const KNOWN = "Do I need a public URL?";

story("the demo shows website, chat and desk in one window", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  const frames = page.frames().map((frame) => new URL(frame.url()).pathname);
  assert.equal(frames.length, 3, `the window and its two sides: ${frames}`);
  for (const side of ["visitor", "team"]) {
    await page.locator(`iframe[data-side="${side}"]`).waitFor();
  }
  await visitor.launcher.waitFor();
  await desk.page.getByText("Nobody is waiting").waitFor();
  assert.ok(!page.url().includes("login"), "the one-time link is in no address");
  await stage.photograph(page, "demo-first-look");
});

story("a known question is answered with a link to its source", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.isOnline();
  await stage.photograph(page, "chat-opened");
  await visitor.says(KNOWN);
  const answer = await visitor.hears("bot", "long polling");
  const source = answer.locator('[data-role="sources"] a').first();
  assert.ok((await source.textContent()).length > 3, "the source has a title");
  assert.match(await source.getAttribute("href"), /^https?:/);
  assert.match(await source.getAttribute("rel"), /noopener/);
  assert.equal((await visitor.transcript()).length, 2);
  assert.equal(await desk.threads.count(), 0, "nobody was called");
  await stage.photograph(page, "question-answered");

  const [read] = await Promise.all([page.waitForEvent("popup"), source.click()]);
  await read.getByRole("heading", { level: 1 }).waitFor();
  await stage.photograph(read, "source-of-the-answer");
  await read.close();

  await desk.page.locator('[data-role="tab-answers"]').click();
  const answered = desk.page.locator('[data-role="answer"]').filter({ hasText: KNOWN });
  await answered.waitFor();
  await stage.photograph(page, "desk-answers");
});

story("an example question on the website is asked by one click", async (stage) => {
  const { page, visitor } = await stage.demoWindow(await stage.demo());
  await visitor.page.getByRole("button", { name: KNOWN }).click();
  await visitor.hears("bot", "long polling");
  assert.equal((await visitor.transcript())[0], `visitor: ${KNOWN}`);
  await stage.photograph(page, "example-question");
});
