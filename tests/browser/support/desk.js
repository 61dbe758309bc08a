/** The agent: sees and uses the desk's page, as a person would. */

import { becomes, eventually } from "./eventually.js";

export class Desk {
  /** `page` is a tab, or the frame of the demo that shows the desk. */
  constructor(page) {
    this.page = page;
    const find = (role) => page.locator(`[data-role="${role}"]`);
    this.root = find("desk");
    this.threads = find("thread");
    this.me = find("me");
    this.link = find("link");
    this.conversation = find("conversation");
    const inside = (role) => this.conversation.locator(`[data-role="${role}"]`);
    this.who = inside("who");
    this.where = inside("where");
    this.why = inside("why");
    this.handling = inside("handling");
    this.log = inside("log");
    this.composer = inside("composer");
    this.back = inside("back");
    this.closeButton = inside("close");
    this.trouble = find("trouble");
  }

  async isSignedIn() {
    await eventually("the desk is open", async () => (await this.root.getAttribute("data-session")) === "in");
  }

  /** Waits for a thread with these words in its row, and opens it. */
  async opensThread(words = "") {
    const row = this.threads.filter({ hasText: words }).first();
    await row.click();
    await this.composer.waitFor();
  }

  async writes(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Writes and waits until it stands in the log. */
  async replies(text) {
    await this.writes(text);
    await this.sees("agent", text);
  }

  /** Waits for a message by `visitor`, `bot` or `agent` in the open thread. */
  async sees(author, words) {
    const said = this.log.locator(`[data-role="message"][data-author="${author}"]`).filter({ hasText: words });
    await said.last().waitFor();
    return said.last();
  }

  async seesLine(words) {
    await this.log.locator('[data-role="line"]').filter({ hasText: words }).last().waitFor();
  }

  /** What was said in the open thread, a line each, without the lines between. */
  transcript() {
    return this.log.evaluate((log) =>
      Array.from(log.children)
        .filter((node) => ["message", "reply"].includes(node.dataset.role))
        .map((node) => {
          const waiting = node.dataset.role === "reply" ? ` [${node.dataset.state}]` : "";
          return `${node.dataset.author}: ${node.querySelector(".bubble").innerText}${waiting}`;
        }),
    );
  }

  reads(expected) {
    return becomes("the transcript at the desk", () => this.transcript(), expected);
  }
}
