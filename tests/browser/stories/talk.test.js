/** What a visitor can do beside writing: say whether an answer helped, rate, begin anew, look back, and keep a copy. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { becomes, eventually } from "../support/eventually.js";
import { picture } from "../support/picture.js";
import { openStore } from "../support/store.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const PASSWORD = "How do I reset my password?";
const NORWAY = "Do you ship to Norway?";

/** A visitor whose question has been answered. */
async function answered(store, wishes, prepare) {
  const scene = await store.visit(wishes, prepare);
  await scene.visitor.opensChat();
  await scene.visitor.says(PASSWORD);
  await scene.visitor.hears("bot", "Security");
  await scene.visitor.helped.waitFor();
  return { ...store, ...scene };
}

/** A visitor with whom an agent speaks. */
async function inTalk(store, wishes, prepare) {
  const scene = await store.visit(wishes, prepare);
  const { visitor } = scene;
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await store.desk.opensThread("I want to talk");
  await store.desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here");
  await visitor.menu.waitFor();
  return { ...store, ...scene };
}

async function answersTab(desk) {
  await desk.page.locator('[data-role="tab-answers"]').click();
  return desk.page.locator('[data-role="answer"]');
}

story("an answer helped: the visitor says so once, and the team sees it", async (stage) => {
  const { page, visitor, desk } = await answered(await openStore(stage));
  assert.deepEqual(await visitor.helped.getByRole("button").allTextContents(), ["Yes", "No", "Talk to a person"]);
  await stage.photograph(page, "helped");
  await visitor.find("yes").click();
  await visitor.find("thanks").filter({ hasText: "Thank you" }).waitFor();
  assert.equal(await visitor.helped.count(), 0);
  await stage.photograph(page, "helped-yes");
  await visitor.isWith("bot");

  const answers = await answersTab(desk);
  await answers.filter({ hasText: "it helped" }).filter({ hasText: PASSWORD }).waitFor();

  await page.reload();
  await visitor.opensChat();
  await visitor.find("thanks").waitFor();
  assert.equal(await visitor.helped.count(), 0, "nobody is asked twice");
});

story("an answer did not help: the bot asks to say more, and the second time a person comes", async (stage) => {
  const { page, visitor, desk } = await answered(await openStore(stage));
  await visitor.find("no").click();
  await eventually("it is not asked again", async () => (await visitor.helped.count()) === 0);
  await eventually("the bot says something", async () => (await visitor.messages.count()) === 3);
  await stage.photograph(page, "helped-no");
  const answers = await answersTab(desk);
  await answers.filter({ hasText: "it did not help" }).waitFor();

  await visitor.says(NORWAY);
  await visitor.hears("bot", "every country");
  await visitor.find("no").click();
  await visitor.isWith("waiting");
  await visitor.lines.filter({ hasText: "My answers did not help" }).waitFor();
  await desk.page.locator('[data-role="tab-threads"]').click();
  await desk.opensThread();
  await desk.seesLine("The visitor says that the answer did not help.");
  await stage.photograph(page, "helped-not-twice");
});

story("under an answer a person can be asked for", async (stage) => {
  const { visitor, desk } = await answered(await openStore(stage));
  await visitor.find("helped-person").click();
  await visitor.isWith("waiting");
  assert.equal(await visitor.helped.count(), 0);
  await desk.opensThread();
  assert.equal(await desk.why.textContent(), "The visitor asked for a person.");
});

story("at the end the visitor gives stars and words, and the desk shows both", async (stage) => {
  const { page, visitor, desk } = await inTalk(await openStore(stage));
  await desk.closeButton.click();
  await visitor.isWith("closed");
  await visitor.rating.waitFor();
  assert.equal(await visitor.rating.getByRole("radio").count(), 5);
  await stage.photograph(page, "rating");
  await visitor.rating.getByRole("radio", { name: "4 stars" }).check({ force: true });
  await visitor.rating.filter({ hasText: "Thank you" }).waitFor();
  await desk.seesLine("4 of 5 stars");
  await stage.photograph(page, "rating-given");
  await visitor.find("comment").fill("Quick and <b>kind</b>.");
  await visitor.find("rate").click();
  await desk.seesLine("Quick and <b>kind</b>.");
  await eventually("there is nothing more to say", async () => (await visitor.find("comment").count()) === 0);
  await stage.photograph(page, "rating-with-words");

  await page.reload();
  await visitor.opensChat();
  await visitor.rating.waitFor();
  assert.equal(await visitor.rating.getAttribute("data-stars"), "4");
  assert.equal(await visitor.find("comment").count(), 0);
});

