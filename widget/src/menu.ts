/** The menu behind the three dots: a list of buttons that goes as soon as one was pressed, or the visitor looks elsewhere. */

import { h } from "./dom";
import { later } from "./later";

export interface Tool {
  role: string;
  label: string;
  /** Null while it makes no sense. */
  run: (() => void) | null;
  /** Only where there are fingers. */
  touch?: boolean;
}

export class Menu {
  readonly #opener: HTMLElement;
  readonly #tools: () => Tool[];
  #list: HTMLElement | null = null;

  constructor(opener: HTMLElement, tools: () => Tool[]) {
    this.#opener = opener;
    this.#tools = tools;
    opener.setAttribute("aria-haspopup", "menu");
    opener.setAttribute("aria-expanded", "false");
  }

  /** Opens it, or closes it again. */
  turn(): void {
    if (this.#list) return this.#close(true);
    const list = h("div", { class: "menu-list", part: "menu-list", role: "menu", "data-role": "menu-list", "aria-label": later.menu });
    list.append(...this.#tools().map((tool) => this.#item(tool)));
    follow(list, () => this.#close(true));
    list.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget !== this.#opener && !list.contains(relatedTarget as Node | null)) this.#close(false);
    });
    this.#list = list;
    this.#opener.setAttribute("aria-expanded", "true");
    this.#opener.after(list);
    list.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
  }

  #item({ role, label, run, touch }: Tool): HTMLElement {
    const node = h("button", { type: "button", role: "menuitem", "data-role": role, ...(touch && { class: "touch" }) }, label);
    node.disabled = !run;
    node.onclick = () => {
      this.#close(true);
      run?.();
    };
    return node;
  }

  #close(back: boolean): void {
    const list = this.#list;
    this.#list = null;
    this.#opener.setAttribute("aria-expanded", "false");
    list?.remove();
    if (back) this.#opener.focus();
  }
}

/** Arrows walk from button to button, Escape leaves; the chat around it hears nothing of that. */
export function follow(place: HTMLElement, leave: () => void): void {
  place.onkeydown = (event) => {
    // What the style sheet hides cannot have the focus.
    const buttons = Array.from(place.querySelectorAll<HTMLElement>("button:not(:disabled)")).filter((one) => one.getClientRects().length);
    const at = buttons.indexOf((place.getRootNode() as ShadowRoot).activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") leave();
    else if (step) buttons[(at + step + buttons.length) % buttons.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
