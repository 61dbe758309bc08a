/**
 * Every state of the chat that somebody can see, and how the real product gets there. Pictures, rules of
 * accessibility and small screens are all looked at in these states; a new one only needs a line here.
 */

import { Cable } from "./cable.js";
import { eventually } from "./eventually.js";
import { photo } from "./picture.js";
import { QUESTIONS, writingShop } from "./shop.js";

/**
 * One state: its name, the words under its picture, and the way there from a fresh page. `from` says which page, where
 * it is not the shop's own; `wide` that the chat is not in the page's corner.
 */
const state = (name, caption, reach, from, wide = false) => ({ name, caption, reach, from, wide });

export const STATES = [
  state("closed", "The button", async () => {}),
  state("unread", "The button when something new has come", async (scene) => {
    await withAnAgent(scene, "I am looking for a lamp for my desk");
    await scene.visitor.closeButton.click();
    await scene.desk.replies("Found one: the Fjord in oak.");
    await scene.visitor.badge.filter({ hasText: "1" }).waitFor();
  }),
  state("greeting", "The greeting", async ({ visitor }) => {
    await visitor.opensChat();
    await visitor.greeting.waitFor();
    await visitor.isOnline();
  }),
  state("answer", "An answer with its source", async ({ visitor }) => {
    await answered({ visitor });
  }),
  state("helped", "The visitor said that it helped", async (scene) => {
    await answered(scene);
    await scene.visitor.find("yes").click();
    await scene.visitor.find("thanks").waitFor();
  }),
  state("writes", "The bot is writing", async ({ visitor }) => {
    await visitor.opensChat();
    await visitor.isOnline();
    await visitor.says(QUESTIONS.sure);
    await visitor.find("partial").filter({ hasText: "same day" }).waitFor();
  }, writingShop),
  state("menu", "The menu", async (scene) => {
    await answered(scene);
    await scene.visitor.menu.click();
    await scene.visitor.find("menu-list").waitFor();
  }),
  state("emoji", "Emoji", async (scene) => {
    await answered(scene);
    await scene.visitor.composer.fill("Thank you ");
    await scene.visitor.find("emoji").click();
    await scene.visitor.find("emoji-list").waitFor();
  }),
  state("earlier", "Earlier conversations", async (scene) => {
    await hasPast(scene);
    await scene.visitor.picks("earlier");
    await scene.visitor.find("earlier-one").last().waitFor();
  }),
  state("past", "An earlier conversation", async (scene) => {
    await hasPast(scene);
    await scene.visitor.picks("earlier");
    await scene.visitor.find("earlier-one").filter({ hasText: QUESTIONS.sure }).click();
    await scene.visitor.find("earlier-message").last().waitFor();
  }),
  state("suggestions", "A question that may mean several things", async ({ visitor }) => {
    await visitor.opensChat();
    await visitor.says(QUESTIONS.vague);
    await visitor.log.locator('[data-role="choices"] button').first().waitFor();
  }),
  state("waiting", "A person is on the way", async ({ visitor }) => {
    await visitor.opensChat();
    await visitor.says(QUESTIONS.unknown);
    await visitor.isWith("waiting");
    await visitor.lines.first().waitFor();
  }),
  state("agent", "A person has joined", async (scene) => {
    await withAnAgent(scene, "Does the Fjord come in black?");
    await scene.desk.replies("It does, from next week on. Shall I put one aside for you?");
    // The site's configuration has a photo for an agent of this name.
    const said = await scene.visitor.hears("agent", "put one aside");
    await said.locator(".by img").waitFor();
    await scene.visitor.says("Yes, please!");
  }),
  state("typing", "A person is writing", async (scene) => {
    await withAnAgent(scene, "Which colours are there?");
    await scene.desk.composer.pressSequentially("Let me look");
    await scene.visitor.typing.waitFor();
  }),
  state("file", "Pictures and files", async (scene) => {
    await withAnAgent(scene, "My lamp arrived broken");
    const { visitor, desk } = scene;
    await visitor.attaches(photo("lamp.png"), invoice);
    await visitor.says("It looks like this");
    await visitor.seesPicture("visitor", "lamp.png");
    await desk.replies("Oh no! A new one leaves today.");
    await visitor.hears("agent", "leaves today");
  }),
  state("chosen", "Files chosen for the next message", async ({ visitor }) => {
    await visitor.opensChat();
    await visitor.isOnline();
    await visitor.attaches(photo("lamp.png"), invoice);
    await visitor.chosen.last().waitFor();
  }),
  state("error", "A message that was not taken", async (scene) => {
    const { visitor } = scene;
    await visitor.opensChat();
    await visitor.isOnline();
    await visitor.attaches({ name: "lamp.png", mimeType: "image/png", buffer: Buffer.from("<html></html>") });
    await visitor.writes("My lamp");
    await visitor.own("My lamp", "failed").locator('[data-role="retry"]').waitFor();
  }),
  state("offline", "Without a network", async ({ visitor, browser }) => {
    await visitor.opensChat();
    await visitor.says(QUESTIONS.sure);
    await visitor.hears("bot", "same day");
    await browser.offline(true);
    await visitor.status.filter({ hasText: "offline" }).waitFor();
    await visitor.writes("And to Norway?");
    await visitor.own("And to Norway?", "sending").waitFor();
  }),
  state("reconnecting", "The server cannot be reached", async ({ visitor, cable }) => {
    await visitor.opensChat();
    await visitor.isOnline();
    cable.cut();
    await visitor.status.filter({ hasText: "Reconnecting" }).waitFor();
  }, throughACable),
  state("refused", "A page that is not on the list", async ({ visitor }) => {
    await visitor.opensChat();
    await visitor.status.filter({ hasText: "not set up" }).waitFor();
  }, elsewhere),
  state("blocked", "A visitor who may not write", async (scene) => {
    await withAnAgent(scene, "Buy my watches");
    const { visitor, desk } = scene;
    await desk.block.click();
    await desk.blocked.filter({ hasText: "Blocked" }).waitFor();
    await visitor.writes("Watches!");
    await visitor.note.filter({ hasText: /\S/ }).waitFor();
  }),
  state("ended", "The conversation is closed", async (scene) => {
    await withAnAgent(scene, "Can I still add a bulb to my order?");
    await scene.desk.replies("Done, it is in the parcel.");
    await scene.visitor.hears("agent", "in the parcel");
    await scene.desk.closeButton.click();
    await scene.visitor.isWith("closed");
    await scene.visitor.lines.last().waitFor();
  }),
  state("rated", "Stars, and words if one likes", async (scene) => {
    await withAnAgent(scene, "Is there a darker green?");
    const { visitor, desk } = scene;
    await desk.replies("There is: Moss, since last week.");
    await visitor.hears("agent", "since last week");
    await desk.closeButton.click();
    await visitor.rating.getByRole("radio", { name: "5 stars" }).check({ force: true });
    await visitor.find("comment").waitFor();
    await visitor.find("comment").fill("Quick and kind!");
  }),
  state("arabic", "Right to left", async (scene) => {
    await withAnAgent(scene, "أين طلبي؟");
    await scene.desk.replies("طلبك في الطريق، ويصل غدًا.");
    await scene.visitor.hears("agent", "طلبك");
    await scene.visitor.says("شكرًا!");
  }, ({ arabic }) => ({ url: arabic.url })),
  state("inline", "In the page", asksInPlace, ({ inside }) => ({ url: inside.url }), true),
  state("page", "The chat's own page", asksInPlace, ({ program }) => ({ url: `${program.url}/chat/shop` }), true),
];

