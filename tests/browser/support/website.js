/** Somebody's website, on an origin of its own: one page with the script tag and a strict content policy. */

import { once } from "node:events";
import { createServer } from "node:http";

/** The page's words are ours; only `title` may be hostile, and is escaped as any website would. */
function html({ title, script, site }) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escaped(title)}</title>
    ${script ? `<script src="${script}" data-site="${site}" async></script>` : ""}
  </head>
  <body>
    <h1>The Shop</h1>
    <p>Things to buy.</p>
  </body>
</html>`;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Nothing may run or be reached but the chat's server. */
function policy(server) {
  const { host } = new URL(server);
  return `default-src 'none'; script-src ${server}; connect-src ws://${host} ${server}; img-src ${server}; base-uri 'none'; form-action 'none'`;
}

export class Website {
  constructor() {
    this.server = createServer((request, response) => this.answer(request, response));
    this.title = "The Shop: cart";
    this.script = null;
    this.site = "shop";
  }

  static async open() {
    const website = new Website();
    website.server.listen(0, "127.0.0.1");
    await once(website.server, "listening");
    website.url = `http://127.0.0.1:${website.server.address().port}`;
    return website;
  }

  /** Puts the script tag of this server on the page. */
  embeds(server) {
    this.chat = server;
    this.script = `${server}/widget.js`;
  }

  answer(request, response) {
    const found = new URL(request.url, this.url).pathname === "/";
    const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy(this.chat) };
    response.writeHead(found ? 200 : 404, headers).end(found ? html(this) : "");
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
