/** How a visitor who looks elsewhere learns that somebody answered: a number in the title, a sound, a notification. */

import assert from "node:assert/strict";
import { becomes, eventually } from "../support/eventually.js";
import { openStore } from "../support/store.js";
import { story } from "../support/story.js";

/** Before the page: notes what is asked of the browser, and lets the story look away from the page. */
function listens() {
  const noted = (window.hinnyTestBell = { asked: 0, told: [], tones: 0 });
  let permission = "default";
  window.Notification = class {
    static get permission() {
      return permission;
    }
    static async requestPermission() {
      noted.asked++;
      return (permission = "granted");
    }
    constructor(title, { body }) {
      noted.told.push(`${title} | ${body}`);
      window.hinnyTestTold = this;
    }
    close() {}
  };
  const tone = BaseAudioContext.prototype.createOscillator;
  BaseAudioContext.prototype.createOscillator = function () {
    noted.tones++;
    return tone.call(this);
  };
  let away = false;
  Object.defineProperty(Document.prototype, "hidden", { get: () => away, configurable: true });
  window.hinnyTestLooksAway = (now) => {
    away = now;
    document.dispatchEvent(new Event("visibilitychange"));
  };
}

const heard = (page) => page.evaluate(() => window.hinnyTestBell);
const looksAway = (page, away) => page.evaluate((away) => window.hinnyTestLooksAway(away), away);

async function visits(store) {
  const scene = await store.visit({}, (browser) => browser.context.addInitScript(listens));
  await scene.visitor.opensChat();
  return { ...store, ...scene };
}

async function isHelped({ visitor, desk }) {
  await visitor.says("I want to talk to a person");
  await desk.opensThread("I want to talk");
  await desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here");
}

story("notifications are offered once a person is to answer, and asked for by a click alone", async (stage) => {
  const scene = await visits(await openStore(stage));
  const { page, visitor, desk } = scene;
  await visitor.says("How do I reset my password?");
  await visitor.helped.waitFor();
  assert.equal(await visitor.find("notify").count(), 0, "the bot answers at once");
  assert.equal((await heard(page)).asked, 0);

  await visitor.says("I want to talk to a person");
  await visitor.find("notify").waitFor();
  await stage.photograph(page, "notify");
  assert.equal((await heard(page)).asked, 0, "nothing is asked before the click");
  await visitor.find("notify").click();
  await eventually("it is asked for", async () => (await heard(page)).asked === 1);
  await eventually("the offer goes", async () => (await visitor.find("notify").count()) === 0);

  await desk.opensThread();
  await looksAway(page, true);
  await desk.replies("Hello, Ana here.");
  await becomes("what is told", async () => (await heard(page)).told, [`The Shop | ${await desk.me.textContent()}: Hello, Ana here.`]);
  await visitor.closeButton.click();
  await page.evaluate(() => window.hinnyTestTold.onclick());
  await visitor.composer.waitFor();
  assert.equal((await heard(page)).asked, 1);
});

story("the title counts what came while nobody looked, and is itself again afterwards", async (stage) => {
  const scene = await visits(await openStore(stage));
  const { page, visitor, desk } = scene;
  await isHelped(scene);
  assert.equal(await page.title(), "The Shop: cart");
  await looksAway(page, true);
  await desk.replies("Are you there?");
  await becomes("the title", () => page.title(), "(1) The Shop: cart");
  await desk.replies("I have found it.");
  await becomes("the title", () => page.title(), "(2) The Shop: cart");
  await page.evaluate(() => (document.title = "The Shop: order"));
  await desk.replies("It leaves today.");
  await becomes("the page's own new title", () => page.title(), "(3) The Shop: order");
  await looksAway(page, false);
  await becomes("the title", () => page.title(), "The Shop: order");

  // Closed on a page that is looked at, the button counts.
  await visitor.closeButton.click();
  await desk.replies("One more thing.");
  await visitor.badge.filter({ hasText: "1" }).waitFor();
  assert.equal(await page.title(), "The Shop: order");
  await visitor.opensChat();
  await visitor.badge.waitFor({ state: "hidden" });
});

story("a person's answer sounds when nobody looks, and one switch silences it for good", async (stage) => {
  const scene = await visits(await openStore(stage));
  const { page, visitor, desk } = scene;
  await isHelped(scene);
  assert.equal((await heard(page)).tones, 0, "who looks needs no sound");
  await visitor.closeButton.click();
  await desk.replies("Number one.");
  await eventually("two tones", async () => (await heard(page)).tones === 2);
  await visitor.opensChat();
  await visitor.picks("mute");
  assert.equal(await visitor.find("notify").count(), 0, "silence is silence");
  await page.reload();
  await visitor.launcher.waitFor();
  await visitor.opensChat();
  await visitor.hears("agent", "Number one.");
  await visitor.closeButton.click();
  await desk.replies("Number two.");
  await visitor.badge.filter({ hasText: "1" }).waitFor();
  assert.equal((await heard(page)).tones, 0);
  await visitor.opensChat();
  await visitor.picks("mute");
  await visitor.closeButton.click();
  await desk.replies("Number three.");
  await eventually("it sounds again", async () => (await heard(page)).tones === 2);
});
