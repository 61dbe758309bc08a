/** The network goes and comes back: what was written meanwhile is kept, shown as waiting, and sent once. */

import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

/** A visitor may send 20 messages at once; the next ones are taken one a second. */
const MORE_THAN_THE_BURST = 28;

story("a message written offline is kept and sent once", async (stage) => {
  const { browser, page, visitor, desk } = await stage.demoWindow(await stage.demo());
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await desk.opensThread();
  await desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here");
  const before = await visitor.transcript();

  await browser.offline(true);
  await visitor.status.filter({ hasText: "offline" }).waitFor();
  await visitor.writes("Written in a tunnel");
  await visitor.writes("And another one");
  await visitor.reads([...before, "visitor: Written in a tunnel [sending]", "visitor: And another one [sending]"]);
  await desk.writes("Are you there?");
  await stage.photograph(page, "offline");

  await browser.offline(false);
  await visitor.own("And another one", "stored").waitFor();
  await visitor.hears("agent", "Are you there?");
  await desk.sees("visitor", "And another one");
  await desk.sees("agent", "Are you there?");
  await eachIsThereOnce(visitor, desk, ["Written in a tunnel", "And another one", "Are you there?"]);
  await stage.photograph(page, "online-again");
});

story("an answer that was lost on its way makes nothing double", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  const cable = await stage.cable(program.port);
  website.embeds(cable.url);
  const { desk } = await stage.deskOf(program);
  const browser = await stage.browser();
  const visitor = new Visitor(await browser.tab(website.url));
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  await desk.opensThread();

  cable.losesAnswers();
  await visitor.writes("Did you get this?");
  await desk.sees("visitor", "Did you get this?");
  await visitor.own("Did you get this?", "sending").waitFor();
  cable.cut();
  await visitor.status.filter({ hasText: "Reconnecting" }).waitFor();
  await desk.replies("Yes, once.");
  cable.mend();
  await visitor.own("Did you get this?", "stored").waitFor();
  await visitor.hears("agent", "Yes, once.");
  await eachIsThereOnce(visitor, desk, ["Did you get this?", "Yes, once."]);
});

story("a message survives its tab", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  const cable = await stage.cable(program.port);
  website.embeds(cable.url);
  const browser = await stage.browser();
  const visitor = new Visitor(await browser.tab(website.url));
  await visitor.opensChat();
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  cable.cut();
  await visitor.writes("Do you ship to Norway?");
  await visitor.own("Do you ship to Norway?", "sending").waitFor();
  await visitor.page.close();
  cable.mend();

  const later = new Visitor(await browser.tab(website.url));
  await later.opensChat();
  await later.hears("bot", "every country");
  await later.reads([
    "visitor: How do I reset my password?",
    "bot: Open Settings, choose Security and press Reset.",
    "visitor: Do you ship to Norway?",
    "bot: Yes, to every country in Europe.",
  ]);
});

story("who writes faster than the limit waits, and loses nothing", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const browser = await stage.browser();
  const visitor = new Visitor(await browser.tab(website.url));
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  const lines = Array.from({ length: MORE_THAN_THE_BURST }, (_, at) => `line ${at + 1} of a long story`);
  for (const line of lines) await visitor.writes(line);
  await stage.photograph(visitor.page, "faster-than-the-limit");
  await visitor.own(lines.at(-1), "stored").waitFor();
  await visitor.reads([
    "visitor: I want to talk to a person",
    "(I am fetching a person for you. You can keep writing.)",
    ...lines.map((line) => `visitor: ${line}`),
  ]);
  const { desk } = await stage.deskOf(program);
  await desk.opensThread();
  await desk.reads(["I want to talk to a person", ...lines].map((line) => `visitor: ${line}`));
});

async function eachIsThereOnce(visitor, desk, texts) {
  for (const [where, side] of Object.entries({ widget: visitor, desk })) {
    const lines = (await side.transcript()).map((line) => line.slice(line.indexOf(": ") + 2));
    for (const text of texts) {
      const count = lines.filter((line) => line === text).length;
      if (count !== 1) throw new Error(`"${text}" is ${count} times in the ${where}: ${lines.join(" | ")}`);
    }
  }
}
