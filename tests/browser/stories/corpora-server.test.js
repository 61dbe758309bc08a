/**
 * The same thousands of hostile strings through the real server: said by visitors, written in its knowledge and by its
 * language model, as names of people and of files, as titles and addresses of pages.
 */

import assert from "node:assert/strict";
import { absent, payloads, pieces } from "../support/corpora.js";
import { eventually } from "../support/eventually.js";
import { Model } from "../support/model.js";
import { Program } from "../support/program.js";
import { story } from "../support/story.js";
import { noticed, setTraps, watchNodes } from "../support/traps.js";
import { Visitor } from "../support/visitor.js";
import { Caller, identity } from "../support/visitors.js";

const SECRET = "a secret of thirty-two bytes and more, for these stories only";

/** So many messages stand in one conversation. */
const TOGETHER = 250;

/** So many visitors speak at the same time. */
const AT_ONCE = 8;

story("hostile messages, names, titles, addresses and files pass through the server and do nothing", async (stage) => {
  const words = payloads();
  const { program, website } = await shopFor(stage, { "knowledge/faq.md": "# FAQ\n\n## Where are you?\n\nIn Finland.\n" });
  const { desk, page: deskPage } = await stage.deskOf(program);
  const shares = [...pieces(words, TOGETHER)];
  const told = [];
  const tell = async (share, nth) => void (told[nth] = await says(program.url, share, nth));
  for (const some of pieces([...shares.entries()], AT_ONCE)) await Promise.all(some.map(([nth, share]) => tell(share, nth)));

  const chat = await watched(stage);
  const team = await watchedDesk(deskPage);
  for (const [nth, share] of shares.entries()) {
    await agentWrites(deskPage, program.url, told[nth], share);
    const visitor = await opens(chat, website.url, told[nth]);
    const said = () => visitor.log.locator('[data-role="message"][data-author="visitor"] .bubble').allTextContents();
    await eventually("all that was said is there", async () => (await said()).length > share.length);
    assert.deepEqual((await said()).slice(0, share.length).map(plain), share.map(plain));
    await nothingHappened(chat, nth);
    await team.shows(told[nth].conversation, share.length);
    await nothingHappened({ page: deskPage }, nth);
    assert.ok((await desk.where.textContent()).length > 0, "the page is told");
  }
  console.log(`server: ${words.length} messages in ${shares.length} conversations`);
}, absent);

story("hostile knowledge and a hostile model pass through the server and do nothing", async (stage) => {
  const words = payloads();
  const model = stage.kept(await Model.writing(words));
  const questions = asked();
  const shares = [...pieces(words, Math.ceil(words.length / questions.length))];
  const faq = questions.map((question, nth) => `## ${question}\n\n${(shares[nth] ?? ["Nothing."]).join("\n\n")}\n`).join("\n");
  const { program, website } = await shopFor(stage, { "knowledge/faq.md": `# FAQ\n\n${faq}` }, model);
  const answers = await Promise.all([...pieces(questions, Math.ceil(questions.length / AT_ONCE))].map((some, nth) => asks(program.url, some, nth)));
  const chat = await watched(stage);
  for (const [nth, told] of answers.entries()) {
    const visitor = await opens(chat, website.url, told);
    await visitor.own(told.last, "stored").waitFor();
    await nothingHappened(chat, nth);
  }
  const answered = answers.reduce((sum, one) => sum + one.answered, 0);
  console.log(`knowledge: ${words.length} strings in ${questions.length} entries, ${answered} answers; the model was asked ${model.asked} times`);
  assert.ok(answered > questions.length / 2, `${answered} answers to ${questions.length} questions`);
  assert.ok(model.asked > 0, "the model was asked");
}, absent);

async function shopFor(stage, files, model) {
  const website = await stage.website();
  const program = await stage.started(await Program.from({ files: { ...files, secret: SECRET }, configuration: (port) => configuration(port, website.url, model) }));
  website.embeds(program.url);
  website.files.set("/quiet", { type: "text/plain", text: "There is no chat here." });
  return { website, program };
}

const configuration = (port, origin, model) => `
listen = "127.0.0.1:${port}"

[limits]
messages_burst = 1000000
messages_per_minute = 1000000
address_messages_burst = 1000000
address_messages_per_minute = 1000000
sessions_burst = 1000
hellos_burst = 1000000
hellos_per_minute = 1000000

[desk]
enabled = true

[[site]]
id = "shop"
name = "<img src=x onerror=alert(1)>"
greeting = "<svg onload=alert(2)>"
origins = ["${origin}"]
identity_secret_file = "secret"

[site.answers]
answer = 0.1
suggest = 0.05

[site.knowledge]
paths = ["knowledge"]
${model ? `\n[site.model]\nbase_url = "${model.url}"\nmodel = "m"\nvisitor_tokens = 1000000000\nsite_tokens = 1000000000` : ""}
`;

