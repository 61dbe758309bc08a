/**
 * What a site shows of itself in the open chat: its logo, the people of its team, and replies to begin with. The chat
 * loads it as `widget-brand.js` where the welcome names such things; texts are texts, pictures come from our server.
 */

import css from "./brand.css";
import { sameServer } from "./connection";
import { h } from "./dom";
import { sheet } from "./look";
import { marks } from "./marks";
import type { State } from "./state";
import { fits } from "./wire";

/** What the module offers. */
export interface BrandPart {
  Branding: new (host: BrandHost, brand: unknown) => Branding;
}

/** The chat that this belongs to. */
export interface BrandHost {
  server: string;
  panel: HTMLElement;
  /** The name of the list of people. */
  team: string;
  /** Says something in the visitor's name. */
  ask(text: string): void;
}

const face = { name: "string", photo: "string?" };

export class Branding {
  readonly #team: HTMLElement;
  readonly #replies: HTMLElement;

  constructor(host: BrandHost, brand: unknown) {
    const { logo, team, replies } = (brand ?? {}) as { logo?: unknown; team?: unknown[]; replies?: unknown[] };
    const picture = (url: unknown, role: string) => {
      const src = sameServer(url, host.server);
      return src ? [h("img", marks(role, { src, alt: "" }))] : [];
    };
    const people = (team ?? []).filter((one) => fits(one, face)) as { name: string; photo: string | null }[];
    const faces = people.map(({ name, photo }) => {
      const initial = h("i", { "aria-hidden": "true" }, Array.from(name)[0] ?? "");
      return h("li", {}, ...(photo ? picture(photo, "photo") : [initial]), h("span", {}, name));
    });
    const buttons = (replies ?? []).map((text) => {
      const button = h("button", marks("reply", { type: "button" }), String(text));
      button.onclick = () => host.ask(String(text));
      return button;
    });
    this.#team = h("ul", marks("team", { "aria-label": host.team }), ...faces);
    this.#replies = h("div", marks("replies"), ...buttons);
    this.#place(host.panel, picture(logo, "logo"));
  }

  #place(panel: HTMLElement, logo: Element[]): void {
    const root = panel.getRootNode() as ShadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(css)];
    const header = panel.querySelector("header")!;
    header.prepend(...logo);
    header.after(this.#team);
    panel.querySelector(".log")!.after(this.#replies);
  }

  /** Faces and replies are for the beginning; then the conversation has the room. */
  show({ entries, pending, blocked }: State): void {
    const begun = entries.length + pending.length > 0;
    this.#team.hidden = begun || !this.#team.childElementCount;
    this.#replies.hidden = begun || blocked !== null || !this.#replies.childElementCount;
  }
}
