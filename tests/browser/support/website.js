/** Somebody's website, on an origin of its own: one page with the script tag and a strict content policy. */

import { once } from "node:events";
import { createServer } from "node:http";

/** The page's words are ours; only `title` may be hostile, and is escaped as any website would. */
function html({ title, script, site, body, css, attributes, language, direction }) {
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escaped(title)}</title>
    ${css ? '<link rel="stylesheet" href="/page.css">' : ""}
    ${script ? `<script src="${script}" data-site="${site}"${attributes} async></script>` : ""}
  </head>
  <body>
${body}
  </body>
</html>`;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

const PLAIN = "    <h1>The Shop</h1>\n    <p>Things to buy.</p>";

/** Nothing may run or be reached but the chat's server, and the page's own style sheet if it has one. */
function policy({ chat: server, css, ownScripts, policy: own }) {
  const { host } = new URL(server);
  if (own) return own;
  return `default-src 'none'; script-src ${server}${ownScripts ? " 'self'" : ""}; connect-src ws://${host} ${server}; img-src ${server}; ${css ? "style-src 'self'; " : ""}base-uri 'none'; form-action 'none'`;
}

export class Website {
  constructor() {
    this.server = createServer((request, response) => this.answer(request, response));
    this.title = "The Shop: cart";
    this.script = null;
    this.site = "shop";
    this.body = PLAIN;
    this.css = null;
    this.strict = true;
    /** Instead of the strict policy that all stories have. */
    this.policy = null;
    /** Further attributes of the script tag. */
    this.attributes = "";
    /** What else it has, by path: `{type, text}`. */
    this.files = new Map();
    /** Whether its own scripts may run. */
    this.ownScripts = false;
    this.language = "en";
    this.direction = "ltr";
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

  /** Gives the page another body and a style sheet. */
  dresses(body, css) {
    Object.assign(this, { body, css });
  }

  answer(request, response) {
    const { pathname } = new URL(request.url, this.url);
    if (pathname === "/page.css" && this.css) return response.writeHead(200, { "Content-Type": "text/css" }).end(this.css);
    const file = this.files.get(pathname);
    if (file) return response.writeHead(200, { "Content-Type": file.type }).end(file.text);
    const found = pathname === "/";
    const headers = { "Content-Type": "text/html; charset=utf-8", ...(this.strict && { "Content-Security-Policy": policy(this) }) };
    response.writeHead(found ? 200 : 404, headers).end(found ? html(this) : "");
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
