/** The npm packages in real pages: the documentation's own examples, bundled and run with React and Vue. */

import assert from "node:assert/strict";
import { becomes } from "../support/eventually.js";
import { countLeftovers } from "../support/leftovers.js";
import { documented, Project } from "../support/packages.js";
import { story } from "../support/story.js";
import { Visitor } from "../support/visitor.js";

const NOTHING = { timers: 0, sockets: 0, nodes: 0, name: false };
const left = (page) => page.evaluate(() => window.hinnyTestLeft());

/** A website whose page is made by one script. */
async function app(stage, make) {
  const website = await stage.website();
  const program = await stage.server(website.url);
  const project = stage.kept(await Project.make());
  website.chat = program.url;
  website.ownScripts = true;
  const { html = "", script } = await make(project, program);
  website.body = `<div id="root">${html}</div><script src="/app.js"></script>`;
  website.files.set("/app.js", { type: "text/javascript", text: script });
  const browser = await stage.browser();
  const page = await browser.context.newPage();
  await page.addInitScript(countLeftovers);
  const warnings = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && warnings.push(message.text()));
  await page.goto(website.url);
  return { page, program, visitor: new Visitor(page), warnings, help: page.getByRole("button", { name: /^Help/ }) };
}

/** React's own words about development come once, and are no complaint. */
const complaints = (warnings) => warnings.filter((text) => !/React DevTools|favicon|unknown verb "context"/.test(text));

story("the React example of the docs works in StrictMode, leaves without a trace, and comes back", async (stage) => {
  const { page, visitor, help, warnings } = await app(stage, async (project, { url }) => {
    const example = await documented("websites.md", "React", "jsx", url);
    const harness = `
      import { StrictMode, useState } from "react";
      import { createRoot } from "react-dom/client";
      ${example}
      function Page() {
        const [there, setThere] = useState(true);
        return <><button onClick={() => setThere(!there)}>Toggle</button>{there && <App />}</>;
      }
      createRoot(document.getElementById("root")).render(<StrictMode><Page /></StrictMode>);`;
    return { script: await project.bundle("react.jsx", harness) };
  });
  await visitor.launcher.waitFor();
  assert.equal(await page.locator("hinny-chat").count(), 1, "StrictMode's second start gives one chat");
  await help.click();
  await visitor.composer.waitFor();
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");

  const toggle = page.getByRole("button", { name: "Toggle" });
  await visitor.closeButton.click();
  await toggle.click();
  await becomes("nothing is left", () => left(page), NOTHING);
  await toggle.click();
  await visitor.launcher.waitFor();
  await help.click();
  await visitor.own("How do I reset my password?", "stored").waitFor();
  await visitor.says("Do you ship to Norway?");
  await visitor.hears("bot", "every country");
  assert.deepEqual(complaints(warnings), []);
});

story("a React page that a server rendered is taken over without a complaint, and has its chat inline", async (stage) => {
  const { page, visitor, warnings } = await app(stage, async (project, { url }) => {
    const example = await documented("websites.md", "React: the chat inside the page", "jsx", url);
    const server = `
      import { renderToString } from "react-dom/server";
      ${example.replace("export ", "")}
      export const html = renderToString(<HelpPage />);`;
    const browser = `
      import { StrictMode } from "react";
      import { hydrateRoot } from "react-dom/client";
      ${example}
      hydrateRoot(document.getElementById("root"), <StrictMode><HelpPage /></StrictMode>);`;
    // The policy of the page allows no style attribute, so the size comes from a class.
    const plain = (text) => text.replace('style={{ height: "32rem" }}', 'className="help"');
    const { html } = await project.forServer("server.jsx", plain(server));
    assert.equal(html, '<div class="help"></div>');
    return { html, script: await project.bundle("hydrate.jsx", plain(browser)) };
  });
  await visitor.composer.waitFor();
  await visitor.isOnline();
  assert.equal(await page.locator("#root .help hinny-chat").count(), 1);
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  assert.deepEqual(complaints(warnings), []);
});

story("the Vue example of the docs works, and leaves without a trace", async (stage) => {
  const { page, visitor, help, warnings } = await app(stage, async (project, { url }) => {
    const example = await documented("websites.md", "Vue", "vue", url);
    const { compileScript, parse } = await import("vue/compiler-sfc");
    const { descriptor } = parse(example);
    const { content } = compileScript(descriptor, { id: "chat", inlineTemplate: true });
    await project.write("chat.js", content);
    const harness = `
      import { createApp } from "vue";
      import Chat from "./chat.js";
      const app = createApp(Chat);
      app.mount("#root");
      window.hinnyTestLeave = () => app.unmount();`;
    return { script: await project.bundle("vue.js", harness) };
  });
  await help.click();
  await visitor.composer.waitFor();
  await visitor.says("How do I reset my password?");
  await visitor.hears("bot", "Security");
  await page.evaluate(() => window.hinnyTestLeave());
  await becomes("nothing is left", () => left(page), NOTHING);
  assert.deepEqual(complaints(warnings), []);
});

story("the packages' types allow what is there and nothing else", async (stage) => {
  const project = stage.kept(await Project.make());
  const good = `
    import { HinnyChat, useHinny, hinny } from "@hinny/react";
    import { start } from "@hinny/widget";
    const stop: () => void = start({ server: "https://a.example", site: "shop", inline: "#help", preload: true, nonce: "n" });
    const end: () => void = hinny("on", "message", (message) => console.log(message.text.length, message.author === "bot"));
    hinny("on", "unread", (count: number) => console.log(count));
    hinny("identify", async () => "token");
    hinny("context", { plan: "Pro", seats: 3, trial: false });
    export const page = <HinnyChat server="https://a.example" site="shop" inline onMessage={({ name }) => console.log(name)} onUnread={(count) => console.log(count + 1)} />;
    export function Help() { const { open, unread, isOpen } = useHinny(); return <button onClick={open} hidden={isOpen}>{unread}</button>; }
    export { stop, end };`;
  assert.equal(await project.complaints("good.tsx", good), "");
  const bad = [
    'hinny("opne");',
    'hinny("ask");',
    'hinny("on", "opened", () => {});',
    'hinny("on", "unread", (count: string) => {});',
    'hinny("context", { plan: {} });',
    'start({ site: "shop" });',
    '<HinnyChat site="shop" />;',
  ];
  const lines = ['import { HinnyChat, hinny } from "@hinny/react"; import { start } from "@hinny/widget";', ...bad];
  const said = await project.complaints("bad.tsx", lines.join("\n"));
  const wrong = new Set(Array.from(said.matchAll(/^bad\.tsx\((\d+),/gm), ([, line]) => Number(line)));
  assert.deepEqual([...wrong].sort(), bad.map((_, index) => index + 2));
});
