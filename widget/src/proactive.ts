/**
 * A word to visitors who stay on a page for a while, beside the button: what a site's own rules say, in the site's own
 * words. The loader fetches it as `widget-proactive.js` where the look names rules. It never takes the focus, and is
 * not shown to anybody who has used the chat. What a visitor closed is the only thing that it writes down.
 */

import type { Hinny, Host } from "./boot";
import { h } from "./dom";
import { type Rule, sheet } from "./look";
import { button, marks } from "./marks";
import css from "./proactive.css";
import { followPlaces } from "./steps";

const CROSS = "M6 6l12 12M18 6 6 18";

/** The same door as the chat's, so that the loader fetches both in one way. */
export function obey(host: Host): void {
  if (!host.hasAttribute("inline")) new Proactive(host).look();
}

/** Whether a path is of a pattern: `*` is any part between two slashes, `**` is anything. */
export function isOf(pattern: string, path: string): boolean {
  const pieces = pattern.split(/(\*+)/).map((piece) => (piece[0] === "*" ? (piece[1] ? ".*" : "[^/]*") : piece.replace(/[^\w/]/g, "\\$&")));
  return new RegExp(`^${pieces.join("")}$`, "s").test(path);
}

class Proactive {
  readonly #launcher: HTMLElement;
  /** There from the start, so that what comes into it is told, once. */
  readonly #told = h("div", { role: "status" });
  readonly #bubble: HTMLElement;
  readonly #key: string;
  readonly #ending = new AbortController();
  /** Ends what waits on this page. */
  #page = new AbortController();
  #shown: Rule | null = null;

  constructor(private readonly host: Host) {
    const root = host.shadowRoot!;
    this.#key = `hinny:${host.site}`;
    this.#launcher = root.querySelector<HTMLElement>(".launcher")!;
    this.#bubble = h("div", marks("proactive", { lang: host.look.lang, dir: "auto" }), this.#told);
    this.#launcher.before(this.#bubble);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(css)];
    followPlaces(() => this.look(), this.#ending.signal);
    this.#launcher.addEventListener("click", () => this.#leave());
    new MutationObserver(() => this.#isUsed() && this.#leave()).observe(this.#launcher, { attributeFilter: ["hidden"] });
  }

  /** The page is another one now, or the first. What holds for it too stays. */
  look(): void {
    const path = decoded(location.pathname);
    if (this.#isUsed()) return this.#leave();
    if (this.#shown && isOf(this.#shown[1], path)) return;
    this.#hide();
    const closed = this.#closed();
    for (const rule of this.host.look.say!.rules) {
      if (closed.includes(rule[0]) || !isOf(rule[1], path)) continue;
      const timer = setTimeout(() => this.#show(rule), rule[2] * 1000);
      this.#page.signal.addEventListener("abort", () => clearTimeout(timer));
    }
  }

  #show(rule: Rule): void {
    const { signal } = this.#page;
    if (this.#isUsed()) return this.#leave();
    if (this.#shown || this.#closed().includes(rule[0])) return;
    // A page that nobody looks at has no reader.
    if (document.hidden) return document.addEventListener("visibilitychange", () => this.#show(rule), { once: true, signal });
    this.#shown = rule;
    const say = h("button", marks("proactive-open", { type: "button" }), rule[3]);
    const close = button("proactive-close", this.host.look.say!.close, CROSS);
    say.onclick = () => {
      this.#close();
      (window as { hinny?: Hinny }).hinny?.("open", rule[3]);
    };
    close.onclick = () => this.#close();
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.#close(), { signal });
    this.#told.append(say);
    this.#bubble.append(close);
  }

  /** Shown once more to nobody who closed it. */
  #close(): void {
    if (!this.host.isConnected) return this.#leave();
    if (!this.#shown) return;
    const closed = JSON.stringify([...this.#closed(), this.#shown[0]]);
    try {
      localStorage.setItem(`${this.#key}:proactive`, closed);
    } catch {
      // Where storage is blocked it comes back on the next page.
    }
    // The focus is not lost with the button that had it.
    const focused = this.#bubble.contains(this.host.shadowRoot!.activeElement);
    this.#hide();
    if (focused) this.#launcher.focus();
  }

  #hide(): void {
    this.#page.abort();
    this.#page = new AbortController();
    this.#shown = null;
    this.#told.replaceChildren();
    this.#bubble.replaceChildren(this.#told);
  }

  #leave(): void {
    this.#ending.abort();
    this.#page.abort();
    this.#bubble.remove();
  }

  #isUsed(): boolean {
    return !this.host.isConnected || this.#launcher.hidden || this.#kept(this.#key) !== null;
  }

  /** The names of the rules that the visitor closed. */
  #closed(): unknown[] {
    try {
      const read: unknown = JSON.parse(this.#kept(`${this.#key}:proactive`) ?? "");
      return Array.isArray(read) ? read : [];
    } catch {
      return [];
    }
  }

  #kept(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }
}

/** As people read it in the address bar. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
