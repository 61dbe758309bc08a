/** The box in which an agent answers, with files, or changes what was said before. */

import { admit, type Attached } from "../src/attached";
import { followFiles } from "../src/composer";
import { h, setText, sync } from "../src/dom";
import { chosenItem } from "../src/tray";
import type { Limits } from "../src/wire";
import type { ThreadActions } from "./thread";
import type { Conversation } from "./types";
import { visitorName, words } from "./words";

/** What was begun in a conversation and is not sent yet. */
interface Draft {
  text: string;
  chosen: Attached[];
  notice: string | null;
  /** The line that is being changed, and what stood in the box before. */
  editing: { of: string; before: string } | null;
}

const nothing: Draft = { text: "", chosen: [], notice: null, editing: null };

export function buildComposer(actions: ThreadActions) {
  const nodes = build();
  const { root, input } = nodes;
  /** One for each conversation, so that looking at another one loses nothing. */
  const drafts = new Map<string, Draft>();
  let shown = "";
  let limits: Limits = { text: 0 };
  let draft = nothing;

  const change = (to: Partial<Draft>) => {
    draft = { ...draft, text: input.value, ...to };
    if (input.value !== draft.text) input.value = draft.text;
    setText(nodes.note, draft.notice ?? (draft.editing ? words.editing : ""));
    nodes.cancel.hidden = !draft.editing;
    nodes.attach.hidden = !limits.files || draft.editing !== null;
    sync(nodes.chosen, draft.chosen.map((one) => chosenItem(one, detach)));
  };
  const detach = (key: string) => change({ notice: null, chosen: draft.chosen.filter((one) => one.key !== key) });
  const cancel = () => {
    change({ text: draft.editing?.before ?? "", editing: null });
    input.focus();
  };

  root.onsubmit = (event) => {
    event.preventDefault();
    const text = input.value.trim();
    const { editing, chosen } = draft;
    if (editing && text) actions.edit(editing.of, text);
    if (editing) return cancel();
    if (text || chosen.length) actions.reply(text, chosen);
    change(nothing);
    input.focus();
  };
  nodes.cancel.onclick = cancel;
  listenToKeys(nodes, actions, () => draft.editing && cancel());
  followFiles(nodes, root, (files) => change(admit(actions.keep(files), draft.chosen, limits)));

  const show = (open: Conversation, may: Limits, fresh: boolean) => {
    limits = may;
    nodes.picker.accept = (may.types ?? []).join();
    input.placeholder = words.placeholder(visitorName(open.visitor));
    if (!fresh) return change({});
    drafts.set(shown, { ...draft, text: input.value });
    shown = open.conversation;
    draft = drafts.get(shown) ?? nothing;
    change({ text: draft.text });
  };
  /** Puts an earlier line into the box, to be changed. */
  const edit = (of: string, text: string) => {
    change({ text, editing: { of, before: draft.editing?.before ?? input.value } });
    input.focus();
  };
  return { root, show, edit };
}

function build() {
  const input = h("textarea", { rows: "2", "aria-label": words.reply, "aria-describedby": "hint", "data-role": "composer" });
  const attach = h("button", { type: "button", class: "attach", "data-role": "attach", "aria-label": words.attach, title: words.attach }, "+");
  const picker = h("input", { type: "file", multiple: "", hidden: "", "data-role": "picker" });
  const send = h("button", { type: "submit", "data-role": "send" }, words.send);
  const note = h("span", { role: "status", "data-role": "note" });
  const cancel = h("button", { type: "button", class: "cancel", "data-role": "cancel", hidden: "" }, words.cancel);
  const chosen = h("div", { class: "chosen", "data-role": "chosen" });
  const hint = h("p", { class: "hint", id: "hint" }, words.hint);
  const root = h("form", { class: "composer" }, h("div", { class: "note" }, note, cancel), chosen, attach, picker, input, send, hint);
  return { root, input, attach, picker, note, cancel, chosen };
}

function listenToKeys({ root, input }: ReturnType<typeof build>, actions: ThreadActions, leave: () => void): void {
  input.onkeydown = (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") leave();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    root.requestSubmit();
  };
  input.oninput = () => actions.typing();
}
