/** Files both ways: refused before they leave, brought once, shown from our own server only. */

import "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { admit, type Attached } from "../src/attached";
import { HinnyChat } from "../src/element";
import { agent, kept, limits, part, server, Tab } from "./chat";
import { eventually } from "./support";

const file = (name: string, mime = "image/png", words = "bytes") => new File([words], name, { type: mime });
const one = (name: string, change: Partial<Attached> = {}): Attached => ({ key: name, name, mime: "image/png", size: 10, id: null, ...change });

/** Files as a clipboard or a drop has them. */
function brings(tab: Tab, type: "paste" | "drop", ...files: File[]): void {
  const event = new Event(type, { bubbles: true, cancelable: true });
  Object.assign(event, { [type === "paste" ? "clipboardData" : "dataTransfer"]: { files, types: ["Files"] } });
  tab.find(type === "paste" ? "composer" : "panel").dispatchEvent(event);
}

const chosen = (tab: Tab) => Array.from(tab.find("chosen").children, (node) => node.querySelector(".name")?.textContent);

test("what cannot be sent is said before anything leaves", () => {
  const notice = (...files: Attached[]) => admit(files, [], limits).notice;
  assert.equal(notice(one("a.png")), null);
  assert.equal(notice(one("empty.png", { size: 0 })), "empty.png is empty.");
  assert.equal(notice(one("big.png", { size: 1001 })), "big.png is larger than 1 kB.");
  assert.equal(notice(one("x.svg", { mime: "image/svg+xml" })), "x.svg is of a kind that cannot be sent.");
  assert.equal(notice(one("x.zip", { mime: "application/zip" })), "x.zip is of a kind that cannot be sent.");
  assert.equal(notice(one("1"), one("2"), one("3"), one("4")), "One message takes 3 files.");
  assert.equal(admit([one("1"), one("2"), one("3"), one("4")], [], limits).chosen.length, 3);
  assert.equal(admit([one("a.png")], [], { text: 1 }).chosen.length, 0);
});

test("what a browser has other names for is left to the server's own look", () => {
  for (const mime of ["", "text/markdown", "audio/x-mp3"]) assert.equal(admit([one("x", { mime })], [], limits).notice, null, mime);
  assert.ok(admit([one("x", { mime: "video/mp4" })], [], limits).notice);
});

test("picker, paste and drop choose files; each can be taken away again", async () => {
  const tab = await new Tab().opened();
  const picker = tab.find<HTMLInputElement>("picker");
  assert.equal(picker.accept, limits.types.join());
  Object.defineProperty(picker, "files", { value: [file("a.png")], configurable: true });
  picker.dispatchEvent(new Event("change"));
  brings(tab, "paste", file("b.png"));
  brings(tab, "drop", file("c.pdf", "application/pdf"), file("d.exe", "application/x-msdownload"));
  await eventually("all of them", () => chosen(tab).length === 3);
  assert.deepEqual(chosen(tab), ["a.png", "b.png", "c.pdf"]);
  assert.equal(tab.find("note").textContent, "d.exe is of a kind that cannot be sent.");
  assert.equal(tab.find("detach").getAttribute("aria-label"), "Remove a.png");
  tab.find("detach").click();
  assert.deepEqual([chosen(tab), tab.find("note").textContent], [["b.png", "c.pdf"], ""]);
});

