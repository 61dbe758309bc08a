/** The chat for those who do not see it, do not use a mouse, or cannot bear movement. */

import assert from "node:assert/strict";
import { becomes, eventually } from "../support/eventually.js";
import { welcome } from "../support/frames.js";
import { listen, walk } from "../support/reader.js";
import { openShop, QUESTIONS } from "../support/shop.js";
import { reaches, STATES } from "../support/states.js";
import { story } from "../support/story.js";

const state = (name) => STATES.find((one) => one.name === name);

/** Times differ from run to run. */
const timeless = (lines) => lines.map((line) => line.replace(/\d{1,2}:\d{2}(?! leave)/, "TIME")).filter((line) => line !== 'text ""');

story("a reader of the screen walks through the chat", async (stage) => {
  const shop = await openShop(stage);
  const { page, browser } = await reaches(shop, state("answer"));
  assert.deepEqual(timeless(await walk(page)), [
    'dialog "Lamp & Light"',
    'heading "Lamp & Light"',
    'text "The assistant answers right away"',
    'button "More" collapsed',
    'button "Close chat"',
    'log "Conversation"',
    'text "Assistant"',
    'text "Hello! How can we help?"',
    'text "You"',
    'text "How long does delivery take?"',
    'text "TIME"',
    'text "Sent"',
    'text "Assistant"',
    'text "Orders placed before "',
    'text "TIME"',
    'text " leave the same day."',
    'list ""',
    'listitem ""',
    'text "Germany, Austria: 1–2 working days"',
    'listitem ""',
    'text "The rest of Europe: 3–5 working days"',
    'text "You get a link to follow your parcel as soon as it leaves."',
    'group "Sources"',
    'link "How long does delivery take? www.example.com/help/orders"',
    'group "Did that help?"',
    'text "Did that help?"',
    'button "Yes"',
    'button "No"',
    'button "Talk to a person"',
    'text "TIME"',
    'button "Talk to a person"',
    'status ""',
    'form ""',
    'textbox "Your message"',
    'button "Emoji" collapsed',
    'button "Attach files"',
    'button "Send"',
  ]);
  await browser.close();

  const asked = await reaches(shop, state("suggestions"));
  const choices = (await walk(asked.page)).filter((line) => /^(button|group)/.test(line));
  assert.deepEqual(choices.slice(2, 5), ['group "What did you mean?"', 'button "How do I return a lamp that I bought in a shop?"', 'button "How do I return a lamp that I bought online?"']);

  const closed = await reaches(shop, state("unread"));
  assert.deepEqual(await walk(closed.page, "button"), ['button "Open chat, 1 new message" collapsed']);
});

story("each message is announced once, and nothing else is", async (stage) => {
  const shop = await openShop(stage);
  const { visitor, page, desk } = await shop.visit();
  await visitor.opensChat();
  await visitor.isOnline();
  await visitor.greeting.waitFor();
  await page.evaluate(listen);
  await visitor.says(QUESTIONS.sure);
  await visitor.hears("bot", "same day");
  await visitor.says(QUESTIONS.person);
  await visitor.isWith("waiting");
  await desk.opensThread(QUESTIONS.person);
  await desk.replies("Hello, Ana here.");
  await visitor.hears("agent", "Ana here.");
  await desk.replies("What can I do?");
  await visitor.hears("agent", "What can I do?");
  const answer = "Orders placed before 14:00 leave the same day. Germany, Austria: 1–2 working days";
  await becomes("what is announced", async () => (await heard(page)).map((line) => line.replace(answer, "ANSWER").replace(/ANSWER.*/, "ANSWER")), [
    `You ${QUESTIONS.sure}`,
    "Assistant ANSWER",
    `You ${QUESTIONS.person}`,
    "I am fetching a person for you. You can keep writing.",
    "Ana has joined.",
    "Ana Hello, Ana here.",
    "Ana What can I do?",
  ]);

  await page.reload();
  await visitor.launcher.waitFor();
  await visitor.opensChat();
  await visitor.hears("agent", "What can I do?");
  await page.evaluate(listen);
  await desk.replies("Still there?");
  await visitor.hears("agent", "Still there?");
  assert.deepEqual(await heard(page), ["Ana Still there?"]);
});

