/** A shop with the chat on its page under a strict policy, and an agent at the desk: what most stories begin with. */

import { Visitor } from "./visitor.js";

/** Opens it; `settings` are further lines of its site. */
export async function openStore(stage, settings = "") {
  const website = await stage.website();
  const program = await stage.serverWith(settings, website.url);
  website.embeds(program.url);
  const { desk, page: deskPage } = await stage.deskOf(program);
  const visit = async (wishes = {}, prepare = async () => {}) => {
    const browser = await stage.browser(wishes);
    await prepare(browser);
    const page = await browser.tab(wishes.url ?? website.url);
    return { browser, page, visitor: new Visitor(page) };
  };
  return { stage, website, program, desk, deskPage, visit };
}
