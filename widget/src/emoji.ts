/** A few emoji for those whose keyboard has none. A phone's keyboard has them all, so the button is not shown there. */

import { h } from "./dom";
import { follow } from "./menu";
import { later } from "./later";

const ALL = "😀 😄 😂 😊 😉 😍 🤔 😅 😐 😕 😢 😭 😡 😱 😴 🤯 👍 👎 👌 🙏 👏 💪 👋 🤝 ❤️ 🎉 ✨ 🔥 ⭐ ✅ ❌ ❓ ❗ 💡 📎 📷 📦 🚚 💳 🐛";

export class Emoji {
  readonly #input: HTMLTextAreaElement;
  readonly #opener: HTMLElement;
  #place: HTMLElement | null = null;

  constructor(input: HTMLTextAreaElement, opener: HTMLElement) {
    this.#input = input;
    this.#opener = opener;
  }

  /** Opens the picker above the box, or closes it again. */
  turn(): void {
    if (this.#place) return this.#close();
    const place = h("div", { class: "emoji-list", part: "emoji-list", role: "group", "aria-label": later.emoji, "data-role": "emoji-list" });
    place.append(...ALL.split(" ").map((sign) => this.#button(sign)));
    follow(place, () => this.#close());
    this.#place = place;
    this.#opener.setAttribute("aria-expanded", "true");
    this.#input.form!.before(place);
    (place.firstElementChild as HTMLElement).focus();
  }

  #button(sign: string): HTMLElement {
    const node = h("button", { type: "button" }, sign);
    node.onclick = () => {
      const { selectionStart: start, selectionEnd: end, value, maxLength } = this.#input;
      if (maxLength < 0 || value.length + sign.length <= maxLength) this.#input.setRangeText(sign, start, end, "end");
      this.#close();
      this.#input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    return node;
  }

  #close(): void {
    this.#place?.remove();
    this.#place = null;
    this.#opener.setAttribute("aria-expanded", "false");
    this.#input.focus();
  }
}