/** The bot has answered, and all that belongs to an answer is there. */
async function answered({ visitor }) {
  await visitor.opensChat();
  await visitor.says(QUESTIONS.sure);
  await (await visitor.hears("bot", "same day")).locator('[data-role="sources"]').waitFor();
  await visitor.helped.waitFor();
}

/** The third conversation of a visitor. */
async function hasPast(scene) {
  const { visitor } = scene;
  await answered(scene);
  await visitor.picks("new");
  await eventually("it is empty", async () => (await visitor.messages.count()) === 0);
  await visitor.says("How can I pay?");
  await visitor.hears("bot", "PayPal");
  await visitor.picks("new");
  await eventually("it is empty", async () => (await visitor.messages.count()) === 0);
  await visitor.says("How do I clean a fabric shade?");
  await visitor.hears("bot", "dry brush");
}

async function asksInPlace({ visitor }) {
  await visitor.composer.waitFor();
  await visitor.isOnline();
  await visitor.says(QUESTIONS.sure);
  await visitor.hears("bot", "same day");
}

const invoice = { name: "invoice.txt", mimeType: "text/plain", buffer: Buffer.from("One lamp, 89 €".repeat(90)) };

/** Brings a fresh visitor into a state; `wishes` are those of `Browser.open`. */
export async function reaches(shop, state, wishes = {}) {
  const made = state.from ? await state.from(shop) : {};
  const scene = { ...made, ...(await shop.visit({ ...wishes, url: made.url })) };
  await state.reach(scene);
  if (await scene.visitor.panel.isVisible()) await settled(scene.visitor);
  return scene;
}

/** The visitor says something, asks for a person, and the person takes the conversation. */
async function withAnAgent({ visitor, desk }, words) {
  await visitor.opensChat();
  await visitor.person.click();
  await visitor.isWith("waiting");
  await visitor.says(words);
  await desk.opensThread(words);
  // Another conversation may have been open, and its box is there until this one has come.
  await desk.sees("visitor", words);
  await desk.conversation.locator('[data-role="take"]').click();
  await visitor.isWith("agent");
}

/** What is said last is in view, and nothing is on its way to the screen. */
async function settled(visitor) {
  await eventually("all has been shown", () => visitor.log.evaluate((log) => log.getAttribute("aria-busy") !== "true"));
  await eventually("pictures are there", () =>
    visitor.log.evaluate((log) => Array.from(log.querySelectorAll("img")).every((one) => one.complete)),
  );
}

/** The same shop behind a line that can be cut. */
async function throughACable({ stage, program, second }) {
  const cable = stage.kept(await Cable.to(program.port));
  second.embeds(cable.url);
  return { cable, url: second.url };
}

/** A page that is not on the shop's list of origins. */
async function elsewhere({ unlisted }) {
  return { url: unlisted.url };
}
