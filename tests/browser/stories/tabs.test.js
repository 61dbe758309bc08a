/** Reload and a second tab: one conversation, the same everywhere. */

import assert from "node:assert/strict";
import { Desk } from "../support/desk.js";
import { sides, story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

story("a reload keeps everything, and nothing is there twice", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.says("Do I need a public URL?");
  await visitor.hears("bot", "long polling");
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  await desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here");
  const before = await visitor.transcript();

  await page.reload();
  const again = await sides(page);
  await again.visitor.opensChat();
  await again.visitor.reads(before);
  await again.visitor.isWith("agent");
  await again.visitor.says("Still here");
  await again.visitor.reads([...before, "visitor: Still here"]);
  await again.desk.opensThread("Still here");
  await again.desk.sees("visitor", "Still here");
  await stage.photograph(page, "reloaded");
});

story("what came while the chat was closed is counted on the button", async (stage) => {
  const { page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  await visitor.closeButton.click();
  await desk.replies("First.");
  await desk.replies("Second.");
  await visitor.badge.filter({ hasText: "2" }).waitFor();
  await stage.photograph(page, "unread");
  await visitor.opensChat();
  await visitor.hears("agent", "Second.");
  await visitor.closeButton.click();
  await visitor.launcher.waitFor();
  assert.ok(await visitor.badge.isHidden(), "what was seen is not counted again");
});

story("a second tab shows the same conversation, live both ways", async (stage) => {
  const program = await stage.demo();
  const { browser, page, visitor, desk } = await stage.demoWindow(program);
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  await desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here");

  const second = new Visitor(await browser.tab(`${program.url}/demo/site`));
  await second.opensChat();
  await second.reads(await visitor.transcript());
  await second.says("From the second tab");
  await visitor.own("From the second tab", "stored").waitFor();
  await visitor.says("From the first tab");
  await second.own("From the first tab", "stored").waitFor();
  await desk.replies("Seen both.");
  await second.hears("agent", "Seen both.");
  await visitor.hears("agent", "Seen both.");
  assert.deepEqual(await second.transcript(), await visitor.transcript());
  await desk.reads([
    "visitor: I want to talk to a person",
    "agent: Hello, Ana here.",
    "visitor: From the second tab",
    "visitor: From the first tab",
    "agent: Seen both.",
  ]);
  await stage.photograph(page, "two-tabs-first");
  await stage.photograph(second.page, "two-tabs-second");

  const colleague = new Desk(await browser.tab(`${program.url}/desk`));
  await colleague.isSignedIn();
  await colleague.opensThread();
  await colleague.reads(await desk.transcript());
  await stage.photograph(colleague.page, "desk-second-tab");
});

story("two tabs that were open before the first word find each other", async (stage) => {
  const program = await stage.demo();
  const browser = await stage.browser();
  const first = new Visitor(await browser.tab(`${program.url}/demo/site`));
  const second = new Visitor(await browser.tab(`${program.url}/demo/site`));
  await first.opensChat();
  await first.isOnline();
  await second.opensChat();
  await second.isOnline();
  await first.says("What does hinny cost?");
  await first.hears("bot", "free software");
  await second.hears("bot", "free software");
  assert.deepEqual(await second.transcript(), await first.transcript());
  await second.says("I want to talk to a person");
  await first.isWith("waiting");
  await first.reads(await second.transcript());
});
