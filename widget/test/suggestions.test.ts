/** The bot asks what is meant: buttons that can be pressed once, while they are the last word. */

import "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { server, Tab, tree, visitor } from "./chat";
import { eventually } from "./support";

const buttons = { choices: ["Reset my password?", "<b>Change</b> my mail?"], other: "None of these" };
const asks = (suggestions: unknown = buttons) => ({ kind: "message", id: "e3", author: { kind: "bot" }, text: tree("Did you mean one of these?"), sources: [], suggestions });

const shown = (tab: Tab) => Array.from(tab.find("log").querySelectorAll<HTMLButtonElement>('[data-role="choices"] button'));
const usable = (tab: Tab) => shown(tab).filter((one) => !one.disabled);
const pressed = () => server.heard.filter((one) => one.type === "choose");

async function asked(tab: Tab): Promise<void> {
  server.tell(visitor("m1", "Password mail"));
  server.tell(asks());
  await eventually("three buttons", () => usable(tab).length === 3);
}

test("suggestions are buttons with their words as words, named as a group", async () => {
  const tab = await new Tab().opened();
  await asked(tab);
  assert.deepEqual(shown(tab).map((one) => one.textContent), ["Reset my password?", "<b>Change</b> my mail?", "None of these"]);
  const group = tab.find("log").querySelector('[data-role="choices"]')!;
  assert.equal(group.getAttribute("role"), "group");
  assert.equal(group.getAttribute("aria-label"), "What did you mean?");
});

test("a press is sent once with its choice, shown as the visitor's words, and ends the buttons in every tab", async () => {
  const [one, two] = [await new Tab().opened(), await new Tab().opened()];
  await asked(one);
  await eventually("the other tab", () => usable(two).length === 3);
  shown(one)[1]!.click();
  shown(one)[0]!.click();
  await eventually("on its way", () => pressed().length === 1);
  assert.deepEqual({ ...pressed()[0], id: "" }, { type: "choose", id: "", of: "e3", choice: 1 });
  assert.equal(usable(one).length, 0);
  const { id } = pressed()[0] as { id: string };
  server.tell(visitor(id, "<b>Change</b> my mail?"));
  await eventually("used everywhere", () => usable(one).length + usable(two).length === 0);
  assert.equal(one.find("log").querySelectorAll(`[data-author="visitor"]`).length, 2);
});

test("none of these has no choice; after a reload the buttons are there again until something was said", async () => {
  const tab = await new Tab().opened();
  await asked(tab);
  const later = await new Tab().opened();
  await eventually("again", () => usable(later).length === 3);
  shown(later)[2]!.click();
  await eventually("told", () => pressed().length === 1);
  assert.ok(!("choice" in pressed()[0]!), JSON.stringify(pressed()[0]));
  server.tell({ kind: "handling", handling: "waiting", reason: "low_confidence", agent: null });
  await eventually("over", () => usable(tab).length === 0);
});

test("suggestions without a proper shape are only a message", async () => {
  const tab = await new Tab().opened();
  server.tell(asks({ choices: "x", other: 1 }));
  await tab.reads("bot stored Did you mean one of these?");
  assert.equal(shown(tab).length, 0);
});

test("a half answer is shown until the next event, and is no message", async () => {
  const tab = await new Tab().opened();
  server.broadcast(JSON.stringify({ type: "partial", text: tree("Open the") }));
  await eventually("the half", () => tab.find("log").querySelector('[data-role="partial"]')?.textContent?.includes("Open the"));
  server.tell({ kind: "message", id: "e9", author: { kind: "bot" }, text: tree("Open the settings."), sources: [] });
  await tab.reads("bot stored Open the settings.");
  assert.equal(tab.find("log").querySelector('[data-role="partial"]'), null);
});
