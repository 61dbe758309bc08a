/** Hostile words from both sides: they are shown as they are, nothing runs, and nobody else is asked for anything. */

import assert from "node:assert/strict";
import { becomes } from "../support/eventually.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const HOSTILE = [
  "<script>window.hinnyHit = 1</script>",
  "<img src=x onerror='window.hinnyHit = 2'>",
  "<svg onload='window.hinnyHit = 3'>",
  '"><iframe srcdoc="<script>parent.hinnyHit = 4</script>"></iframe>',
  "<a href='javascript:window.hinnyHit = 5'>click</a>",
  "javascript:window.hinnyHit = 6",
  "<img src='http://evil.example/pixel.png'>",
  "<style>@import 'http://evil.example/x.css';</style>",
  "<body onload=alert(7)>",
  "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(8)>",
  "${window.hinnyHit = 9} {{constructor.constructor('window.hinnyHit = 9')()}}",
  "</textarea></title></noscript><script>alert(10)</script>",
  "&lt;script&gt;alert(11)&lt;/script&gt; &#x3C;b&#x3E;",
  "<details open ontoggle=alert(12)>",
];

const MARKDOWN = [
  "[click](javascript:window.hinnyHit=20)",
  "[click](data:text/html,<script>window.hinnyHit=21</script>)",
  "see ![pixel](http://evil.example/pixel.png)",
  "<javascript:window.hinnyHit=22>",
  "[x](http://evil.example/\"onmouseover=\"window.hinnyHit=23)",
];

const TITLE = "<img src=x onerror='window.hinnyHit = 30'> & \"Cart\"";
const NAME = "<b onclick='window.hinnyHit = 31'>Ana</b>";

story("hostile words are shown literally and do nothing", async (stage) => {
  const website = await stage.website();
  const program = await stage.server(website.url);
  website.embeds(program.url);
  website.title = TITLE;
  const { desk, page: deskPage } = await stage.deskOf(program);
  const browser = await stage.browser();
  const page = await browser.tab(website.url);
  const visitor = new Visitor(page);
  await visitor.opensChat();
  await visitor.says("I want to talk to a person");
  for (const text of HOSTILE) await visitor.says(text);
  await becomes("the widget's own words", () => said(visitor.log, "visitor"), ["I want to talk to a person", ...HOSTILE]);

  await desk.opensThread();
  await becomes("the desk's copy", () => said(desk.log, "visitor"), ["I want to talk to a person", ...HOSTILE]);
  assert.equal(await desk.where.textContent(), TITLE);
  await desk.threads.first().filter({ hasText: HOSTILE.at(-1) }).waitFor();

  await renames(desk);
  const replies = [...HOSTILE, ...MARKDOWN];
  for (const text of replies) await desk.writes(text);
  await becomes("the replies in the widget", () => said(visitor.log, "agent"), replies);
  await becomes("the replies at the desk", () => said(desk.log, "agent"), replies);
  await visitor.who.filter({ hasText: NAME }).waitFor();

  await stage.photograph(page, "hostile-widget");
  await stage.photograph(deskPage, "hostile-desk");
  for (const [where, log] of [[page, visitor.log], [deskPage, desk.log]]) await nothingRan(where, log);
});

async function renames(desk) {
  await desk.me.click();
  const field = desk.page.locator('[data-role="name"]');
  await field.fill(NAME);
  await field.press("Enter");
  await desk.me.filter({ hasText: NAME }).waitFor();
}

/** The exact words of each message by this author. */
function said(log, author) {
  return log.evaluate((node, author) => {
    const messages = node.querySelectorAll(`[data-role="message"][data-author="${author}"] .bubble`);
    return Array.from(messages, (bubble) => bubble.textContent);
  }, author);
}

async function nothingRan(page, log) {
  assert.equal(await page.evaluate(() => window.hinnyHit), undefined, "no script ran");
  const found = await log.evaluate((node) => ({
    elements: node.querySelectorAll("img, script, iframe, style, form, math, details:not([data-role]), [onclick], [onerror], [onload]").length,
    links: Array.from(node.querySelectorAll("a[href]"), (link) => new URL(link.href).protocol),
  }));
  assert.equal(found.elements, 0, "no hostile element was made");
  assert.ok(found.links.every((protocol) => ["http:", "https:", "mailto:"].includes(protocol)), String(found.links));
}