story("who is blocked is not asked how it was", async (stage) => {
  const { visitor, desk } = await inTalk(await openStore(stage));
  await desk.closeButton.click();
  await visitor.rating.waitFor();
  await desk.block.click();
  await desk.blocked.filter({ hasText: "Blocked" }).waitFor();
  await visitor.writes("Watches!");
  await visitor.note.filter({ hasText: /\S/ }).waitFor();
  await eventually("the stars are gone", async () => (await visitor.rating.count()) === 0);
});

story("a new conversation begins, and the earlier ones can be opened and read", async (stage) => {
  const { page, visitor } = await answered(await openStore(stage));
  await visitor.picks("new");
  await eventually("it is empty", async () => (await visitor.messages.count()) === 0);
  await visitor.greeting.waitFor();
  await visitor.says(NORWAY);
  await visitor.hears("bot", "every country");
  await visitor.reads([`visitor: ${NORWAY}`, "bot: Yes, to every country in Europe."]);

  await visitor.menu.click();
  await stage.photograph(page, "menu");
  await visitor.find("earlier").click();
  const one = visitor.find("earlier-one");
  await one.filter({ hasText: PASSWORD }).waitFor();
  assert.equal(await one.count(), 1, "the one that is open is not an earlier one");
  await stage.photograph(page, "earlier");
  await one.click();
  await becomes("what was said", () => visitor.find("earlier-message").locator(".bubble").allInnerTexts(), [PASSWORD, "Open Settings, choose Security and press Reset."]);
  await stage.photograph(page, "earlier-one");

  const saved = page.waitForEvent("download");
  await visitor.find("earlier-transcript").click();
  assert.match(await readFile(await (await saved).path(), "utf8"), /Open Settings, choose Security/);
  await visitor.find("back").click();
  await one.waitFor();
  await visitor.find("back").press("Escape");
  await eventually("the chat is back", async () => (await visitor.find("past").count()) === 0);
  await visitor.own(NORWAY, "stored").waitFor();

  // Another tab is in the same conversation, and knows of the same past.
  const other = new Visitor(await page.context().newPage());
  await other.page.goto(page.url());
  await other.opensChat();
  await other.own(NORWAY, "stored").waitFor();
  await other.picks("earlier");
  await other.find("earlier-one").filter({ hasText: PASSWORD }).waitFor();
});

story("the conversation is saved as a text, with who said what, sources and files", async (stage) => {
  const { page, visitor, desk } = await answered(await openStore(stage));
  await visitor.says("I want to talk to a person");
  await visitor.attaches(picture("cart.png"));
  await visitor.says("Here is my cart");
  await visitor.seesPicture("visitor", "cart.png");
  await desk.opensThread();
  await desk.replies("See this: https://www.example.com/help");
  await visitor.hears("agent", "See this");
  const saved = page.waitForEvent("download");
  await visitor.picks("transcript");
  const file = await saved;
  assert.match(file.suggestedFilename(), /^chat-\d{4}-\d\d-\d\d\.txt$/);
  const text = await readFile(await file.path(), "utf8");
  const agent = await desk.me.textContent();
  const lines = text.split("\n").filter(Boolean).map((line) => line.replace(/^\d.*?, \d\d:\d\d, /, ""));
  assert.deepEqual(lines, [
    "The Shop",
    "You:", PASSWORD,
    "Assistant:", "Open Settings, choose Security and press Reset.", "- How do I reset my password?",
    "You:", "I want to talk to a person",
    "You:", "Here is my cart", "[cart.png]",
    `${agent}:`, "See this: https://www.example.com/help",
  ]);
});

