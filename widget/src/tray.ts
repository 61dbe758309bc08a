/** The files chosen for the next message, as they stand above the box. */

import type { Attached } from "./attached";
import { h, type Item } from "./dom";
import { label } from "./files";
import { say, words } from "./words";

/** A chosen file, which can be taken away again. */
export function chosenItem(one: Attached, detach: (key: string) => void): Item {
  return {
    key: one.key,
    make: () => {
      const remove = h("button", { type: "button", "data-role": "detach", "aria-label": say(words.detach, { name: one.name }) }, "×");
      remove.onclick = () => detach(one.key);
      return h("span", { class: "file", "data-role": "attached" }, ...label(one), remove);
    },
  };
}
