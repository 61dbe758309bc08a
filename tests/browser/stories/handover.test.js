/** From the bot to a person and back: what both sides see. */

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { story } from "../support/story.js";

story("a person is asked for, answers, hands back and closes", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.says("Do I need a public URL?");
  const answer = await (await visitor.hears("bot", "long polling")).locator("[part~=bubble]").innerText();
  await visitor.says("I want to talk to a person");
  await visitor.isWith("waiting");
  await stage.photograph(page, "person-asked-for");

  await theDeskKnowsWhoWhereWhyAndWhat(desk, answer);
  await stage.photograph(page, "desk-thread");

  await desk.replies("Hello, Ana here. How can I help?");
  await visitor.hears("agent", "Ana here");
  await visitor.isWith("agent");
  await visitor.says("Do I need Docker?");
  await desk.sees("visitor", "Do I need Docker?");
  await desk.replies("No Docker at all.");
  await visitor.hears("agent", "No Docker at all.");
  await stage.photograph(page, "person-answers");

  await desk.writes("!bot");
  await visitor.isWith("bot");
  await visitor.says("What does hinny cost?");
  const cost = await (await visitor.hears("bot", "free software")).locator("[part~=bubble]").innerText();
  await desk.writes("!close");
  await visitor.isWith("closed");
  await stage.photograph(page, "closed");
  await visitor.says("thanks");
  await visitor.isWith("closed");
  await visitor.says("Which databases does it need?");
  const databases = await (await visitor.hears("bot", "SQLite")).locator("[part~=bubble]").innerText();
  await visitor.isWith("bot");

  const name = await desk.me.textContent();
  await visitor.reads([
    "visitor: Do I need a public URL?",
    `bot: ${answer}`,
    "visitor: I want to talk to a person",
    "(I am fetching a person for you. You can keep writing.)",
    `(${name} has joined.)`,
    `${name}: Hello, Ana here. How can I help?`,
    "visitor: Do I need Docker?",
    `${name}: No Docker at all.`,
    "(You are talking to the assistant again.)",
    "visitor: What does hinny cost?",
    `bot: ${cost}`,
    "(This conversation is closed. Write again any time.)",
    "visitor: thanks",
    "visitor: Which databases does it need?",
    `bot: ${databases}`,
  ]);
  await stage.photograph(page, "reopened");
});

async function theDeskKnowsWhoWhereWhyAndWhat(desk, answer) {
  await desk.opensThread();
  assert.match(await desk.who.textContent(), /\S/);
  assert.match(await desk.where.textContent(), /hinny/);
  assert.match(await desk.where.locator("a").getAttribute("href"), /\/demo\/site$/);
  assert.equal(await desk.why.textContent(), "The visitor asked for a person.");
  await desk.reads([
    "visitor: Do I need a public URL?",
    `bot: ${answer}`,
    "visitor: I want to talk to a person",
  ]);
}

story("the button asks for a person, once", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.person.click();
  await visitor.isWith("waiting");
  await eventually("the button has done its part", () => visitor.person.isDisabled());
  await visitor.says("My parcel is lost");
  await desk.opensThread("My parcel is lost");
  assert.equal(await desk.why.textContent(), "The visitor asked for a person.");
  await desk.conversation.locator('[data-role="take"]').click();
  await visitor.isWith("agent");
  await desk.composer.pressSequentially("Let me see");
  await visitor.typing.waitFor();
  await stage.photograph(page, "agent-writes");
  await desk.composer.press("Enter");
  await visitor.hears("agent", "Let me see");
  await visitor.composer.pressSequentially("Number 12");
  await desk.conversation.locator('[data-role="typing"]').filter({ hasText: "writing" }).waitFor();
  await visitor.composer.press("Enter");
  await desk.reads(["visitor: My parcel is lost", "agent: Let me see", "visitor: Number 12"]);
});

story("a question that is not known is handed over honestly", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.says("Can you send me a paper catalogue?");
  await visitor.isWith("waiting");
  await visitor.reads([
    "visitor: Can you send me a paper catalogue?",
    "(I am not sure about this one, so let me get someone. You can keep writing.)",
  ]);
  await desk.opensThread("paper catalogue");
  assert.equal(await desk.why.textContent(), "The bot was not sure of an answer.");
  await desk.seesLine(/The bot (was not sure enough|had only a guess)/);
  await desk.writes("!note The catalogue was given up last year.");
  await desk.sees("agent", "given up last year");
  await desk.replies("There is none any more, sorry.");
  await visitor.hears("agent", "There is none any more");
  const said = await visitor.transcript();
  assert.ok(!said.join("\n").includes("given up"), "a note stays with the team");
  await stage.photograph(page, "not-known");
});