test("files go first, the message once, and then it shows the picture from our server", async () => {
  const tab = await new Tab().opened();
  brings(tab, "paste", file("cat.png", "image/png", "meow"), file("dog.png", "image/png", "woof"));
  await eventually("both files", () => chosen(tab).length === 2);
  tab.writes("Look");
  assert.deepEqual([chosen(tab), tab.lines().at(-1)], [[], "visitor uploading Lookcat.png 1 kB×dog.png 1 kB×"]);
  await tab.reads("visitor stored Look");
  const token = `Bearer ${JSON.parse(localStorage.getItem("hinny:demo") ?? "").token}`;
  assert.deepEqual(server.uploads, [
    { name: "cat.png", bytes: "meow", authorization: token },
    { name: "dog.png", bytes: "woof", authorization: token },
  ]);
  const said = server.said as { files: string[]; text: string }[];
  assert.deepEqual(said.map(({ text, files }) => [text, files]), [["Look", ["f1", "f2"]]]);
  const image = tab.find("log").querySelector("img")!;
  const marks = ["src", "alt", "width", "height", "loading"].map((name) => image.getAttribute(name));
  assert.deepEqual(marks, [`${server.origin}/v1/files/f1?until=1&sig=first`, "f1.png", "640", "480", "lazy"]);
});

test("a file without words is a message too, and the next message waits its turn", async () => {
  const tab = await new Tab().opened();
  let release = () => {};
  server.hold = new Promise<void>((done) => (release = done));
  brings(tab, "paste", file("a.png"));
  await eventually("the file", () => chosen(tab).length === 1);
  tab.writes("");
  tab.writes("after");
  await eventually("the upload", () => server.uploads.length === 1);
  assert.deepEqual(server.said, []);
  release();
  await eventually("both", () => server.said.length === 2);
  const said = server.said as { files?: string[]; text: string }[];
  assert.deepEqual(said.map(({ text, files }) => [text, files]), [["", ["f1"]], ["after", undefined]]);
});

test("a refused file says why; it can be tried again or removed", async () => {
  const tab = await new Tab().opened();
  server.answers = [[415, { error: "file_refused", detail: "This is no picture." }]];
  brings(tab, "paste", file("a.png"));
  tab.writes("Here");
  await tab.shows("the reason", () => tab.find("log").textContent?.includes("Not sent. a.png is of a kind that cannot be sent."));
  assert.deepEqual(server.said, []);
  tab.find("retry").click();
  await tab.reads("visitor stored Here");
  assert.equal(server.uploads.length, 2);
});

test("an upload that breaks off is tried again by itself", async () => {
  const tab = await new Tab().opened();
  server.answers = [[503, { error: "storage", detail: "" }]];
  brings(tab, "paste", file("a.png"));
  tab.writes("Here");
  await tab.reads("visitor stored Here");
  assert.equal(server.uploads.length, 2);
});

test("a cut line while a file is on its way brings it no second time", async () => {
  const tab = await new Tab().opened();
  let release = () => {};
  server.hold = new Promise<void>((done) => (release = done));
  brings(tab, "paste", file("a.png"));
  tab.writes("Here");
  await eventually("the upload", () => server.uploads.length === 1);
  for (const socket of server.sockets) socket.terminate();
  await eventually("a new line", () => server.hellos.length === 2);
  await tab.shows("online", () => tab.find("panel").dataset.phase === "online");
  release();
  await tab.reads("visitor stored Here");
  assert.deepEqual([server.uploads.length, server.said.length], [1, 1]);
});

test("a reload before the file had arrived is told honestly, and nothing half is sent", async () => {
  const tab = await new Tab().opened();
  server.hold = new Promise(() => {});
  brings(tab, "paste", file("a.png"));
  tab.writes("Here");
  await eventually("the upload", () => server.uploads.length === 1);
  tab.leaves();
  const again = await new Tab().opened();
  await again.shows("the truth", () => again.find("log").textContent?.includes("The page was left before the file had arrived."));
  assert.equal(again.chat.shadowRoot?.querySelector('[data-role="retry"]'), null);
  again.find("remove").click();
  assert.deepEqual([server.said, JSON.parse(localStorage.getItem("hinny:demo") ?? "").unsent], [[], []]);
});

test("a reload after the upload sends the message with its file", async () => {
  const tab = await new Tab().opened();
  server.storing = false;
  brings(tab, "paste", file("a.png"));
  tab.writes("Here");
  await eventually("the message", () => server.said.length === 1);
  tab.leaves();
  server.storing = true;
  const again = new Tab();
  await again.reads("visitor stored Here");
  assert.deepEqual([server.uploads.length, (server.said as { files: string[] }[]).map((say) => say.files)], [1, [["f1"], ["f1"]]]);
});

