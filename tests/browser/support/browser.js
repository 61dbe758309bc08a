/** A real Chromium without a screen, and one visitor's or agent's browser in it that notes what must not happen. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { DEADLINE_MS } from "./eventually.js";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Whatever a page asks for, nothing but this machine can be reached.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const habits = { locale: "en-GB", timezoneId: "Europe/Berlin", reducedMotion: "reduce", colorScheme: "light" };

let launched = null;

after(async () => {
  if (launched) await (await launched).close();
});

function chromiumNow() {
  launched ??= chromium.launch({ executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium", args: flags });
  return launched;
}

/** A browser with cookies and storage of its own. */
export class Browser {
  constructor(context) {
    this.context = context;
    this.requests = [];
    this.sockets = [];
    this.dialogs = [];
    this.errors = [];
    this.violations = [];
  }

  static async open(wishes = {}) {
    const { onPhone, ...rest } = wishes;
    const options = { ...habits, ...(onPhone ? phone : desktop), ...rest };
    const browser = new Browser(await (await chromiumNow()).newContext(options));
    await browser.watch();
    return browser;
  }

  async watch() {
    const { context } = this;
    context.setDefaultTimeout(DEADLINE_MS);
    context.on("request", (request) => this.requests.push({ url: request.url(), type: request.resourceType() }));
    context.on("page", (page) => {
      page.on("websocket", (socket) => this.sockets.push(socket.url()));
      page.on("pageerror", (error) => this.errors.push(String(error)));
      page.on("dialog", (dialog) => {
        this.dialogs.push(dialog.message());
        dialog.dismiss().catch(() => {});
      });
    });
    await context.exposeBinding("hinnyTestViolation", (_, what) => this.violations.push(what));
    await context.addInitScript(reportViolations);
    if (process.env.HINNY_DIST) await context.route(/\/(widget[\w-]*|desk)\.(js|css)(\?|$)/, fromDist);
  }

  /** A new tab with this address. */
  async tab(url) {
    const page = await this.context.newPage();
    await page.goto(url);
    return page;
  }

  offline(on) {
    return this.context.setOffline(on);
  }

  /** All that was asked of any machine, requests and sockets. */
  hosts() {
    const urls = [...this.requests.map((request) => request.url), ...this.sockets];
    const remote = urls.map((url) => new URL(url)).filter((url) => !["data:", "blob:", "about:"].includes(url.protocol));
    return [...new Set(remote.map((url) => url.hostname))];
  }

  /** What must hold after every story. */
  check() {
    assert.deepEqual(this.dialogs, [], "no dialog was opened");
    assert.deepEqual(this.errors, [], "no script failed");
    assert.deepEqual(this.violations, [], "no content policy was violated");
    assert.deepEqual(this.hosts(), ["127.0.0.1"], "nobody else was asked for anything");
  }

  close() {
    return this.context.close();
  }
}

/** With HINNY_DIST the chat comes from this folder, so that whoever works on it need not build the server. */
async function fromDist(route) {
  const { pathname, search } = new URL(route.request().url());
  const folder = resolve(process.env.HINNY_DIST);
  const path = join(folder, basename(pathname));
  if (!existsSync(path)) return route.continue();
  if (basename(path) !== "widget-chat.js") return route.fulfill({ path });
  // The server puts the words in.
  const language = search.split(",")[2] ?? "en";
  const words = JSON.parse(readFileSync(join(folder, "widget-words.json"), "utf8"))[language];
  const body = readFileSync(path, "utf8").replace("HINNY_WORDS", () => JSON.stringify([language, words]));
  return route.fulfill({ body, contentType: "text/javascript", headers: { "access-control-allow-origin": "*" } });
}

/** Runs in every page and frame, before anything of theirs. */
function reportViolations() {
  addEventListener("securitypolicyviolation", (event) => {
    window.hinnyTestViolation(`${event.effectiveDirective}: ${event.blockedURI}`);
  });
}
