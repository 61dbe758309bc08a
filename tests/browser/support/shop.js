/**
 * A small shop with the chat on its page, for pictures and for everything that is looked at in all states: a server
 * with its own knowledge, a team at the desk, and a page that is worth a photograph.
 */

import { fileURLToPath } from "node:url";
import { Model } from "./model.js";
import { portrait } from "./picture.js";
import { Program } from "./program.js";
import { Visitor } from "./visitor.js";

const knowledge = fileURLToPath(new URL("../../../fixtures/shop", import.meta.url));

/** What the bot is sure about, what may mean several things, and what it cannot know. */
export const QUESTIONS = {
  sure: "How long does delivery take?",
  vague: "How do I return a lamp?",
  unknown: "Can you send me a paper catalogue?",
  person: "I want to talk to a person",
};

/** The people whom visitors see before they write. */
const FACES = { "ana.png": portrait([240, 196, 160], [92, 58, 40]), "ben.png": portrait([214, 160, 120], [38, 34, 40]) };

/** Opens the shop on a stage, with an agent at the desk. */
export async function openShop(stage) {
  const pages = {};
  for (const name of ["website", "second", "arabic", "inside", "unlisted"]) pages[name] = await stage.website();
  const { unlisted, ...listed } = pages;
  const origins = Object.values(listed).map(({ url }) => url);
  const program = await stage.started(await Program.from({ knowledge, files: FACES, configuration: (port) => configuration(port, origins) }));
  for (const page of Object.values(pages)) {
    page.embeds(program.url);
    page.dresses(body(), css);
  }
  Object.assign(pages.arabic, { language: "ar", direction: "rtl" });
  Object.assign(pages.inside, { attributes: ' data-inline="#chat"' });
  const { desk, page } = await stage.deskOf(program);
  await renames(desk, "Ana");
  return new Shop({ stage, ...pages, program, desk, deskPage: page });
}

/** The same shop with a language model that stops in the middle of its answer, for one of its pages. */
export async function writingShop({ stage, second }) {
  const model = stage.kept(await Model.writing(["Orders placed before 14:00 leave the same day"]));
  model.pauses();
  const program = await stage.started(await Program.from({ knowledge, files: FACES, configuration: (port) => configuration(port, [second.url], model) }));
  second.embeds(program.url);
  return { url: second.url };
}

class Shop {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Somebody new comes to the page. */
  async visit(wishes = {}) {
    const browser = await this.stage.browser(wishes);
    const page = await browser.tab(wishes.url ?? this.website.url);
    const visitor = new Visitor(page);
    // Where the chat stands open in the page there is no button.
    await visitor.launcher.or(visitor.composer).first().waitFor();
    return { shop: this, desk: this.desk, browser, page, visitor };
  }
}

async function renames(desk, name) {
  await desk.me.click();
  const field = desk.page.locator('[data-role="name"]');
  await field.fill(name);
  await field.press("Enter");
  await desk.me.filter({ hasText: name }).waitFor();
}

function configuration(port, origins, model) {
  return `
listen = "127.0.0.1:${port}"

[timing]
outbox_poll = "100ms"
alarm_poll = "50ms"

[limits]
sessions_burst = 1000
hellos_burst = 1000
hellos_per_minute = 10000

[desk]
enabled = true

[[site]]
id = "shop"
name = "Lamp & Light"
greeting = "Hello! How can we help?"
origins = ${JSON.stringify(origins)}

[site.look]
replies = ["Where is my order?", "How do I return a lamp?", "Which bulb fits?"]
[[site.look.team]]
name = "Ana"
photo = "ana.png"
[[site.look.team]]
name = "Ben"
photo = "ben.png"
[[site.look.team]]
name = "Chloé"

[site.answers]
# A question that may mean one of three things is asked about.
answer = 0.95

[site.knowledge]
paths = ["knowledge"]
base_url = "https://www.example.com/help/"
${model ? `[site.model]\nbase_url = "${model.url}"\nmodel = "m"` : ""}
`;
}

function body() {
  const card = (name, price) => `<li><div class="lamp" aria-hidden="true"></div><b>${name}</b><span>${price}</span></li>`;
  return `
    <header><strong>Lamp &amp; Light</strong><nav aria-label="Shop"><a href="#new">New</a><a href="#lamps">Lamps</a><a href="#bulbs">Bulbs</a></nav></header>
    <main>
      <h1>Light for long evenings</h1>
      <p>Lamps made of oak, linen and glass, repaired for as long as you have them.</p>
      <ul>${card("Fjord", "€ 89")}${card("Moss", "€ 129")}${card("Harbour", "€ 64")}${card("Dune", "€ 149")}</ul>
      <div id="chat"></div>
    </main>`;
}

const css = `
  :root { color-scheme: light dark; --back: #faf8f5; --ink: #2b2622; --soft: #6d645b; --card: #efe9e1; }
  @media (prefers-color-scheme: dark) { :root { --back: #14120f; --ink: #ece6de; --soft: #a89f94; --card: #24201b; } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  header { display: flex; flex-wrap: wrap; gap: 8px 24px; justify-content: space-between; padding: 20px clamp(16px, 5vw, 64px); }
  nav { display: flex; gap: 20px; }
  a { color: inherit; padding: 4px 0; }
  main { padding: 32px clamp(16px, 5vw, 64px); }
  h1 { margin: 0 0 8px; font-size: clamp(28px, 4vw, 44px); line-height: 1.15; overflow-wrap: anywhere; }
  p { margin: 0 0 32px; color: var(--soft); }
  ul { display: grid; gap: 20px; grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr)); margin: 0; padding: 0; list-style: none; }
  li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 12px; }
  .lamp { width: 100%; aspect-ratio: 4 / 5; border-radius: 12px; background: var(--card); }
  li span { color: var(--soft); }
  #chat:not(:empty) { height: min(560px, 90vh); border: 1px solid var(--card); border-radius: 12px; overflow: hidden; }
`;
