/** Visitors without a browser: the REST interface, for saying more than anybody types. */

import { createHmac } from "node:crypto";

const part = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** An identity token as a site's own server signs it (HS256). */
export function identity(secret, claims) {
  const now = Math.floor(Date.now() / 1000);
  const body = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iat: now, exp: now + 3600, aud: "shop", ...claims })}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

export class Caller {
  constructor(server, token) {
    this.server = server;
    this.token = token;
  }

  /** A new visitor of the shop, whom the site's own server vouches for. */
  static async begins(server, signed) {
    const begun = await new Caller(server, null).post("session", { protocol: 1, site: "shop", identity: signed });
    return new Caller(server, begun.token);
  }

  async post(path, body) {
    const raw = body instanceof Uint8Array;
    const headers = { ...(raw ? {} : { "Content-Type": "application/json" }), ...(this.token && { Authorization: `Bearer ${this.token}` }) };
    const answer = await fetch(`${this.server}/v1/${path}`, { method: "POST", headers, body: raw ? body : JSON.stringify(body) });
    const value = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(value)}`);
    return value;
  }

  say(id, text, rest = {}) {
    return this.post("messages", { id, text, ...rest });
  }
}
