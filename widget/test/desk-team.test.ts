/** What a team can read and decide at the desk: changed lines, held ones, candidates, failures, blocks, files. */

import "./page";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fold } from "../desk/fold";
import { buildPage } from "../desk/page";
import { initial, type State } from "../desk/state";
import type { Conversation, Numbered, TeamEvent } from "../desk/types";

const tree = (text: string) => [{ type: "paragraph" as const, children: [{ type: "text" as const, text }] }];
const message = (id: string, kind: "visitor" | "agent", text: string, more: object = {}): TeamEvent => {
  const author = kind === "agent" ? { kind, name: "Ana" } : { kind };
  return { kind: "message", id, author, text: tree(text), sources: [], note: false, ...more };
};

const limits = { text: 4000, file: 1000, files: 2, types: ["image/png"] };
const me = { site: { id: "demo", name: "Demo" }, agent: { name: "Ana" }, limits };
const visitor = { id: "v", name: null, kind: "anonymous", language: null, time_zone: null };

function conversation(...events: TeamEvent[]): Conversation {
  const all = events.map((event, index): Numbered => ({ seq: index + 1, at: 1, event }));
  return { conversation: "c", visitor, page: null, handling: "waiting", reason: "asked", agent: null, seq: all.length, events: all };
}

let calls: unknown[][] = [];
/** What the server says to a press: nothing, or that it had no effect. */
let failing = false;
const note = (name: string) => (...values: unknown[]) => void calls.push([name, ...values]);

const actions = {
  ...Object.fromEntries(["tab", "filter", "open", "back", "rename", "turn", "reply", "edit", "erase", "typing", "retry", "remove", "redeliver"].map((name) => [name, note(name)])),
  press: (action: string, failed: () => void) => {
    calls.push(["press", action]);
    if (failing) failed();
  },
  keep: (files: File[]) => files.map(({ name, type, size }) => ({ key: name, name, mime: type, size, id: null })),
  files: { ours: (url: unknown) => (typeof url === "string" && url.startsWith("/v1/") ? url : null), link: () => Promise.resolve("/v1/fresh") },
} as unknown as Parameters<typeof buildPage>[0];

beforeEach(() => {
  calls = [];
  failing = false;
  document.body.replaceChildren();
});

function desk(...events: TeamEvent[]) {
  const page = buildPage(actions);
  document.body.append(page.root);
  const show = (...more: TeamEvent[]) => {
    const state: State = { ...initial, session: "in", me, shown: "c", open: conversation(...events, ...more) };
    page.show(state, [], 1000);
  };
  show();
  const all = (role: string) => Array.from(page.root.querySelectorAll<HTMLElement>(`[data-role="conversation"] [data-role="${role}"]`));
  const find = (role: string) => all(role)[0] ?? assert.fail(role);
  return { show, all, find, texts: (role: string) => all(role).map((node) => node.textContent) };
}

const bubbles = (nodes: HTMLElement[]) => nodes.map((node) => node.querySelector(".bubble")?.textContent);

test("edits, deletions and reactions are folded into their message; its node stays", () => {
  const { show, all, texts } = desk(message("m1", "visitor", "Hi"), message("a1", "agent", "It costs 5"));
  const nodes = all("message");
  const edited: TeamEvent = { kind: "edited", id: "a1", text: tree("It costs 15"), files: [] };
  const signs = ["👍", "👍", "🎉"].map((sign): TeamEvent => ({ kind: "reaction", id: "m1", sign, on: true }));
  show(edited, ...signs, { kind: "reaction", id: "m1", sign: "🎉", on: false });
  assert.deepEqual(all("message"), nodes);
  assert.deepEqual([bubbles(all("message")), texts("edited"), texts("reaction")], [["Hi", "It costs 15"], ["edited"], ["👍 2"]]);
  show(edited, { kind: "deleted", id: "a1" });
  assert.deepEqual([bubbles(all("message")), texts("edited"), all("more").length], [["Hi", "Message removed"], [], 0]);
});

