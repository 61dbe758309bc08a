/** The chat in other engines than Chromium, from the button to a person's words. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Firefox, WebKit } from "../support/engines.js";
import { eventually } from "../support/eventually.js";
import { story } from "../support/story.js";

const screenshots = fileURLToPath(new URL("../screenshots", import.meta.url));

for (const [name, Engine] of Object.entries({ Firefox, WebKit })) {
  story(`in ${name} a visitor asks, is answered, asks for a person and hears from one`, (stage) => talks(stage, name, Engine), Engine.program ? false : `there is no ${name} here`);
}

async function talks(stage, name, Engine) {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  const { desk } = await stage.deskOf(program);
  const engine = stage.kept(await Engine.open());
  await engine.goes(website.url);
  await engine.clicks("launcher");
  await engine.says("How do I reset my password?");
  await engine.reads("bot", "Security");
  await engine.clicks("person");
  await desk.opensThread();
  await desk.replies("Hello, Ana here.");
  await engine.reads("agent", "Ana here");
  await engine.says("It works now, thank you!");
  await desk.sees("visitor", "It works now");
  await mkdir(screenshots, { recursive: true });
  await engine.photograph(join(screenshots, `engine-${name.toLowerCase()}.png`));

  // The strict policy of the page was kept, and what was said is there on the next page.
  await engine.goes(website.url);
  await engine.clicks("launcher");
  await engine.reads("agent", "Ana here");
  const box = await engine.run(() => {
    const { position, display } = getComputedStyle(document.querySelector("hinny-chat").shadowRoot.querySelector("[data-role=panel]"));
    return { position, display };
  });
  assert.deepEqual(box, { position: "fixed", display: "flex" });
  await eventually("the menu is there", () => engine.run(() => Boolean(document.querySelector("hinny-chat").shadowRoot.querySelector("[data-role=menu]"))));
}
