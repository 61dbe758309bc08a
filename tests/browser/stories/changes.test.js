/** What a team does to its lines after they were written, and what the visitor and the team then see. */

import assert from "node:assert/strict";
import { becomes, eventually } from "../support/eventually.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

story("an agent edits a wrong answer, and the visitor sees it corrected", async (stage) => {
  const { program, browser, page, visitor, desk } = await stage.inTouch();
  await desk.replies("It costs 5 euros.");
  await visitor.hears("agent", "It costs 5 euros.");
  await desk.corrects("It costs 5 euros.", "It costs 15 euros.");
  await visitor.hearsEdited("agent", "It costs 15 euros.");
  assert.ok(!(await visitor.transcript()).join().includes("It costs 5 euros."), "the wrong words are gone");
  await stage.photograph(page, "answer-corrected");

  const later = new Visitor(await browser.tab(`${program.url}/demo/site`));
  await later.opensChat();
  await later.hearsEdited("agent", "It costs 15 euros.");
  await later.reads(await visitor.transcript());
});

story("a removed line leaves a tombstone in every tab", async (stage) => {
  const { program, browser, page, visitor, desk } = await stage.inTouch();
  const second = new Visitor(await browser.tab(`${program.url}/demo/site`));
  await second.opensChat();
  await desk.replies("That was meant for somebody else.");
  for (const tab of [visitor, second]) await tab.hears("agent", "meant for somebody else");
  await desk.chooses("erase", "That was meant for somebody else.");
  for (const tab of [visitor, second]) await tab.hears("agent", "Message removed");
  await desk.sees("agent", "Message removed");
  const third = new Visitor(await browser.tab(`${program.url}/demo/site`));
  await third.opensChat();
  await third.hears("agent", "Message removed");
  for (const tab of [visitor, second, third]) {
    assert.ok(!(await tab.transcript()).join().includes("somebody else"), "the words are gone");
  }
  await stage.photograph(page, "line-removed");
  await stage.photograph(second.page, "line-removed-second-tab");
});

story("what looks like a key is held until somebody says that it may go", async (stage) => {
  const { page, visitor, desk } = await stage.inTouch();
  await desk.replies("Let me look.");
  await visitor.hears("agent", "Let me look.");
  const secret = "Use AKIAIOSFODNN7EXAMPLE for it";
  await desk.writes(secret);
  const held = await desk.holds(secret);
  await stage.photograph(page, "line-held");
  await desk.replies("One more thing.");
  await visitor.hears("agent", "One more thing.");
  assert.ok(!(await visitor.transcript()).join().includes("AKIA"), "it did not slip");
  await held.locator('[data-role="held-send"]').click();
  await visitor.hears("agent", secret);
  await held.waitFor({ state: "detached" });
  await desk.reads(["visitor: I want to talk to a person", "agent: Let me look.", "agent: One more thing.", `agent: ${secret}`]);
});

story("a held line that nobody wants is dropped", async (stage) => {
  const { visitor, desk } = await stage.inTouch();
  await desk.replies("Let me look.");
  const secret = "My password is AKIAIOSFODNN7EXAMPLE";
  await desk.writes(secret);
  const held = await desk.holds(secret);
  await held.locator('[data-role="held-drop"]').click();
  await desk.seesLine("A held line was not sent.");
  await desk.replies("Done.");
  await visitor.hears("agent", "Done.");
  assert.ok(!(await visitor.transcript()).join().includes("AKIA"), "nobody got it");
});

story("a colleague's line waits until they join", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const { desk: ana } = await stage.deskOf(program);
  const { desk: ben, page } = await stage.deskOf(program);
  const visitor = new Visitor(await (await stage.browser()).tab(website.url));
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await ana.opensThread();
  await ben.opensThread();
  await ana.replies("Hello, this is Ana.");
  await visitor.hears("agent", "this is Ana");
  await ben.writes("Is this the customer from yesterday?");
  const held = await ben.holds("customer from yesterday");
  await held.locator('[data-role="held-send"]').filter({ hasText: "Join and send" }).waitFor();
  await stage.photograph(page, "colleague-held");
  await ana.holds("customer from yesterday");
  await held.locator('[data-role="held-send"]').click();
  await visitor.hears("agent", "customer from yesterday");
  await ben.replies("Now I speak too.");
  await visitor.hears("agent", "Now I speak too.");
});

story("one of the bot's candidates is sent by a press", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.says("Can you send me a paper catalogue?");
  await visitor.isWith("waiting");
  await desk.opensThread("paper catalogue");
  const send = desk.log.locator('[data-role="candidate-send"]').first();
  await send.waitFor();
  await stage.photograph(page, "candidates");
  await send.click();
  await visitor.isWith("agent");
  const sent = await (await visitor.hears("agent", /\S/)).locator("[part~=bubble]").innerText();
  await becomes("the desk has the same words", async () => (await desk.transcript()).at(-1), `agent: ${sent}`);
});

story("the desk learns what the visitor has seen, and not before", async (stage) => {
  const { page, visitor, desk } = await stage.inTouch();
  await desk.replies("Are you there?");
  await desk.seen.waitFor();
  await visitor.closeButton.click();
  await visitor.launcher.waitFor();
  await desk.replies("Second line.");
  await visitor.badge.filter({ hasText: "1" }).waitFor();
  const marked = () => desk.seen.locator("xpath=ancestor::*[@data-role='message']").innerText();
  assert.match(await marked(), /Are you there\?/, "a closed chat shows nothing");
  await visitor.opensChat();
  await eventually("the second line is seen", async () => (await marked()).includes("Second line."));
  assert.equal(await desk.seen.count(), 1);
  await stage.photograph(page, "seen");
});

story("a blocked visitor reads so in plain words, and can write again when it is over", async (stage) => {
  const { program, browser, page, visitor, desk } = await stage.inTouch();
  await desk.replies("Please stop.");
  await desk.block.click();
  await desk.blocked.filter({ hasText: "Blocked" }).waitFor();
  await visitor.writes("spam spam spam");
  await visitor.own("spam spam spam", "failed").waitFor();
  await visitor.note.filter({ hasText: /no messages from here/ }).waitFor();
  assert.ok(await visitor.composer.isDisabled(), "the composer is closed");
  await stage.photograph(page, "blocked");
  await desk.block.filter({ hasText: "Unblock" }).click();
  await desk.blocked.waitFor({ state: "hidden" });
  const again = new Visitor(await browser.tab(`${program.url}/demo/site`));
  await again.opensChat();
  await again.isOnline();
  await again.says("Sorry.");
  await desk.sees("visitor", "Sorry.");
});
