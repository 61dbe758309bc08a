/**
 * The frame of a story: everything it opens is closed again, every browser is asked at the end whether
 * anything happened that must not, the server's log is read for complaints, and pictures are kept.
 */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { Browser } from "./browser.js";
import { Cable } from "./cable.js";
import { Desk } from "./desk.js";
import { Program } from "./program.js";
import { Visitor } from "./visitor.js";
import { Website } from "./website.js";

const screenshots = fileURLToPath(new URL("../screenshots", import.meta.url));
/** The first story of a run also waits until the demo has read its documents, and thousands of strings take their time. */
const LONGEST_STORY_MS = 900_000;

/** Tells one story; `tell` gets the stage it plays on. `skip` is the reason why it cannot be told here, or false. */
export function story(name, tell, skip = false) {
  test(name, { timeout: LONGEST_STORY_MS, skip }, async () => {
    const stage = new Stage(name);
    try {
      await tell(stage);
      await stage.check();
    } catch (error) {
      await stage.keepEvidence();
      throw error;
    } finally {
      await stage.clear();
    }
  });
}

class Stage {
  constructor(name) {
    this.name = name.replace(/[^a-z0-9]+/gi, "-").toLowerCase();
    this.programs = [];
    this.browsers = [];
    this.others = [];
  }

  async demo() {
    return this.started(await Program.demo());
  }

  async server(...origins) {
    return this.started(await Program.serve(origins));
  }

  /** A server whose site has these settings as well. */
  async serverWith(settings, ...origins) {
    return this.started(await Program.serve(origins, settings));
  }

  async started(program) {
    this.programs.push(program);
    return program.start();
  }

  async browser(wishes) {
    const browser = await Browser.open(wishes);
    this.browsers.push(browser);
    return browser;
  }

  async website() {
    return this.kept(await Website.open());
  }

  async cable(port) {
    return this.kept(await Cable.to(port));
  }

  kept(other) {
    this.others.push(other);
    return other;
  }

  /** The demo's one window, with the person on each side. */
  async demoWindow(program, wishes) {
    const browser = await this.browser(wishes);
    const page = await browser.tab(program.url);
    return { browser, page, ...(await sides(page)) };
  }

  /** Demo, visitor and desk, with a visitor who asked for a person and whose thread is open at the desk. */
  async inTouch() {
    const program = await this.demo();
    const both = await this.demoWindow(program);
    await both.visitor.opensChat();
    await both.visitor.says("I want to talk to a person");
    await both.desk.opensThread();
    return { program, ...both };
  }

  /** An agent at the desk of a server under `serve`, let in by a one-time link. */
  async deskOf(program, wishes) {
    const printed = await program.run("desk", "login", "--site", "shop");
    const [link] = printed.match(/http\S+#login=\S+/) ?? assert.fail(`no link in: ${printed}`);
    const browser = await this.browser(wishes);
    const page = await browser.tab(link);
    const desk = new Desk(page);
    await desk.isSignedIn();
    return { browser, page, desk };
  }

  /** Keeps a picture of a page for whoever wants to look. */
  async photograph(page, what) {
    await mkdir(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${what}.png`) });
  }

  async check() {
    for (const browser of this.browsers) browser.check();
    for (const program of this.programs) {
      await program.stop();
      assert.deepEqual(await program.complaints(), [], "the server had nothing to complain about");
    }
  }

  async keepEvidence() {
    const pages = this.browsers.flatMap((browser) => browser.context.pages());
    for (const [index, page] of pages.entries()) {
      await this.photograph(page, `failed-${this.name}-${index}`).catch(() => {});
    }
    for (const program of this.programs) console.error((await program.log()).split("\n").slice(-40).join("\n"));
  }

  async clear() {
    for (const browser of this.browsers) await browser.close();
    for (const other of this.others) await other.close();
    for (const program of this.programs) await program.remove();
  }
}

/** Both sides of the demo's window, ready to be used. */
export async function sides(page) {
  const visitor = new Visitor(page.frameLocator('iframe[data-side="visitor"]'));
  const desk = new Desk(page.frameLocator('iframe[data-side="team"]'));
  await visitor.launcher.waitFor();
  await desk.isSignedIn();
  return { visitor, desk };
}
