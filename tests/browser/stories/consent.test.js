/** A site that asks its visitors to agree first, and one that speaks first: what is seen, sent and written down. */

import assert from "node:assert/strict";
import { becomes, eventually } from "../support/eventually.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const CONSENT = `
consent = "We keep what you write for a year. See our [privacy notice](https://www.example.com/privacy)."
[site.words.de]
consent = "Wir bewahren ein Jahr auf, was Sie schreiben. [Datenschutz](https://www.example.com/datenschutz)"
`;

const PROACTIVE = `
[[site.proactive]]
page = "/"
after = "1s"
text = "Questions about our lamps?"
words = { de = "Fragen zu unseren Lampen?" }
`;

/** A website with the chat on it, whose site has these settings as well. */
async function shop(stage, settings, wishes = {}) {
  const website = await stage.website();
  const program = await stage.serverWith(settings, website.url);
  website.embeds(program.url);
  const visit = async (more = {}) => {
    const browser = await stage.browser({ ...wishes, ...more });
    const page = await browser.tab(website.url);
    const visitor = new Visitor(page);
    await visitor.launcher.waitFor();
    return { browser, page, visitor };
  };
  return { website, program, visit };
}

const role = (page, name) => page.locator(`hinny-chat [data-role="${name}"]`);
const stored = (page) => page.evaluate(() => ({ ...localStorage }));
const paths = (browser) => browser.requests.map(({ url }) => new URL(url).pathname).filter((path) => path !== "/favicon.ico");

story("before the visitor agrees nothing of them is sent or stored; then the team sees when they did", async (stage) => {
  const { program, visit } = await shop(stage, CONSENT);
  const { browser, page, visitor } = await visit();
  await visitor.launcher.click();
  const agree = role(page, "agree");
  await agree.waitFor();
  await becomes("the button", () => agree.textContent(), "Agree and write");
  assert.equal(await visitor.composer.isVisible(), false);
  assert.equal(await visitor.person.isVisible(), false);
  const link = role(page, "consent").locator("a");
  assert.deepEqual([await link.textContent(), await link.getAttribute("href")], ["privacy notice", "https://www.example.com/privacy"]);
  await stage.photograph(page, "consent");
  // All that was fetched is the same for everybody.
  const everybodys = ["/", "/widget.js", "/v1/sites/shop/look", "/widget-chat.js", "/widget-ask.js", "/v1/sites/shop/words/en"];
  assert.deepEqual(paths(browser).sort(), everybodys.sort());
  assert.deepEqual([browser.sockets, await stored(page), await browser.context.cookies()], [[], {}, []]);

  await agree.press("Enter");
  await visitor.composer.waitFor();
  await visitor.isOnline();
  await visitor.says("I want to talk to a person");
  const { desk } = await stage.deskOf(program);
  await desk.opensThread("talk to a person");
  const agreed = desk.conversation.locator('[data-role="agreed"]');
  await agreed.waitFor();
  assert.match(await agreed.textContent(), /^to the site's text, .*20\d\d/);
  await stage.photograph(desk.page, "consent-desk");
  // Who comes back is not asked again.
  await page.reload();
  await visitor.isOnline();
  await visitor.opensChat();
  assert.equal(await role(page, "consent").count(), 0);
});

story("consent is asked in the page's language, on a phone too", async (stage) => {
  const { website, visit } = await shop(stage, CONSENT);
  website.language = "de";
  const { page, visitor } = await visit({ onPhone: true });
  await visitor.launcher.click();
  await becomes("the button", () => role(page, "agree").textContent(), "Zustimmen und schreiben");
  await eventually("the text", async () => (await role(page, "consent").textContent()).includes("Wir bewahren ein Jahr auf"));
  await stage.photograph(page, "consent-phone");
});

story("a text speaks first, opens the chat as its greeting, and is not for who has used it", async (stage) => {
  const { visit } = await shop(stage, PROACTIVE);
  const { browser, page, visitor } = await visit();
  const said = role(page, "proactive-open");
  await said.waitFor();
  assert.equal(await said.textContent(), "Questions about our lamps?");
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true, "it takes no focus");
  assert.equal(await page.locator('hinny-chat [role="status"]').filter({ hasText: "lamps" }).count(), 1);
  assert.deepEqual([await stored(page), browser.sockets, await browser.context.cookies()], [{}, [], []]);
  assert.deepEqual(paths(browser), ["/", "/widget.js", "/v1/sites/shop/look", "/widget-proactive.js"]);
  await stage.photograph(page, "proactive");
  await said.click();
  await visitor.composer.waitFor();
  await becomes("the greeting", () => visitor.greeting.locator("[part~=bubble]").innerText(), "Questions about our lamps?");
  await visitor.isOnline();
  await eventually("it is remembered", async () => JSON.parse((await stored(page))["hinny:shop:proactive"] ?? "[]").length === 1);
  await page.clock.install();
  await page.reload();
  await visitor.launcher.waitFor();
  await eventually("the part looks at it", () => paths(browser).filter((path) => path === "/widget-proactive.js").length === 2);
  await page.clock.runFor(60_000);
  assert.equal(await said.count(), 0);
});

story("who closes it does not see it again, on no page", async (stage) => {
  const { website, visit } = await shop(stage, PROACTIVE);
  const { page, visitor } = await visit({ onPhone: true });
  const said = role(page, "proactive-open");
  await said.waitFor();
  await stage.photograph(page, "proactive-phone");
  await page.keyboard.press("Escape");
  await said.waitFor({ state: "detached" });
  const { ["hinny:shop:proactive"]: closed, ...rest } = await stored(page);
  assert.deepEqual([JSON.parse(closed).length, rest], [1, {}]);
  // The clock of the next page is ours, so that nobody waits for what does not come.
  await page.clock.install();
  await page.goto(website.url);
  await visitor.launcher.waitFor();
  await eventually("the part is there", () => role(page, "proactive").count());
  await page.clock.runFor(60_000);
  assert.equal(await said.count(), 0);
});