test("seen stands at the newest line the visitor had before their eyes, and only there", () => {
  const events = [message("a1", "agent", "One"), message("n", "agent", "Note", { note: true }), message("a2", "agent", "Two"), message("m", "visitor", "Ok")];
  const marked = (...more: TeamEvent[]) => {
    const { show, all } = desk(...events);
    show(...more);
    return all("seen").map((node) => (node.closest("[data-seq]") as HTMLElement).dataset.seq);
  };
  assert.deepEqual(marked(), []);
  assert.deepEqual(marked({ kind: "seen", upto: 2 }), ["1"]);
  assert.deepEqual(marked({ kind: "seen", upto: 4 }, { kind: "seen", upto: 1 }), ["3"]);
});

test("one's own lines can be changed and taken back; nobody else's", () => {
  const other = message("b1", "agent", "Mine", { author: { kind: "agent", name: "Ben" } });
  const { find, all } = desk(message("m1", "visitor", "Hi"), other, message("a1", "agent", "Old words"));
  assert.equal(all("more").length, 1);
  assert.equal(find("more").querySelector("summary")?.getAttribute("aria-label"), "Change this line");
  const input = find("composer") as HTMLTextAreaElement;
  input.value = "half a reply";
  find("edit").click();
  assert.deepEqual([input.value, find("note").textContent, find("cancel").hidden], ["Old words", "You are changing a line.", false]);
  input.value = "New words";
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }));
  assert.deepEqual([input.value, find("note").textContent], ["half a reply", ""]);
  find("edit").click();
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", cancelable: true }));
  assert.equal(input.value, "half a reply");
  find("erase").click();
  assert.deepEqual(calls, [["edit", "a1", "New words"], ["erase", "a1"]]);
});

test("a held line says why, and is sent or dropped by one press", () => {
  const held = (why: string): TeamEvent => ({ kind: "held", id: "h", by: { kind: "agent", name: "Ben" }, why, text: tree("the key is 123"), files: [] });
  const { find, all, texts, show } = desk(held("colleague"), held("secret"));
  assert.deepEqual(texts("held-send"), ["Join and send", "Send anyway"]);
  assert.ok(find("held").textContent?.startsWith("Ben · not sentthe key is 123Not sent: whoever wrote this has not joined"));
  for (const role of ["held-send", "held-drop"]) all(role)[1]?.click();
  assert.deepEqual(calls, [["press", "held:2"], ["press", "drop:2"]]);
  assert.ok((all("held-send")[1] as HTMLButtonElement).disabled, "one press is enough");
  show(message("h1", "agent", "the key is 123", { held: 1 }), { kind: "held_dropped", held: 2 });
  assert.deepEqual([all("held").length, bubbles(all("message"))], [0, ["the key is 123"]]);
  assert.deepEqual(all("line").map((node) => (node.hidden ? "" : node.textContent)), ["", "A held line was not sent."]);
});

test("a held line that its author changes or takes back elsewhere follows", () => {
  const held: TeamEvent = { kind: "held", id: "h", by: { kind: "agent", name: "Ben" }, why: "mention", text: tree("@ana look"), files: [] };
  const { show, all, texts } = desk(held);
  show({ kind: "edited", id: "e1", text: tree("@ana please look"), files: [] });
  assert.deepEqual(bubbles(all("held")), ["@ana please look"]);
  show({ kind: "deleted", id: "e1" });
  assert.deepEqual([all("held").length, texts("line")], [0, ["A held line was not sent."]]);
});

test("a press without effect gives its button back", () => {
  failing = true;
  const { find } = desk({ kind: "delivery_failed", delivery: "d1", of: 1 });
  find("retry").click();
  assert.deepEqual([calls, (find("retry") as HTMLButtonElement).disabled], [[["press", "retry:d1"]], false]);
});

test("only the last failure of a delivery can be tried again", () => {
  const failed: TeamEvent = { kind: "delivery_failed", delivery: "d1", of: 1 };
  const { all, texts } = desk(failed, failed);
  assert.deepEqual(texts("line"), ["A message could not be delivered.", "A message could not be delivered.Try again"]);
  assert.equal(all("retry").length, 1);
});

test("what is being tried again has no button", () => {
  const failed: TeamEvent = { kind: "delivery_failed", delivery: "d1", of: 1 };
  const { show, all } = desk(failed);
  show({ kind: "delivery_retried", delivery: "d1" });
  assert.equal(all("retry").length, 0);
  show(failed);
  assert.equal(all("retry").length, 1);
});

