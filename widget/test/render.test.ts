/** Whatever a text tree holds, the page gets words, known elements and safe links, and nothing else. */

import "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText, renderText, safeUrl } from "../src/render";
import { fixture } from "./support";

function html(blocks: unknown): string {
  const box = document.createElement("div");
  box.append(renderText(blocks));
  return box.innerHTML;
}

const paragraph = (...children: unknown[]) => [{ type: "paragraph", children }];
const link = (url: unknown) => paragraph({ type: "link", url, children: [{ type: "text", text: "go" }] });

test("the protocol's example becomes plain, known elements", () => {
  const { event } = JSON.parse(fixture("server-event-bot")) as { event: { text: unknown } };
  const safe = 'target="_blank" rel="noopener noreferrer nofollow"';
  assert.equal(
    html(event.text),
    `<p>Open <strong>Settings</strong> and choose <code>Reset</code><br><a href="https://example.com/docs/password" ${safe}><em>more</em></a></p>` +
      '<ol><li><p>one</p></li></ol><blockquote><p>said</p></blockquote><pre tabindex="0">hinny demo</pre>',
  );
});

test("markup in words stays words", () => {
  const attack = '<img src=x onerror="alert(1)"><script>alert(1)</script>&amp;';
  for (const node of [{ type: "text", text: attack }, { type: "code_span", text: attack }]) {
    const box = document.createElement("div");
    box.append(renderText(paragraph(node)));
    assert.equal(box.textContent, attack);
    assert.equal(box.querySelectorAll("img, script").length, 0);
  }
  const code = renderText([{ type: "code", text: attack }]);
  assert.equal(code.firstElementChild?.childElementCount, 0);
});

test("only http, https and mailto become links", () => {
  const good = ["http://example.com/", "https://example.com/a?b=c#d", "mailto:ana@example.com", "HTTPS://EXAMPLE.COM/"];
  for (const url of good) assert.match(html(link(url)), /^<p><a href="(http|https|mailto):/, url);
  const scripts = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "\u0001javascript:alert(1)"];
  const others = ["data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "blob:https://x/y", "about:blank", "ftp://x/"];
  const odd = ["", "/relative", "//example.com", "example.com", "#top", "http://", null, undefined, 7, {}, ["https://example.com"].concat("x")];
  for (const url of [...scripts, ...others, ...odd]) assert.equal(html(link(url)), "<p><span>go</span></p>", String(url));
});

test("an address is taken over as the browser reads it", () => {
  assert.equal(safeUrl('https://example.com/"onclick="alert(1)'), "https://example.com/%22onclick=%22alert(1)");
  assert.equal(safeUrl("https://user:pass@example.com/"), "https://user:pass@example.com/");
});

test("unknown and broken nodes are left out; their neighbours stay", () => {
  const strange = [null, 7, "text", [], {}, { type: "script", text: "x" }, { type: "iframe", children: [] }, { type: "__proto__" }];
  const wrong = [{ type: "constructor", children: [] }, { type: "text" }, { type: "text", text: { toString: () => "x" } }, { type: ["strong"] }];
  const kept = { type: "text", text: "kept" };
  assert.equal(html(paragraph(...strange, ...wrong, kept)), "<p>kept</p>");
  for (const blocks of [undefined, null, "x", {}, [[]], [{ type: "list", items: "x" }], [{ type: "paragraph", children: {} }]]) {
    assert.equal(renderText(blocks).textContent, "");
  }
});

test("fields of a node never become attributes", () => {
  const node = { type: "strong", onclick: "alert(1)", style: "position:fixed", id: "x", children: [] };
  assert.equal(html(paragraph(node)), "<p><strong></strong></p>");
});

test("nesting beyond reason is cut, and fast", () => {
  let block: unknown = { type: "paragraph", children: [{ type: "text", text: "deep" }] };
  for (let level = 0; level < 5000; level++) block = { type: "quote", children: [block] };
  const box = document.createElement("div");
  box.append(renderText([block, ...paragraph({ type: "text", text: "after" })]));
  assert.equal(box.textContent, "after");
  assert.ok(box.querySelectorAll("blockquote").length < 50);
});

test("the words alone keep their lines", () => {
  const text = [...paragraph({ type: "text", text: "one" }, { type: "break" }, { type: "text", text: "two" }), { type: "code", text: "three" }];
  assert.equal(plainText(text), "one\ntwo\nthree");
});
