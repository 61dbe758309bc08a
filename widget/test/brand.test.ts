/** What a site shows of itself: logo, team and replies, from a welcome that may say anything. */

import "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { server, Tab } from "./chat";
import { eventually } from "./support";

const find = (tab: Tab, role: string) => tab.chat.shadowRoot!.querySelector<HTMLElement>(`[data-role="${role}"]`);

async function branded(brand: object): Promise<Tab> {
  server.brand = brand;
  const tab = await new Tab().opened();
  await eventually("the site's face", () => find(tab, "team"));
  return tab;
}

test("logo, people with their photos, and replies; a click on one says it, and then the conversation has the room", async () => {
  const team = [{ name: "Ana", photo: "/v1/sites/demo/pictures/a" }, { name: "Bo", photo: null }];
  const tab = await branded({ logo: "/v1/sites/demo/pictures/l", team, replies: ["Where is it?", "Help"] });
  assert.equal(find(tab, "logo")!.getAttribute("src"), `${server.origin}/v1/sites/demo/pictures/l`);
  assert.deepEqual(Array.from(find(tab, "team")!.children, (node) => node.textContent), ["Ana", "BBo"]);
  assert.equal(find(tab, "photo")!.getAttribute("alt"), "");
  const [reply] = Array.from(find(tab, "replies")!.children) as HTMLElement[];
  assert.deepEqual([reply!.textContent, find(tab, "replies")!.hidden], ["Where is it?", false]);
  reply!.click();
  await tab.reads("visitor stored Where is it?");
  assert.deepEqual([find(tab, "replies")!.hidden, find(tab, "team")!.hidden], [true, true]);
});

test("pictures of other servers, and what is no list of people, show nothing", async () => {
  const evil = ["https://evil.example/x.png", "javascript:alert(1)", "//evil.example/x"];
  const team = [...evil.map((photo) => ({ name: "<img src=x onerror=alert(1)>", photo })), { name: 1 }, null, "x"];
  const tab = await branded({ logo: evil[0]!, team, replies: ["<b>x</b>", 7] });
  const root = tab.chat.shadowRoot!;
  assert.deepEqual([root.querySelectorAll("header img, .team img").length, root.querySelectorAll(".team li, .replies b").length], [0, 3]);
  assert.deepEqual(Array.from(find(tab, "replies")!.children, (node) => node.textContent), ["<b>x</b>", "7"]);
});
