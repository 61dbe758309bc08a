/** The feed at the desk: what the bot answered, as it happens, each with a way to say that it is wrong and to step in. */

import assert from "node:assert/strict";
import { openStore } from "../support/store.js";
import { story } from "../support/story.js";

const PASSWORD = "How do I reset my password?";
const NORWAY = "Do you ship to Norway?";

story("an answer of the bot appears by itself, is marked as wrong, and stays marked", async (stage) => {
  const { visit, desk, deskPage } = await openStore(stage);
  await deskPage.locator('[data-role="tab-answers"]').click();
  await deskPage.getByText("The bot has not said anything yet.").waitFor();
  const { visitor } = await visit();
  await visitor.opensChat();
  await visitor.says(PASSWORD);
  await visitor.hears("bot", "Security");
  const answers = deskPage.locator('[data-role="answer"]');
  const first = answers.filter({ hasText: PASSWORD });
  await first.filter({ hasText: "choose Security" }).waitFor();
  await visitor.says(NORWAY);
  await answers.filter({ hasText: NORWAY }).filter({ hasText: "every country" }).waitFor();
  assert.equal(await answers.count(), 2);
  await stage.photograph(deskPage, "feed");

  await first.locator('[data-role="wrong"]').click();
  await first.filter({ hasText: `Marked as wrong by ${await desk.me.textContent()}` }).waitFor();
  await stage.photograph(deskPage, "feed-wrong");
  await deskPage.reload();
  await desk.isSignedIn();
  await deskPage.locator('[data-role="answer"][data-wrong="true"]').filter({ hasText: PASSWORD }).waitFor();
  assert.equal(await deskPage.locator('[data-role="answer"][data-wrong="false"]').count(), 1);
  await first.locator('[data-role="right"]').click();
  await first.and(deskPage.locator('[data-wrong="false"]')).waitFor();
  await visitor.isWith("bot");
});

story("from the feed an agent takes over, and the visitor sees it", async (stage) => {
  const { visit, desk, deskPage } = await openStore(stage);
  const { page, visitor } = await visit();
  await visitor.opensChat();
  await visitor.says(NORWAY);
  await visitor.hears("bot", "every country");
  await deskPage.locator('[data-role="tab-answers"]').click();
  const answer = deskPage.locator('[data-role="answer"]').filter({ hasText: NORWAY });
  await answer.locator('[data-role="take-over"]').click();
  await desk.sees("visitor", NORWAY);
  await desk.sees("bot", "every country");
  await visitor.isWith("agent");
  const name = await desk.me.textContent();
  await visitor.lines.filter({ hasText: `${name} has joined.` }).waitFor();
  await desk.replies("Except to the islands, sorry.");
  await visitor.hears("agent", "Except to the islands");
  await visitor.says("Thanks for telling me!");
  await desk.sees("visitor", "Thanks for telling me!");
  assert.equal(await visitor.messages.count(), 4, "the bot is silent now");
  await stage.photograph(page, "feed-taken-over");
});
