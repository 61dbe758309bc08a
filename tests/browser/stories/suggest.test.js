/** What the bot does with a question, one example of the demo's page each: an answer, suggestions, an honest hand-over. */

import assert from "node:assert/strict";
import { story } from "../support/story.js";

const SURE = "Do I need a public URL?";
const VAGUE = "What does it need?";
const FOREIGN = "Wie viel kostet das im Monat für ein Team mit fünf Leuten?";
const UNKNOWN = "Can you send me a paper catalogue?";

const example = (visitor, words) => visitor.page.getByRole("button", { name: words, exact: true });
const choices = (visitor) => visitor.page.locator('hinny-chat [data-role="choices"] button');

story("an example is answered, and a card says where the answer is from", async (stage) => {
  const { page, visitor } = await stage.demoWindow(await stage.demo());
  await example(visitor, SURE).click();
  const answer = await visitor.hears("bot", "long polling");
  const card = answer.locator('[data-role="sources"] a').first();
  const [title, place] = await card.locator("> *").allTextContents();
  assert.ok(title.length > 3, title);
  assert.equal(place, new URL(await card.getAttribute("href")).host + new URL(await card.getAttribute("href")).pathname.replace(/\/$/, ""));
  assert.match(await card.getAttribute("rel"), /noopener/);
  assert.equal(await visitor.page.locator("hinny-chat img").count(), 0, "no picture from anywhere");
  await stage.photograph(page, "answer-with-card");
});

story("a vague example is asked about; the keyboard chooses, and a reload shows it all", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await example(visitor, VAGUE).click();
  await visitor.hears("bot", "Did you mean");
  const buttons = choices(visitor);
  await buttons.first().waitFor();
  await stage.photograph(page, "suggestions");
  const words = await buttons.allTextContents();
  assert.ok(words.length >= 2 && words.at(-1).startsWith("None of these"), words.join());
  await visitor.page.locator("hinny-chat").evaluate(() => location.reload());
  await visitor.opensChat();
  await buttons.first().waitFor();
  assert.deepEqual(await buttons.allTextContents(), words);
  await buttons.first().focus();
  await buttons.first().press("Enter");
  await visitor.page.locator('hinny-chat [data-role="message"][data-author="bot"] [data-role="sources"]').first().waitFor();
  const transcript = await visitor.transcript();
  assert.equal(transcript[2], `visitor: ${words[0]}`);
  assert.ok(await buttons.first().isDisabled(), "it is chosen already");
  assert.equal(await desk.threads.count(), 0, "nobody was called");
  await stage.photograph(page, "suggestion-chosen");
});

story("none of these, and what nobody knows, fetch a person with honest words", async (stage) => {
  const program = await stage.demo();
  const { page, visitor, desk } = await stage.demoWindow(program);
  await example(visitor, VAGUE).click();
  await choices(visitor).last().waitFor();
  await choices(visitor).last().click();
  await visitor.isWith("waiting");
  await visitor.page.getByText("I am not sure about this one, so let me get someone").waitFor();
  await desk.opensThread();
  await desk.sees("bot", "Did you mean one of these?");
  await stage.photograph(page, "none-of-these");

  const other = await stage.demoWindow(program);
  await example(other.visitor, UNKNOWN).click();
  await other.visitor.isWith("waiting");
  await other.visitor.page.getByText("so let me get someone").waitFor();
  await stage.photograph(other.page, "honest-hand-over");
});

story("a language that the knowledge lacks gets the offer of a person in that language", async (stage) => {
  const { page, visitor } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.says(FOREIGN);
  await visitor.hears("bot", "in deiner Sprache");
  await choices(visitor).waitFor();
  await stage.photograph(page, "foreign-offer");
  await choices(visitor).click();
  await visitor.isWith("waiting");
});
