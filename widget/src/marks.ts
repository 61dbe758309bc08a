/** Nodes that can be found by their role, from tests (`data-role`) and from the page's style (`part`). */

import { h, icon } from "./dom";

export function marks(role: string, more: Record<string, string> = {}): Record<string, string> {
  return { class: role, part: role, "data-role": role, ...more };
}

/** A button that shows a drawing and has its name in words. */
export function button(role: string, label: string, path: string): HTMLButtonElement {
  return h("button", marks(role, { type: "button", "aria-label": label, title: label }), icon(path));
}
