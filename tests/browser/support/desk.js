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
    this.block = inside("block");
    this.blocked = inside("blocked");
    this.attach = inside("attach");
    this.picker = inside("picker");
    this.held = inside("held");
    this.seen = inside("seen");
    this.note = inside("note");
    this.trouble = find("trouble");
  }

  async isSignedIn() {
    await eventually("the desk is open", async () => (await this.root.getAttribute("data-session")) === "in");
  }

  /** Waits for a thread with these words in its row, and opens it. */
  async opensThread(words = "") {
    const row = this.threads.filter({ hasText: words }).first();
    const id = await row.getAttribute("data-conversation");
    await row.click();
    await this.page.locator(`[data-role="conversation"][data-conversation="${id}"]`).waitFor();
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

  /** Chooses files for the next reply; each is `{name, mimeType, buffer}`. */
  async attaches(...files) {
    await this.attach.waitFor();
    await this.picker.setInputFiles(files);
  }

  /** Waits for a picture in a message by this author, until it shows. */
  async seesPicture(author, name) {
    const image = this.log.locator(`[data-role="message"][data-author="${author}"] [data-role="file"] img[alt="${name}"]`);
    await image.last().waitFor();
    await eventually(`the picture ${name} shows`, () => image.last().evaluate((node) => node.complete && node.naturalWidth > 0));
    return image.last();
  }

  /** Chooses "edit" or "erase" behind the dots of one's own line with these words. */
  async chooses(what, words) {
    const line = await this.sees("agent", words);
    await line.locator('[data-role="more"] summary').click();
    await line.locator(`[data-role="${what}"]`).click();
  }

  /** Puts other words in the place of one's own line. */
  async corrects(wrong, right) {
    await this.chooses("edit", wrong);
    await eventually("the old words are in the box", async () => (await this.composer.inputValue()) === wrong);
    await this.writes(right);
    const line = await this.sees("agent", right);
    await line.locator('[data-role="edited"]').waitFor();
  }

  /** Waits for a line that was not sent, with these words. */
  async holds(words) {
    const line = this.held.filter({ hasText: words });
    await line.waitFor();
    return line;
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