story("an answer that is written bit by bit is announced when it is complete", async (stage) => {
  const shop = await openShop(stage);
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  let socket = null;
  await page.routeWebSocket(/\/v1\/ws/, (one) => (socket = one));
  await page.goto(shop.website.url);
  await page.locator('hinny-chat [data-role="launcher"]').click();
  await eventually("the chat calls", () => socket);
  const says = (frame) => socket.send(JSON.stringify(frame));
  says({ ...welcome("The Shop", "c-1", 0), handling: "bot" });
  says({ type: "caught_up", seq: 0 });
  await page.locator('hinny-chat [data-role="greeting"]').waitFor();
  await page.evaluate(listen);
  const partial = page.locator('hinny-chat [data-role="partial"]');
  const paragraph = (text) => [{ type: "paragraph", children: [{ type: "text", text }] }];
  for (const text of ["We", "We ship", "We ship daily."]) {
    says({ type: "partial", text: paragraph(text) });
    await partial.filter({ hasText: text }).waitFor();
  }
  const event = { kind: "message", id: "b-1", author: { kind: "bot" }, text: paragraph("We ship daily."), sources: [], files: [] };
  says({ type: "event", seq: 1, at: Date.now(), event });
  await page.locator('hinny-chat [data-role="message"]').waitFor();
  assert.deepEqual(await heard(page), ["Assistant We ship daily."]);
});

story("the focus stays in the open chat, and goes back to the button", async (stage) => {
  const shop = await openShop(stage);
  const { page } = await reaches(shop, state("suggestions"));
  await page.locator('hinny-chat [data-role="composer"]').focus();
  const round = [];
  for (let stops = 0; stops < 20; stops++) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (now === round[0]) break;
    round.push(now);
  }
  assert.deepEqual(round.slice(0, 4), ["emoji", "attach", "send", "menu"]);
  assert.equal(round.at(-1), "composer");
  assert.ok(["close", "log", "choice", "other", "person", "attach", "emoji"].every((role) => round.includes(role)), round.join());
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Escape");
  await eventually("the button has the focus", async () => (await focused(page)) === "launcher");
  await page.keyboard.press("Tab");
  assert.notEqual(await focused(page), "launcher", "a closed chat holds nobody");
});

story("nothing moves for those who asked for it, and everything has an edge in forced colours", async (stage) => {
  const shop = await openShop(stage);
  const { page } = await reaches(shop, state("typing"));
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await eventually("the dots move", async () => (await moving(page)) > 0);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await eventually("nothing moves", async () => (await moving(page)) === 0);
  await page.emulateMedia({ forcedColors: "active" });
  assert.deepEqual(await page.evaluate(edgeless), []);
  await page.keyboard.press("Escape");
  assert.deepEqual(await page.evaluate(edgeless), []);
});

const heard = (page) => page.evaluate(() => window.hinnyHeard);

const moving = (page) => page.evaluate(() => document.querySelector("hinny-chat").shadowRoot.getAnimations().filter((one) => one.playState === "running").length);

/** The role of what has the focus, inside the widget too. */
function focused(page) {
  return page.evaluate(() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node?.dataset.role ?? node?.tagName ?? null;
  });
}

/** Runs in the page: what has only its background as an edge, which forced colours take away. */
function edgeless() {
  const root = document.querySelector("hinny-chat").shadowRoot;
  const shown = [...root.querySelectorAll(".launcher, .panel, .bubble, .send, .form")].filter((node) => node.checkVisibility());
  const has = (style, side) => style[`${side}Style`] !== "none" && parseFloat(style[`${side}Width`]) > 0;
  return shown.filter((node) => !["borderTop", "outline"].some((side) => has(getComputedStyle(node), side))).map((node) => node.className);
}
