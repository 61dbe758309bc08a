/**
 * Other engines than Chromium, for what must hold in each of them: Firefox is spoken to by WebDriver BiDi
 * (https://www.w3.org/TR/webdriver-bidi/), WebKitGTK by WebDriver (https://www.w3.org/TR/webdriver2/), each on its own.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { eventually } from "./eventually.js";
import { freePort } from "./program.js";

const SIZE = { width: 1100, height: 760 };

/** What all engines have in common: a program of its own group, so that nothing of it stays. */
class Engine {
  async runs(command, args, env = {}) {
    this.folder = await mkdtemp(join(tmpdir(), "hinny-engine-"));
    this.child = spawn(command, args.map((one) => one.replace("FOLDER", this.folder)), { detached: true, stdio: "ignore", env: { ...process.env, HOME: this.folder, ...env } });
    this.ended = once(this.child, "exit");
  }

  /** Runs a function in the page and gives what it gives. */
  run(work, ...given) {
    return this.evaluate(`(${work})(...${JSON.stringify(given)})`);
  }

  /** A node of the chat, pressed in its middle as a mouse would. */
  async clicks(role) {
    const at = await eventually(`${role} can be seen`, () => this.run(middle, role));
    const move = { type: "pointerMove", x: Math.round(at.x), y: Math.round(at.y) };
    await this.acts({ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions: [move, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }] });
  }

  /** Types into whatever has the focus; "\uE007" is Enter. */
  types(text) {
    const actions = Array.from(text).flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    return this.acts({ type: "key", id: "keys", actions });
  }

  async says(text) {
    await this.clicks("composer");
    await this.types(`${text}\uE007`);
    await this.reads("visitor", text);
  }

  /** Waits for a message by this author. */
  reads(author, words) {
    return eventually(`${author}: ${words}`, () => this.run(said, author, words));
  }

  async photograph(path) {
    await writeFile(path, Buffer.from(await this.picture(), "base64"));
  }

  async close() {
    await this.leave().catch(() => {});
    try {
      process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.ended;
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class Firefox extends Engine {
  static program = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);
  #calls = new Map();
  #last = 0;

  static async open() {
    const firefox = new Firefox();
    const port = await freePort();
    await firefox.runs(Firefox.program, ["--headless", "--no-remote", "--profile", "FOLDER", `--remote-debugging-port=${port}`, `--width=${SIZE.width}`, `--height=${SIZE.height}`]);
    await eventually("Firefox listens", () => firefox.dials(`ws://127.0.0.1:${port}/session`));
    await firefox.call("session.new", { capabilities: {} });
    const { contexts } = await firefox.call("browsingContext.getTree", {});
    firefox.context = contexts[0].context;
    await firefox.call("browsingContext.setViewport", { context: firefox.context, viewport: SIZE });
    return firefox;
  }

  async dials(url) {
    const socket = new WebSocket(url);
    await once(socket, "open");
    socket.on("message", (data) => {
      const answer = JSON.parse(data);
      this.#calls.get(answer.id)?.(answer);
    });
    return (this.socket = socket);
  }

  async call(method, params) {
    const id = ++this.#last;
    const answered = new Promise((resolve) => this.#calls.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    const { result, error, message } = await answered;
    this.#calls.delete(id);
    if (error) throw new Error(`${method}: ${error}, ${message}`);
    return result;
  }

  goes(url) {
    return this.call("browsingContext.navigate", { context: this.context, url, wait: "complete" });
  }

  async evaluate(expression) {
    const wrapped = `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`;
    const answer = await this.call("script.evaluate", { expression: wrapped, target: { context: this.context }, awaitPromise: true });
    if (answer.type !== "success") throw new Error(answer.exceptionDetails?.text);
    return JSON.parse(answer.result.value);
  }

  acts(source) {
    return this.call("input.performActions", { context: this.context, actions: [source] });
  }

  async picture() {
    return (await this.call("browsingContext.captureScreenshot", { context: this.context })).data;
  }

  async leave() {
    this.socket.terminate();
  }
}

export class WebKit extends Engine {
  static program = existsSync("/usr/bin/WebKitWebDriver") && existsSync("/usr/bin/xvfb-run") ? "/usr/bin/WebKitWebDriver" : null;

  static async open() {
    const webkit = new WebKit();
    const port = await freePort();
    webkit.url = `http://127.0.0.1:${port}/session`;
    // GTK wants a screen, and gets one that nobody sees.
    await webkit.runs("/usr/bin/xvfb-run", ["-a", "-s", `-screen 0 ${SIZE.width}x${SIZE.height}x24`, WebKit.program, `--port=${port}`], { LIBGL_ALWAYS_SOFTWARE: "1", WEBKIT_DISABLE_DMABUF_RENDERER: "1" });
    await eventually("WebKit listens", () => fetch(`http://127.0.0.1:${port}/status`));
    const { sessionId } = await webkit.call("", { capabilities: { alwaysMatch: {} } });
    webkit.url += `/${sessionId}`;
    await webkit.call("/window/rect", { x: 0, y: 0, ...SIZE });
    return webkit;
  }

  async call(path, body) {
    const answer = await fetch(this.url + path, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.error}, ${value.message}`);
    return value;
  }

  goes(url) {
    return this.call("/url", { url });
  }

  async evaluate(expression) {
    const script = `const done = arguments[0]; Promise.resolve(${expression}).then((value) => done(JSON.stringify(value ?? null)));`;
    return JSON.parse(await this.call("/execute/async", { script, args: [] }));
  }

  acts(source) {
    return this.call("/actions", { actions: [source] });
  }

  picture() {
    return this.call("/screenshot");
  }

  async leave() {
    await fetch(this.url, { method: "DELETE" });
  }
}

/** Runs in the page: the middle of a node of the chat that can be seen. */
function middle(role) {
  const node = document.querySelector("hinny-chat")?.shadowRoot?.querySelector(`[data-role="${role}"]`);
  const box = node?.getBoundingClientRect();
  return box?.width && !node.disabled ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : null;
}

/** Runs in the page: whether somebody said this, and it is stored. */
function said(author, words) {
  const all = document.querySelector("hinny-chat").shadowRoot.querySelectorAll(`[data-role="message"][data-author="${author}"][data-state="stored"]`);
  return Array.from(all).some((one) => one.textContent.includes(words));
}