story("the menu can be seen: its dots on the header, its lines on its own ground", async (stage) => {
  const { visitor } = await answered(await openStore(stage));
  const colour = (node) => node.evaluate((one) => getComputedStyle(one).color);
  await visitor.menu.click();
  assert.equal(await colour(visitor.menu), await colour(visitor.closeButton));
  const list = visitor.find("menu-list");
  const ground = await list.evaluate((one) => getComputedStyle(one).backgroundColor);
  assert.equal(ground, "rgb(255, 255, 255)");
  assert.equal(await colour(list.getByRole("menuitem").first()), await colour(visitor.composer));
});

story("what was said last stays in view when stars, offers and a keyboard take room", async (stage) => {
  const { page, visitor, desk } = await inTalk(await openStore(stage), { onPhone: true });
  for (const line of ["One", "Two", "Three", "Four", "Five"]) await visitor.says(`${line} more thing that I would like to say about my order`);
  const inView = () => visitor.log.evaluate((log) => log.lastElementChild.getBoundingClientRect().bottom <= log.getBoundingClientRect().bottom);
  await eventually("the last line is in view", inView);
  await page.setViewportSize({ width: 390, height: 480 });
  await eventually("the last line is in view in a smaller window", inView);
  await desk.closeButton.click();
  await visitor.rating.waitFor();
  await eventually("the last line is in view above the stars", inView);
});

story("the menu is walked by keyboard, and each of its lines can be reached", async (stage) => {
  const { page, visitor } = await answered(await openStore(stage));
  await visitor.menu.focus();
  await page.keyboard.press("Enter");
  const list = visitor.find("menu-list");
  const walked = [];
  for (const _ of await list.getByRole("menuitem").all()) {
    walked.push(await list.locator(":focus").textContent());
    await page.keyboard.press("ArrowDown");
  }
  assert.deepEqual(walked, ["New conversation", "Earlier conversations", "Save as text", "Turn sound off"]);
  await page.keyboard.press("ArrowUp");
  assert.equal(await list.locator(":focus").textContent(), "Turn sound off", "it goes round");
  await page.keyboard.press("Escape");
  assert.equal(await list.count(), 0);
  await visitor.panel.waitFor();
  assert.ok(await visitor.menu.evaluate((node) => node.getRootNode().activeElement === node), "the focus is back");
});

story("emoji are chosen by mouse and by keyboard", async (stage) => {
  const { page, visitor } = await answered(await openStore(stage));
  await visitor.composer.fill("Thanks  a lot");
  await visitor.composer.evaluate((node) => node.setSelectionRange(7, 7));
  await visitor.find("emoji").click();
  await stage.photograph(page, "emoji");
  await visitor.find("emoji-list").getByRole("button", { name: "🎉" }).click();
  assert.equal(await visitor.composer.inputValue(), "Thanks 🎉 a lot");
  assert.equal(await visitor.find("emoji-list").count(), 0);

  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  assert.equal(await visitor.composer.inputValue(), "Thanks 🎉😄 a lot");
  await page.keyboard.press("Enter");
  await visitor.own("Thanks 🎉😄 a lot", "stored").waitFor();

  await visitor.find("emoji").click();
  await page.keyboard.press("Escape");
  assert.equal(await visitor.find("emoji-list").count(), 0);
  await visitor.panel.waitFor();
});

story("a phone's camera is one touch away, and a computer has none in its menu", async (stage) => {
  const store = await openStore(stage);
  const { page, visitor, desk } = await inTalk(store, { onPhone: true });
  await visitor.menu.tap();
  await stage.photograph(page, "phone-menu");
  const chosen = page.waitForEvent("filechooser");
  await visitor.find("photo").tap();
  const camera = await chosen;
  assert.equal(await camera.element().getAttribute("capture"), "environment");
  assert.equal(await camera.element().getAttribute("accept"), "image/*");
  await camera.setFiles(picture("photo.png"));
  await visitor.chosen.filter({ hasText: "photo.png" }).waitFor();
  await visitor.send.tap();
  await desk.seesPicture("visitor", "photo.png");
  assert.equal(await visitor.find("emoji").isVisible(), false, "its keyboard has them all");

  const large = await answered(store);
  await large.visitor.menu.click();
  assert.equal(await large.visitor.find("photo").isVisible(), false);
});
