/**
 * What a site wants its visitors to agree to before they write, loaded as `widget-ask.js` where the site's look says so.
 * It stands where the composer would be. Until the visitor has agreed, the chat connects to nobody.
 */

import css from "./ask.css";
import { h } from "./dom";
import { sheet } from "./look";
import { marks } from "./marks";
import type { Panel } from "./panel";
import type { Store } from "./store";
import type { Block } from "./wire";
import type { Words } from "./words";

/** What the module offers. */
export interface AskPart {
  ask: typeof ask;
}

/** Asks, or goes back to the question; `begin` is called once the visitor has agreed. */
export function ask({ panel, person, form, input }: Panel, store: Store, words: Words, render: (text: Block[]) => DocumentFragment, begin: () => void): void {
  // While this was on its way once more, the visitor may have agreed.
  if (store.read().agreed) return;
  const root = panel.getRootNode() as ShadowRoot;
  if (!root.querySelector(".consent")) {
    const text = h("div", { id: "consent", dir: "auto" }, render(words.consent ?? []));
    const agree = h("button", marks("agree", { type: "button", "aria-describedby": "consent" }), words.agree);
    const box = h("div", marks("consent"), text, agree);
    agree.onclick = () => {
      store.write({ agreed: true });
      box.remove();
      form.hidden = person.hidden = false;
      input.focus();
      begin();
    };
    form.hidden = person.hidden = true;
    form.before(box);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(css)];
  }
  // What stands in the page as a part of it leaves the focus where it is.
  if (panel.getAttribute("role") === "dialog") root.querySelector<HTMLElement>(".agree")!.focus();
}