/** A visitor with a hostile name asks for a person, says all of this from hostile pages, and sends hostile files. */
async function says(server, words, nth) {
  const caller = await Caller.begins(server, identity(SECRET, { sub: `visitor ${nth}`, name: words[0], email: words[1], attributes: { [words[2].slice(0, 50)]: words[3] } }));
  const { conversation } = await caller.post("person", { id: `p-${nth}` });
  for (const [at, text] of words.entries()) {
    const url = at % 2 ? text : `https://www.example.com/?${encodeURIComponent(text)}`;
    await caller.say(`m-${nth}-${at}`, text, { page: { url: url.slice(0, 1000), title: text.slice(0, 200), referrer: text.slice(0, 1000) } });
  }
  const ids = [];
  for (const name of words.slice(0, 5)) ids.push((await caller.post(`files?name=${encodeURIComponent(`${name}.txt`)}`, Buffer.from("two boots, one sock"))).id);
  await caller.say(`f-${nth}`, "", { files: ids });
  return { token: caller.token, conversation };
}

/** An agent with a hostile name writes hostile lines. */
async function agentWrites(page, server, { conversation }, words) {
  const call = async (path, data) => {
    const answer = await page.request.post(`${server}/desk/api/${path}`, { data, headers: { Origin: server } });
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  };
  const lines = words.slice(0, 5);
  for (const [at, text] of lines.entries()) {
    const name = text.replace(/\p{C}/gu, " ").trim().slice(0, 50) || "Ana";
    await call("name", { name });
    await call(`conversations/${conversation}/lines`, { id: `l-${at}`, text: `Look: ${text}` });
  }
}

/** 190 questions that differ in more than one word. */
function asked() {
  const verbs = "clean paint carry wash mend charge mount weigh rent trade ship wrap fold store heat cool sell water polish".split(" ");
  const things = "piano bicycle kettle curtain ladder carpet mirror oven saddle teapot".split(" ");
  return things.flatMap((thing) => verbs.map((verb) => `How do I ${verb} the ${thing}?`));
}

/** Asks one after the other, and waits each time until the bot has said something or a person is fetched. */
async function asks(server, questions, nth) {
  const caller = await Caller.begins(server, identity(SECRET, { sub: `asker ${nth}` }));
  const read = async () => (await fetch(`${server}/v1/conversation`, { headers: { Authorization: `Bearer ${caller.token}` } })).json();
  let conversation;
  for (const [at, question] of questions.entries()) {
    const { seq, ...stored } = await caller.say(`q-${nth}-${at}`, question);
    conversation = stored.conversation;
    const ended = ({ seq: when, event }) => when > seq && (event.author?.kind === "bot" || event.kind === "handling");
    await eventually(`an end of: ${question}`, async () => (await read()).events.some(ended));
  }
  const answered = (await read()).events.filter(({ event }) => event.author?.kind === "bot").length;
  return { token: caller.token, conversation, answered, last: questions.at(-1) };
}

async function watched(stage) {
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  await page.addInitScript(setTraps);
  return { browser, page };
}

/** Opens the chat of somebody whose session is known. */
async function opens({ page }, url, { token, conversation }) {
  // No chat of somebody else may stand on the page while this is written.
  await page.goto(`${url}/quiet`);
  await page.evaluate((kept) => localStorage.setItem("hinny:shop", JSON.stringify(kept)), { token, conversation, seen: 0, unsent: [] });
  await page.goto(url);
  const visitor = new Visitor(page);
  await visitor.launcher.waitFor();
  await page.evaluate(watchNodes, false);
  await visitor.opensChat();
  return visitor;
}

async function watchedDesk(page) {
  await page.addInitScript(setTraps);
  await page.reload();
  await page.evaluate(watchNodes, true);
  const shows = async (conversation, messages) => {
    await page.evaluate((id) => void (location.hash = `c=${id}`), conversation);
    const shown = page.locator(`[data-role="conversation"][data-conversation="${conversation}"] [data-role="message"]`);
    await eventually("the desk shows it", async () => (await shown.count()) >= messages);
  };
  return { shows };
}

async function nothingHappened({ browser, page }, nth) {
  const { strange, seen } = await page.evaluate(noticed);
  assert.deepEqual(strange, [], `conversation ${nth}`);
  assert.ok(seen > 0, "something was looked at");
  browser?.check();
}

/** Lines become paragraphs and breaks, and the server takes away what cannot be seen: what is left has the same signs. */
const plain = (text) => text.replace(/[\p{C}\p{Z}\s]+/gu, "");
