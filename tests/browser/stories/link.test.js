/** The chat's own page: from an e-mail, a QR code or an app, with and without a token. */

import assert from "node:assert/strict";
import { becomes, eventually } from "../support/eventually.js";
import { picture } from "../support/picture.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const elsewhere = "https://shop.example";
process.env.HINNY_TEST_IDENTITY = "kJ8s-2mQx!vB7tYw4Zr9Nc6Hd3Lf5Pg1";
const secret = 'identity_secret_env = "HINNY_TEST_IDENTITY"';

const link = (program, token) => `${program.url}/chat/shop${token ? `#token=${token}` : ""}`;

async function token(program, subject, name) {
  return (await program.run("token", "--site", "shop", "--sub", subject, "--name", name)).trim();
}

async function opens(browser, address) {
  const page = await browser.tab(address);
  const visitor = new Visitor(page);
  await visitor.composer.waitFor();
  return { page, visitor };
}

story("a link opens the chat as a page, on a phone, under a strict policy", async (stage) => {
  const program = await stage.server(elsewhere);
  const browser = await stage.browser({ onPhone: true });
  const { page, visitor } = await opens(browser, link(program));
  await visitor.isOnline();
  assert.equal(await page.title(), "The Shop");
  assert.equal(await visitor.launcher.isVisible(), false);
  const { width, height } = page.viewportSize();
  assert.deepEqual(await visitor.panel.boundingBox(), { x: 0, y: 0, width, height });
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  await stage.photograph(page, "link-phone");

  // The file picker.
  await visitor.attaches(picture("screen.png"));
  await visitor.chosen.waitFor();
  await visitor.writes("This is what I see");
  await visitor.seesPicture("visitor", "screen.png");

  // To another page and back.
  await page.goto(`${program.url}/healthz`);
  await page.goBack();
  await visitor.own("How do I reset my password?", "stored").waitFor();
  await visitor.isOnline();
});

story("on a large screen the page is a column that is easy to read", async (stage) => {
  const program = await stage.server(elsewhere);
  const browser = await stage.browser();
  const { page, visitor } = await opens(browser, link(program));
  await visitor.isOnline();
  const box = await visitor.panel.boundingBox();
  assert.deepEqual([box.y, box.height], [0, 800]);
  assert.ok(box.width > 400 && box.width < 900, `${box.width}`);
  await stage.photograph(page, "link");
});

story("the page asks for the visitor's language", async (stage) => {
  const program = await stage.server(elsewhere);
  const browser = await stage.browser({ locale: "de-DE" });
  const { page } = await opens(browser, link(program));
  assert.equal(await page.getAttribute("html", "lang"), "de-DE");
  const asked = browser.requests.map(({ url }) => new URL(url)).find(({ pathname }) => pathname.endsWith("/look"));
  assert.match(asked.search, /^\?de-DE,/);
});

story("a token in the link says who it is, is gone at once, and mixes nobody's words", async (stage) => {
  const program = await stage.serverWith(secret, elsewhere);
  const browser = await stage.browser();
  const anonymous = await opens(browser, link(program));
  await anonymous.visitor.says("I shop here in secret");

  const ada = await opens(browser, link(program, await token(program, "ada", "Ada Lovelace")));
  await ada.visitor.isOnline();
  assert.equal(ada.page.url(), link(program), "the token is not in the address");
  assert.equal(await ada.visitor.messages.count(), 0, "what was said without a name is not hers");
  await ada.visitor.says("I want to talk to a person");
  const { desk } = await stage.deskOf(program);
  await desk.opensThread("Ada Lovelace");

  await ada.page.reload();
  await ada.visitor.own("I want to talk to a person", "stored").waitFor();

  await anonymous.page.reload();
  await anonymous.visitor.own("I shop here in secret", "stored").waitFor();
  assert.equal(await anonymous.visitor.own("I want to talk", "stored").count(), 0);

  // Another person's link, opened in the same tab.
  await ada.page.goto(link(program, await token(program, "bob", "Bob")));
  await eventually("the tab is Bob's", async () => (await ada.visitor.composer.isVisible()) && (await ada.visitor.messages.count()) === 0 && ada.page.url() === link(program));
  await ada.visitor.says("Bob was here");
  await becomes("only Bob's words", () => ada.visitor.messages.filter({ hasText: "I want to talk" }).count(), 0);

  const asked = browser.requests.map(({ url }) => url).filter((url) => /eyJ|token=/.test(url));
  assert.deepEqual(asked, [], "no request carried a token in its address");
});

story("where an identity is required, only a link with a token opens the chat", async (stage) => {
  const program = await stage.serverWith(`${secret}\nidentity = "required"`, elsewhere);
  const browser = await stage.browser();
  const nobody = await opens(browser, link(program));
  await nobody.visitor.status.filter({ hasText: /\w/ }).waitFor();
  await eventually("it is refused", async () => (await nobody.visitor.panel.getAttribute("data-phase")) === "stopped");
  const ada = await opens(browser, link(program, await token(program, "ada", "Ada")));
  await ada.visitor.says("How do I reset my password?");
  await ada.visitor.hears("bot", "Security");
  await ada.page.reload();
  await ada.visitor.own("How do I reset my password?", "stored").waitFor();
  await ada.visitor.isOnline();
});

story("without JavaScript the page says what it needs", async (stage) => {
  const program = await stage.server(elsewhere);
  const browser = await stage.browser({ javaScriptEnabled: false });
  const page = await browser.tab(link(program));
  // Chromium reads the sentences as elements only where no script may run; what it shows, it decides before that.
  const sentences = page.locator("noscript p");
  assert.match(await sentences.first().textContent(), /^This chat needs JavaScript\./);
  assert.equal(await sentences.count(), 8);
});
