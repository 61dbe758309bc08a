/** `kill -9` and a start later: the same conversation on both sides, nothing missing, nothing twice. */

import { sides, story } from "../support/story.js";

story("the server is killed and started again", async (stage) => {
  const program = await stage.demo();
  const { page, visitor, desk } = await stage.demoWindow(program);
  await visitor.opensChat();
  await visitor.says("Do I need a public URL?");
  await visitor.hears("bot", "long polling");
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  await desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here");
  const [seen, atDesk] = [await visitor.transcript(), await desk.transcript()];

  await program.kill();
  await visitor.status.filter({ hasText: "Reconnecting" }).waitFor();
  await visitor.writes("Are you still there?");
  await visitor.reads([...seen, "visitor: Are you still there? [sending]"]);
  await desk.link.filter({ hasText: "Reconnecting" }).waitFor();
  await stage.photograph(page, "server-killed");

  await program.start();
  await visitor.own("Are you still there?", "stored").waitFor();
  await desk.sees("visitor", "Are you still there?");
  await visitor.reads([...seen, "visitor: Are you still there?"]);
  await desk.reads([...atDesk, "visitor: Are you still there?"]);
  await desk.replies("Yes, I am.");
  await visitor.hears("agent", "Yes, I am.");
  await stage.photograph(page, "server-is-back");

  await page.reload();
  const again = await sides(page);
  await again.visitor.opensChat();
  await again.desk.opensThread();
  const name = await again.desk.me.textContent();
  await again.visitor.reads([...seen, "visitor: Are you still there?", `${name}: Yes, I am.`]);
  await again.desk.reads([...atDesk, "visitor: Are you still there?", "agent: Yes, I am."]);
});

story("a reply that was written while the server was down arrives once", async (stage) => {
  const program = await stage.demo();
  const { page, visitor, desk } = await stage.demoWindow(program);
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  await program.kill();
  await desk.link.filter({ hasText: "Reconnecting" }).waitFor();
  await desk.writes("I write into the dark.");
  await desk.log.locator('[data-role="reply"]').filter({ hasText: "into the dark" }).waitFor();
  await stage.photograph(page, "reply-waits");
  await program.start();
  await visitor.hears("agent", "into the dark");
  const name = await desk.me.textContent();
  await desk.reads(["visitor: I want to talk to a person", "agent: I write into the dark."]);
  await visitor.reads([
    "visitor: I want to talk to a person",
    "(I am fetching a person for you. You can keep writing.)",
    `(${name} has joined.)`,
    `${name}: I write into the dark.`,
  ]);
});
