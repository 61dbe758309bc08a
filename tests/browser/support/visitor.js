/** The visitor: sees and uses the widget on a page, as a person would. */

import { becomes, eventually } from "./eventually.js";

export class Visitor {
  /** `page` is a tab, or the frame of the demo that shows the website. */
  constructor(page) {
    this.page = page;
    const find = (role) => page.locator(`hinny-chat [data-role="${role}"]`);
    this.launcher = find("launcher");
    this.badge = find("badge");
    this.panel = find("panel");
    this.title = find("title");
    this.who = find("who");
    this.closeButton = find("close");
    this.log = find("log");
    this.greeting = find("greeting");
    this.messages = find("message");
    this.lines = find("line");
    this.typing = find("typing");
    this.status = find("status");
    this.person = find("person");
    this.composer = find("composer");
    this.send = find("send");
    this.attach = find("attach");
    this.picker = find("picker");
    this.chosen = find("attached");
    this.note = find("note");
    this.menu = find("menu");
    this.helped = find("helped");
    this.rating = find("rating");
    this.find = find;
  }

  /** Chooses from the menu behind the three dots. */
  async picks(role) {
    await this.menu.click();
    await this.find(role).click();
  }

  async opensChat() {
    await this.launcher.click();
    await this.composer.waitFor();
  }

  /** Writes and sends; does not wait for anybody. */
  async writes(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Writes and waits until the server has it on disk. */
  async says(text) {
    const before = await this.own(text, "stored").count();
    await this.writes(text);
    await eventually(`"${text}" is stored`, async () => (await this.own(text, "stored").count()) === before + 1);
  }

  /** The visitor's own messages with these words, in a state: sending, stored or failed. */
  own(text, state) {
    return this.log.locator(`[data-author="visitor"][data-state="${state}"]`).filter({ hasText: text });
  }

  /** Waits for a message by `bot` or `agent` that has these words. */
  async hears(author, words) {
    const said = this.log.locator(`[data-role="message"][data-author="${author}"]`).filter({ hasText: words });
    await said.last().waitFor();
    return said.last();
  }

  /** Chooses files for the next message; each is `{name, mimeType, buffer}`. */
  async attaches(...files) {
    await this.attach.waitFor();
    await this.picker.setInputFiles(files);
  }

  /** Waits for a picture in a message by this author, until it shows. */
  async seesPicture(author, name) {
    const image = this.log.locator(`[data-author="${author}"] [data-role="file"] img[alt="${name}"]`);
    await image.last().waitFor();
    await eventually(`the picture ${name} shows`, () => image.last().evaluate((node) => node.complete && node.naturalWidth > 0));
    return image.last();
  }

  /** Waits for a message by `bot` or `agent` that has these words and is marked as edited. */
  async hearsEdited(author, words) {
    const said = await this.hears(author, words);
    await said.locator('[data-role="edited"]').waitFor();
  }

  /** Waits until it is so: bot, waiting, agent or closed answers. */
  async isWith(handling) {
    await eventually(`${handling} answers`, async () => (await this.panel.getAttribute("data-handling")) === handling);
  }

  async isOnline() {
    await eventually("the widget is connected", async () => (await this.panel.getAttribute("data-phase")) === "online");
  }

  /** The conversation as shown, a line each; the site's greeting is not part of it. */
  transcript() {
    return this.log.evaluate((log) =>
      Array.from(log.children)
        .filter((node) => node.dataset.role !== "greeting")
        .map((node) => {
          if (node.dataset.role === "line") return `(${node.textContent})`;
          const name = node.dataset.author === "agent" ? node.querySelector(".by").textContent : node.dataset.author;
          const waiting = node.dataset.state === "stored" ? "" : ` [${node.dataset.state}]`;
          return `${name}: ${node.querySelector("[part~=bubble]").innerText}${waiting}`;
        }),
    );
  }

  reads(expected) {
    return becomes("the conversation in the widget", () => this.transcript(), expected);
  }
}