test("a picture whose link is too old is fetched anew, once; then it is a card", async () => {
  const tab = await new Tab().opened();
  server.tell({ ...agent("See"), files: [kept("f9")] });
  await tab.reads("agent stored See");
  const image = tab.find("file").querySelector("img")!;
  image.dispatchEvent(new Event("error"));
  await eventually("a fresh link", () => image.getAttribute("src")?.includes("sig=fresh1"));
  image.dispatchEvent(new Event("error"));
  await eventually("a card", () => tab.find("file").textContent === "f9.png 3 kB");
  assert.equal(server.links, 1);
});

test("other files are cards with name and size, and open by a fresh link", async () => {
  const tab = await new Tab().opened();
  const pdf = { id: "f1", name: "<b>bill</b>.pdf", mime: "application/pdf", size: 1_234_567, url: "/v1/files/f1?sig=old" };
  const foreign = { ...kept("f2"), url: "https://evil.example/pixel.png" };
  server.tell({ ...agent("Here"), files: [pdf, foreign, { id: 3 }, null] });
  await eventually("the cards", () => tab.find("log").querySelectorAll('[data-role="file"]').length === 2);
  const cards = Array.from(tab.find("log").querySelectorAll<HTMLElement>('[data-role="file"]'));
  assert.deepEqual(cards.map((card) => card.getAttribute("aria-label")), ["Open <b>bill</b>.pdf 1.2 MB", "Open f2.png 3 kB"]);
  assert.equal(tab.find("log").querySelectorAll("img, b").length, 0);
  const went: string[] = [];
  const opened = { opener: "us", location: { replace: (url: string) => went.push(url) } };
  Object.assign(globalThis, { open: () => opened });
  cards[0]!.click();
  await eventually("the file", () => went.length === 1);
  assert.deepEqual([went, opened.opener], [[`${server.origin}/v1/files/f1?until=2&sig=fresh1`], null]);
});

test("a site that takes no files offers none", async () => {
  server.limits = { text: 4000 };
  const tab = await new Tab().opened();
  assert.ok(tab.find("attach").hidden);
  brings(tab, "paste", file("a.png"));
  assert.deepEqual(chosen(tab), []);
});

test("a file chosen before its part has loaded waits for it, and goes with the words that were sent meanwhile", async (t) => {
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  const load = t.mock.method(HinnyChat, "load", () => held.then(() => part));
  const tab = await new Tab().opened();
  assert.equal(load.mock.callCount(), 0, "nothing is loaded before it is needed");
  brings(tab, "paste", file("a.png"));
  tab.writes("Look");
  server.tell({ ...agent("See"), files: [kept("f9")] });
  await tab.reads("agent stored See");
  assert.deepEqual([server.said, tab.find("log").querySelectorAll("img").length], [[], 0]);
  release();
  await tab.reads("agent stored See", "visitor stored Look");
  assert.deepEqual([(server.said as { files: string[] }[])[0]?.files, load.mock.callCount()], [["f1"], 1]);
  assert.equal(tab.find("log").querySelectorAll("img").length, 2);
});

test("a part that does not load is told, keeps the words, and is tried again", async (t) => {
  const load = t.mock.method(HinnyChat, "load", () => Promise.reject(new Error("no network")));
  const tab = await new Tab().opened();
  brings(tab, "paste", file("a.png"));
  await tab.shows("the sentence", () => tab.find("note").textContent === "This is not available right now. Please try again.");
  load.mock.restore();
  brings(tab, "paste", file("a.png"));
  await eventually("the file", () => chosen(tab).length === 1);
  assert.deepEqual([tab.find("note").textContent, load.mock.calls.map((call) => call.arguments)], ["", [["more", 0]]]);
});
