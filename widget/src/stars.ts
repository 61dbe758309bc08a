/** The end of a conversation: one to five stars, some words if the visitor likes, and a new beginning. */

import { h } from "./dom";
import type { Host } from "./more";
import type { State } from "./state";
import { later } from "./later";
import { count, words } from "./words";

const MOST = 5;

export class Stars {
  readonly #host: Host;
  readonly #foot: HTMLElement;
  #place: HTMLElement | null = null;
  /** What was shown last. */
  #shown = "";

  constructor(host: Host, foot: HTMLElement) {
    this.#host = host;
    this.#foot = foot;
  }

  look({ handling, said, conversation, pending, caughtUp, blocked }: State): void {
    if (handling !== "closed" || !conversation || !caughtUp || blocked !== null) return this.#gone();
    const given = pending.findLast((one) => one.choose && "stars" in one.choose)?.choose ?? said[""];
    const stars = given && "stars" in given ? given.stars : 0;
    const comment = (given && "comment" in given && given.comment) || "";
    const shown = `${conversation} ${stars} ${comment}`;
    if (shown === this.#shown) return;
    this.#gone();
    this.#shown = shown;
    this.#place = this.#make(stars, comment, conversation);
    this.#foot.before(this.#place);
  }

  #gone(): void {
    this.#place?.remove();
    this.#place = null;
    this.#shown = "";
  }

  #make(given: number, comment: string, conversation: string): HTMLElement {
    const again = h("button", { type: "button", "data-role": "begin" }, later.new_chat);
    again.onclick = () => this.#host.request({ text: "", choose: { type: "leave", conversation } });
    const row = h("fieldset", { "data-role": "stars" }, h("legend", {}, given ? later.thanks : later.rate));
    for (let stars = 1; stars <= MOST; stars++) row.append(this.#star(stars, given));
    const place = h("section", { class: "rating", part: "rating", "data-role": "rating", "data-stars": String(given) }, row);
    if (given && !comment) place.append(this.#comment(given));
    place.append(again);
    return place;
  }

  /** A radio button, so that arrows and readers of the screen know what it is. */
  #star(stars: number, given: number): HTMLElement {
    const radio = h("input", { type: "radio", name: "stars", value: String(stars), "aria-label": count(later.stars, stars) });
    radio.checked = stars === given;
    radio.onchange = () => this.#rate(stars);
    return h("label", { class: stars <= given ? "on" : "" }, radio, h("span", { "aria-hidden": "true" }, "★"));
  }

  #comment(stars: number): HTMLElement {
    const box = h("textarea", { rows: "2", maxlength: "1000", "data-role": "comment", "aria-label": later.comment, placeholder: later.comment });
    const send = h("button", { "data-role": "rate" }, words.send);
    const form = h("form", {}, box, send);
    form.onsubmit = (event) => {
      event.preventDefault();
      const comment = box.value.trim();
      if (comment) this.#rate(stars, comment);
    };
    return form;
  }

  #rate(stars: number, comment?: string): void {
    this.#host.request({ text: "", choose: { type: "rate", stars, ...(comment && { comment }) } });
    // The stars are drawn anew, and whoever uses the keys goes on where they were.
    this.#place?.querySelector<HTMLElement>(comment ? '[data-role="begin"]' : "input:checked")?.focus();
  }
}
