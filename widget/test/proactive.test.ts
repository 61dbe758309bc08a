/** A word to visitors before they open the chat: on which pages, when, to whom not, and what is remembered of it. */

import { page as browser } from "./page";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { Call, Host } from "../src/boot";
import { isOf, obey } from "../src/proactive";
import { look } from "./support";

const page = browser as unknown as { hinny?: (...call: Call) => void }
const KEY = "hinny:demo:proactive";

let heard: Call[];
let host: Host;
let launcher: HTMLButtonElement;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  localStorage.clear();
  heard = [];
  page.hinny = (...call) => void heard.push(call);
  history.pushState(null, "", "/cart");
});

afterEach(() => {
  document.body.replaceChildren();
  delete page.hinny;
  mock.timers.reset();
});

/** The loader's element and button, with these rules. */
function stands(...rules: [string, string, number, string][]): void {
  host = document.createElement("div") as unknown as Host;
  Object.assign(host, { server: "https://chat.example", site: "demo", look: { ...look, say: { part: "/widget-proactive.js", close: "Close this message", rules } } });
  launcher = document.createElement("button");
  launcher.className = "launcher";
  host.attachShadow({ mode: "open" }).append(launcher);
  document.body.append(host);
}

const find = (role: string) => host.shadowRoot!.querySelector<HTMLElement>(`[data-role="${role}"]`);
const said = () => find("proactive-open")?.textContent ?? null;
const pass = (seconds: number) => {
  for (let left = seconds; left > 0; left--) mock.timers.tick(1000);
};
const cart: [string, string, number, string] = ["a1", "/cart", 5, "Questions?"];

test("one star is a part between slashes, two are anything, and all else is itself", () => {
  for (const [pattern, path, expected] of [
    ["/pricing", "/pricing", true],
    ["/pricing", "/pricing/", false],
    ["/pricing", "/Pricing", false],
    ["/pricing*", "/pricing-2026", true],
    ["/docs/*", "/docs/start", true],
    ["/docs/*", "/docs/start/now", false],
    ["/docs/*", "/docs/", true],
    ["/docs/**", "/docs/start/now", true],
    ["/docs/**", "/docs", false],
    ["/*/help", "/de/help", true],
    ["/*/help", "/de/at/help", false],
    ["**/help", "/de/at/help", true],
    ["**", "/", true],
    ["*", "/", false],
    ["/a.b+(c)", "/a.b+(c)", true],
    ["/a.b", "/axb", false],
    ["/[ab]", "/a", false],
    ["/möbel", "/möbel", true],
  ] as const) {
    assert.equal(isOf(pattern, path), expected, `${pattern} ${path}`);
  }
});

test("after its time it stands beside the button, told once, and takes no focus", () => {
  stands(cart);
  obey(host);
  const status = host.shadowRoot!.querySelector('[role="status"]')!;
  pass(4);
  assert.deepEqual([said(), status.textContent], [null, ""]);
  pass(1);
  assert.deepEqual([said(), status.textContent], ["Questions?", "Questions?"]);
  assert.equal(find("proactive-close")!.getAttribute("aria-label"), "Close this message");
  assert.equal(host.shadowRoot!.activeElement, null);
  assert.equal(localStorage.length, 0, "nothing is written because something was shown");
});

test("a click opens the chat with it as the greeting", () => {
  stands(cart);
  obey(host);
  pass(5);
  find("proactive-open")!.click();
  assert.deepEqual([heard, said()], [[["open", "Questions?"]], null]);
});

test("who closes it, by button or Escape, does not see it again; another one may come", () => {
  for (const close of [() => find("proactive-close")!.click(), () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))]) {
    localStorage.clear();
    stands(cart);
    obey(host);
    pass(5);
    close();
    assert.deepEqual([said(), localStorage.getItem(KEY)], [null, '["a1"]']);
    host.remove();
    stands(cart, ["b2", "/cart", 9, "Still there?"]);
    obey(host);
    pass(8);
    assert.equal(said(), null);
    pass(1);
    assert.equal(said(), "Still there?");
    host.remove();
  }
});

test("the focus of the button that closes it goes to the chat's", () => {
  stands(cart);
  obey(host);
  pass(5);
  find("proactive-close")!.focus();
  find("proactive-close")!.click();
  assert.equal(host.shadowRoot!.activeElement, launcher);
});

test("who has used the chat, has it open, or has it in the page is left alone", () => {
  const left = [
    () => localStorage.setItem("hinny:demo", "{}"),
    () => launcher.setAttribute("hidden", ""),
    () => host.setAttribute("inline", ""),
    () => host.remove(),
  ];
  for (const use of left) {
    localStorage.clear();
    stands(cart);
    use();
    obey(host);
    pass(9);
    assert.equal(said(), null, String(use));
    host.remove();
  }
});

test("a chat that is opened meanwhile ends it", () => {
  stands(cart);
  obey(host);
  pass(5);
  launcher.click();
  assert.deepEqual([said(), find("proactive"), localStorage.length], [null, null, 0]);
});

test("it belongs to its page: on another one it goes, and there the time begins anew", () => {
  stands(cart, ["b2", "/shoes/**", 3, "Which size?"]);
  obey(host);
  pass(5);
  assert.equal(said(), "Questions?");
  history.pushState(null, "", "/shoes/red");
  // It is seen after a second at most, and comes to rest after another.
  pass(2);
  assert.equal(said(), null);
  pass(3);
  assert.equal(said(), "Which size?");
  history.pushState(null, "", "/shoes/blue");
  pass(2);
  assert.equal(said(), "Which size?", "what holds for the next page too stays");
});

test("what stands in the storage may be anything", () => {
  for (const odd of ["", "7", "{}", "null", "[[]]", "x"]) {
    localStorage.setItem(KEY, odd);
    stands(cart);
    obey(host);
    pass(5);
    assert.equal(said(), "Questions?", odd);
    host.remove();
  }
});