test("candidates of an unsure verdict can be sent, or sent and saved; those of an answer only read", () => {
  const candidates = [{ title: "One", score: 1, url: null }, { title: "Two", score: 0.5, url: null }];
  const verdict = (verdict: string): TeamEvent => ({ kind: "verdict", verdict, confidence: 0.3, candidates });
  const { all, find } = desk(verdict("answer"), verdict("unsure"));
  assert.equal(all("candidate-send").length, 2);
  assert.deepEqual(all("line").map((node) => node.hasAttribute("open")), [false, true]);
  all("candidate-send")[1]!.click();
  find("candidate-save").click();
  assert.deepEqual(calls, [["press", "send:2:1"], ["press", "save:2:0"]]);
  assert.equal(find("candidate-save").getAttribute("aria-label"), "Send and save: One");
});

test("a draft is read, saved, and can be undone", () => {
  const draft: TeamEvent = { kind: "faq_proposed", question: "<b>Price?</b>", answer: "15", masked: true };
  const { find, show, all } = desk(draft);
  assert.ok(find("draft").textContent?.includes("<b>Price?</b>"));
  assert.ok(find("draft").textContent?.includes("Personal data was covered."));
  find("draft-save").click();
  show({ kind: "faq_saved", draft: 1, entry: "price" });
  find("draft-undo").click();
  assert.deepEqual(calls, [["press", "faq:1"], ["press", "nofaq:1"]]);
  show({ kind: "faq_saved", draft: 1, entry: "price" }, { kind: "faq_undone", draft: 1 });
  assert.equal(all("draft").length, 0);
});

test("block and unblock are one button; the card says until when", () => {
  const { find, show, texts } = desk(message("m1", "visitor", "spam"));
  assert.ok(find("blocked").hidden);
  find("block").click();
  show({ kind: "blocked", agent: "Ana", until: null });
  assert.deepEqual([find("blocked").textContent, find("block").textContent, texts("line")], ["Blocked", "Unblock", ["Ana blocked the visitor"]]);
  find("block").click();
  show({ kind: "blocked", agent: "Ana", until: null }, { kind: "unblocked", agent: "Ben" });
  assert.deepEqual([find("blocked").hidden, find("block").textContent], [true, "Block"]);
  assert.deepEqual(calls, [["press", "block"], ["press", "unblock"]]);
});

test("files stand in their message, and are refused or chosen before a reply", () => {
  const file = { id: "f1", name: "cat.png", mime: "image/png", size: 2000, width: 4, height: 3, url: "/v1/files/f1" };
  const { find } = desk(message("m1", "visitor", "", { text: [], files: [file, { ...file, id: "f2", url: "https://evil.example/x.png" }] }));
  const shown = Array.from(find("message").querySelectorAll("[data-role=file]"), (node) => node.querySelector("img")?.getAttribute("src") ?? node.textContent);
  assert.deepEqual(shown, ["/v1/files/f1", "cat.png 2 kB"]);
  const paste = new Event("paste", { cancelable: true });
  const files = [new File(["x"], "a.png", { type: "image/png" }), new File(["x"], "b.zip", { type: "application/zip" })];
  Object.assign(paste, { clipboardData: { files } });
  find("composer").dispatchEvent(paste);
  assert.deepEqual([find("attached").textContent, find("note").textContent], ["a.png 1 kB×", "b.zip is of a kind that cannot be sent."]);
  (find("composer").closest("form") as HTMLFormElement).requestSubmit();
  assert.deepEqual(calls, [["reply", "", [{ key: "a.png", name: "a.png", mime: "image/png", size: 1, id: null }]]]);
  assert.equal(find("chosen").children.length, 0);
});

test("a quote shows what a line answers", () => {
  const { texts } = desk(message("m1", "visitor", "Which one?"), message("a1", "agent", "This one.", { quotes: "m1" }), message("a2", "agent", "?", { quotes: "gone" }));
  assert.deepEqual(texts("quote"), ["Which one?"]);
});

test("what is not known, or names nothing that is there, folds into nothing", () => {
  const events = [{ kind: "deleted", id: "x" }, { kind: "edited", id: "x", text: [] }, { kind: "later" }] as unknown as TeamEvent[];
  const { words, settled, seen, blocked } = fold(conversation(...events).events);
  assert.deepEqual([words.size, settled.size, seen, blocked], [0, 0, null, null]);
});
