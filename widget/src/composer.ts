/** Where the visitor writes: the box, the files chosen for the next message, and what is in the way of sending. */

import { h, type Item, setText, sync } from "./dom";
import { button, marks } from "./marks";
import type { State } from "./state";
import { why, words } from "./words";

export interface Composer {
  note: HTMLElement;
  chosen: HTMLElement;
  form: HTMLFormElement;
  attach: HTMLButtonElement;
  picker: HTMLInputElement;
  input: HTMLTextAreaElement;
  send: HTMLButtonElement;
}

const paths = {
  send: "M12 19V5m-6 6 6-6 6 6",
  attach: "m15 7-7 7a2 2 0 0 0 3 3l8-8a4 4 0 0 0-6-6l-8 8a6 6 0 0 0 9 9l6-6",
};

export function buildComposer(): Composer {
  const note = h("div", marks("note", { role: "status" }));
  const chosen = h("div", marks("chosen"));
  const attach = button("attach", words.attach, paths.attach);
  const picker = h("input", { type: "file", multiple: "", hidden: "", "data-role": "picker" });
  const input = h("textarea", marks("composer", { rows: "1", "aria-label": words.composer, placeholder: words.placeholder, enterkeyhint: "send" }));
  const send = button("send", words.send, paths.send);
  send.type = "submit";
  const form = h("form", marks("form"), input, attach, picker, send);
  return { note, chosen, form, attach, picker, input, send };
}

export function showComposer(nodes: Composer, state: State, chosen: Item[]): void {
  const { limits, blocked, notice } = state;
  const shut = blocked !== null;
  setText(nodes.note, shut ? why("blocked") : (notice ?? ""));
  nodes.attach.hidden = !limits.files;
  nodes.picker.accept = (limits.types ?? []).join();
  nodes.input.maxLength = limits.text;
  for (const node of [nodes.attach, nodes.input, nodes.send]) node.disabled = shut;
  sync(nodes.chosen, chosen);
}

/** Files from the picker, the clipboard or a drop all go one way. */
export function followFiles({ attach, picker, input }: Pick<Composer, "attach" | "picker" | "input">, place: HTMLElement, add: (files: File[]) => void): void {
  attach.onclick = () => picker.click();
  picker.onchange = () => {
    add([...(picker.files ?? [])]);
    // The same file may be chosen again.
    picker.value = "";
    input.focus();
  };
  const take = (event: Event, from: DataTransfer | null) => {
    if (!from?.files.length) return;
    event.preventDefault();
    add([...from.files]);
  };
  input.onpaste = (event) => take(event, event.clipboardData);
  place.ondrop = (event) => take(event, event.dataTransfer);
  place.ondragover = (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  };
}
