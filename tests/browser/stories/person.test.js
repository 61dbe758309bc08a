/** "Talk to a person" can be seen and pressed in every state in which no person is there yet. */

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { Model } from "../support/model.js";
import { picture } from "../support/picture.js";
import { openStore } from "../support/store.js";
import { story } from "../support/story.js";

const PASSWORD = "How do I reset my password?";

/** Nothing covers the button, and all of it is on the screen. */
async function canBePressed(visitor, when) {
  const seen = () =>
    visitor.person.evaluate((button) => {
      const { left, right, top, bottom } = button.getBoundingClientRect();
      const view = window.visualViewport ?? { height: innerHeight, offsetTop: 0 };
      const root = button.getRootNode();
      const corners = [[left + 8, top + 4], [right - 8, top + 4], [left + 8, bottom - 4], [(left + right) / 2, (top + bottom) / 2]];
      const free = corners.every(([x, y]) => button.contains(root.elementFromPoint(x, y)));
      const inside = left >= 0 && right <= innerWidth && top >= view.offsetTop && bottom <= view.offsetTop + view.height;
      return { free, inside, enabled: !button.disabled };
    });
  await eventually(`the button can be pressed ${when}`, async () => Object.values(await seen()).every(Boolean)).catch(async (error) => {
    throw new Error(`${error.message}: ${JSON.stringify(await seen())}`);
  });
}

/** A keyboard that takes the lower part of a phone's screen, as Safari tells it. */
function bringsKeyboard() {
  const view = Object.assign(new EventTarget(), { offsetTop: 0, offsetLeft: 0, scale: 1, width: innerWidth, height: innerHeight });
  Object.defineProperty(window, "visualViewport", { value: view });
  window.hinnyTestKeyboard = (height) => {
    view.height = innerHeight - height;
    view.dispatchEvent(new Event("resize"));
  };
}

story("a person can be asked for at the beginning, after an answer, with files, emoji and suggestions", async (stage) => {
  const { visit } = await openStore(stage, '\n[site.look]\nreplies = ["Do you ship to Norway?", "What are your opening hours?", "Where are your servers?"]\n[site.answers]\nanswer = 0.99');
  const { visitor } = await visit();
  await visitor.opensChat();
  await visitor.isOnline();
  await canBePressed(visitor, "at the beginning");
  await visitor.attaches(...["one", "two", "three"].map((name) => picture(`${name} long name of a picture.png`)));
  await canBePressed(visitor, "with chosen files");
  await visitor.says("Look at this");
  await visitor.says(PASSWORD);
  await visitor.find("choices").or(visitor.helped).first().waitFor();
  await canBePressed(visitor, "after an answer");
  await visitor.find("emoji").click();
  await canBePressed(visitor, "with emoji");
});

story("a person can be asked for while the bot writes, and that is what counts then", async (stage) => {
  const model = stage.kept(await Model.writing(["Open Settings, choose Security and press Reset"]));
  model.pauses();
  const { visit, desk } = await openStore(stage, `\n[site.model]\nbase_url = "${model.url}"\nmodel = "m"`);
  const { page, visitor } = await visit();
  await visitor.opensChat();
  await visitor.says(PASSWORD);
  await eventually("the model writes", () => model.asked === 1);
  await visitor.find("partial").filter({ hasText: "Security" }).waitFor();
  await stage.photograph(page, "bot-writes");
  await canBePressed(visitor, "while the bot writes");
  await visitor.person.click();
  await visitor.isWith("waiting");
  model.goesOn();
  await desk.opensThread();
  await eventually("nothing is half written", async () => (await visitor.find("partial").count()) === 0);
});

story("a person can be asked for on a phone with its keyboard open, and in the smallest windows", async (stage) => {
  const { visit } = await openStore(stage);
  const { page, visitor } = await visit({ onPhone: true }, (browser) => browser.context.addInitScript(bringsKeyboard));
  await visitor.launcher.tap();
  await visitor.composer.tap();
  await page.evaluate(() => window.hinnyTestKeyboard(336));
  await canBePressed(visitor, "over the keyboard");
  await stage.photograph(page, "phone-keyboard");
  await visitor.says(PASSWORD);
  await visitor.helped.waitFor();
  await canBePressed(visitor, "over the keyboard, after an answer");
  await page.evaluate(() => window.hinnyTestKeyboard(0));
  for (const viewport of [{ width: 320, height: 568 }, { width: 320, height: 256 }]) {
    const small = await visit({ viewport });
    await small.visitor.opensChat();
    await canBePressed(small.visitor, `at ${viewport.width} by ${viewport.height}`);
    await small.visitor.says(PASSWORD);
    await small.visitor.helped.waitFor();
    await canBePressed(small.visitor, `at ${viewport.width} by ${viewport.height}, after an answer`);
    await stage.photograph(small.page, `person-at-${viewport.height}`);
  }
});

story("a person can be asked for offline, and the wish is kept and told once", async (stage) => {
  const { visit, desk } = await openStore(stage);
  const { browser, page, visitor } = await visit();
  await visitor.opensChat();
  await visitor.says(PASSWORD);
  await visitor.hears("bot", "Security");
  await browser.offline(true);
  await visitor.status.filter({ hasText: "offline" }).waitFor();
  await canBePressed(visitor, "offline");
  await visitor.writes("Is somebody there?");
  await canBePressed(visitor, "with words on their way");
  await visitor.person.click();
  await eventually("once is enough", () => visitor.person.isDisabled());
  await stage.photograph(page, "person-asked-offline");
  await browser.offline(false);
  await visitor.isWith("waiting");
  await desk.opensThread();
  await desk.sees("visitor", "Is somebody there?");
  await visitor.lines.filter({ hasText: "fetching a person" }).waitFor();
});

story("the button for a person stays where it is: switched off while one is there, and good again when they have gone", async (stage) => {
  const { visit, desk } = await openStore(stage);
  const { page, visitor } = await visit();
  await visitor.opensChat();
  await visitor.person.click();
  await visitor.isWith("waiting");
  await visitor.says("My parcel is lost");
  await desk.opensThread();
  await desk.replies("Let me look.");
  await visitor.isWith("agent");
  await visitor.person.waitFor();
  await eventually("who has a person need not ask", () => visitor.person.isDisabled());
  await stage.photograph(page, "person-is-there");
  await desk.closeButton.click();
  await visitor.isWith("closed");
  await visitor.rating.waitFor();
  await canBePressed(visitor, "at the end");
  await visitor.rating.getByRole("radio", { name: "2 stars" }).check({ force: true });
  await visitor.find("comment").waitFor();
  await page.setViewportSize({ width: 320, height: 256 });
  await stage.photograph(page, "person-rating-small");
  await canBePressed(visitor, "at the end, in a small window");
  await visitor.person.click();
  await visitor.isWith("waiting");
});
