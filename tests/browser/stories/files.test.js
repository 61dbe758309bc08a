/** Files between a visitor and the desk: pictures, documents, and what is not taken. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { becomes, eventually } from "../support/eventually.js";
import { picture } from "../support/picture.js";
import { openStore } from "../support/store.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const text = (name, words) => ({ name, mimeType: "text/plain", buffer: Buffer.from(words) });

story("a picture goes from the visitor to the desk, and another one back", async (stage) => {
  const { program, browser, page, visitor, desk } = await stage.inTouch();
  await visitor.attaches(picture("broken cart.png", 640, 480), text("log.txt", "error 7"));
  assert.equal(await visitor.chosen.count(), 2);
  await visitor.says("It looks like this");
  const sent = await visitor.seesPicture("visitor", "broken cart.png");
  assert.deepEqual(await sent.evaluate((node) => [node.getAttribute("width"), node.getAttribute("height")]), ["640", "480"]);
  await desk.seesPicture("visitor", "broken cart.png");
  await stage.photograph(page, "picture-to-the-desk");

  await desk.attaches(picture("fixed cart.png", 320, 640, [60, 160, 90]));
  await desk.writes("It should look like this");
  await desk.seesPicture("agent", "fixed cart.png");
  await visitor.hears("agent", "It should look like this");
  await visitor.seesPicture("agent", "fixed cart.png");
  await stage.photograph(page, "picture-to-the-visitor");

  const later = new Visitor(await browser.tab(`${program.url}/demo/site`));
  await later.opensChat();
  await later.seesPicture("visitor", "broken cart.png");
  await later.seesPicture("agent", "fixed cart.png");
  await becomes("both tabs", () => later.transcript(), await visitor.transcript());
});

story("files pass from a foreign page under a strict content policy", async (stage) => {
  const { desk, visit } = await openStore(stage);
  const { page, visitor } = await visit();
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  await visitor.attaches(picture("cart.png"));
  await visitor.says("Here");
  await desk.seesPicture("visitor", "cart.png");
  await desk.attaches(picture("answer.png"));
  await desk.writes("There");
  await visitor.seesPicture("agent", "answer.png");
  await visitor.seesPicture("visitor", "cart.png");
  await stage.photograph(page, "files-on-a-foreign-page");
});

story("a slow upload shows how far it is and can be called off; what stands beside it arrives", async (stage) => {
  const { website, program, desk, visit } = await openStore(stage, '[files]\nmax_size = "50MB"\n');
  const cable = await stage.cable(program.port);
  website.embeds(cable.url);
  const { page, visitor } = await visit();
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  cable.carriesAtMost(1_000_000);
  // More than the system keeps for itself on the way.
  await visitor.attaches(text("all.log", "one line of many\n".repeat(2_500_000)), text("short.log", "error 7"));
  await visitor.writes("Both of them");
  const bar = page.locator("hinny-chat progress").first();
  await eventually("it goes on, and is not there", () => bar.evaluate(({ value }) => value > 0 && value < 1));
  assert.match(await bar.getAttribute("aria-label"), /all\.log/);
  await stage.photograph(page, "upload-slow");
  await page.locator('hinny-chat [data-role="cancel"]').first().click();
  await visitor.own("Both of them", "stored").waitFor();
  const cards = desk.log.locator('[data-author="visitor"] [data-role="file"]');
  await cards.first().waitFor();
  await becomes("the desk has the other one", async () => (await cards.allTextContents()).map((card) => card.includes("short.log")), [true]);
  assert.equal(await page.locator("hinny-chat progress").count(), 0);
});

story("a document is a card that opens what was sent", async (stage) => {
  const { page, visitor, desk } = await stage.inTouch();
  await visitor.attaches(text("order.txt", "two boots, one sock"));
  await visitor.send.click();
  const card = desk.log.locator('[data-author="visitor"] [data-role="file"]');
  await card.filter({ hasText: "order.txt" }).waitFor();
  assert.equal(await card.getAttribute("aria-label"), "Open order.txt 1 kB");
  const [download] = await Promise.all([page.waitForEvent("download"), card.click()]);
  assert.equal(download.suggestedFilename(), "order.txt");
  assert.equal(await readFile(await download.path(), "utf8"), "two boots, one sock");

  await desk.attaches(picture("boots.png", 300, 200));
  await desk.writes("These?");
  await visitor.seesPicture("agent", "boots.png");
  const shown = visitor.log.locator('[data-author="agent"] [data-role="file"]');
  const [opened] = await Promise.all([page.waitForEvent("popup"), shown.click()]);
  await eventually("the picture has a tab of its own", () => new URL(opened.url()).pathname.startsWith("/v1/files/"));
  await becomes("its size", () => opened.evaluate(() => document.images[0]?.naturalWidth), 300);
  await opened.close();
});

story("what is too many, of a wrong kind or empty is refused before it leaves", async (stage) => {
  const { page, visitor } = await stage.inTouch();
  const drawing = { name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg onload='window.hinnyHit = 1'/>") };
  for (const [file, sentence] of [
    [drawing, "logo.svg is of a kind that cannot be sent."],
    [text("nothing.txt", ""), "nothing.txt is empty."],
  ]) {
    await visitor.attaches(file);
    await visitor.note.filter({ hasText: sentence }).waitFor();
  }
  assert.equal(await visitor.chosen.count(), 0);
  await visitor.attaches(...Array.from({ length: 9 }, (_, index) => text(`${index}.txt`, "x")));
  await visitor.note.filter({ hasText: /One message takes \d files\./ }).waitFor();
  await stage.photograph(page, "files-refused");
});

story("a file that lies about its kind is refused by the server, and the message says why", async (stage) => {
  const { page, visitor, desk } = await stage.inTouch();
  await visitor.attaches({ name: "cat.png", mimeType: "image/png", buffer: Buffer.from("<html><script>window.hinnyHit = 1</script>") });
  await visitor.writes("A cat");
  const failed = visitor.own("A cat", "failed");
  await failed.locator('[data-role="retry"]').waitFor();
  assert.match(await failed.textContent(), /Not sent\. \S+/);
  await stage.photograph(page, "file-that-lies");
  await failed.locator('[data-role="remove"]').click();
  await visitor.says("Without a file then");
  await desk.reads(["visitor: I want to talk to a person", "visitor: Without a file then"]);
});
