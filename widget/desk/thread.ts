/** One conversation: the card on top, its transcript, and the box to answer in. */

import type { Attached } from "../src/attached";
import { h, isAtEnd, type Item, setText, sync } from "../src/dom";
import type { Door } from "../src/files";
import type { Turning } from "./api";
import { buildCard } from "./card";
import { buildComposer } from "./composer";
import { fold } from "./fold";
import type { Reply } from "./replies";
import type { State } from "./state";
import { replyItem, transcriptItems } from "./transcript";
import { visitorName, words } from "./words";

export interface ThreadActions {
  back(): void;
  turn(to: Turning): void;
  /** Presses a button of the transcript or the card; `failed` runs when it had no effect. */
  press(action: string, failed: () => void): void;
  reply(text: string, files: Attached[]): void;
  edit(of: string, text: string): void;
  erase(of: string): void;
  typing(): void;
  retry(id: string): void;
  remove(id: string): void;
  /** Keeps the bytes of chosen files until they are sent. */
  keep(files: File[]): Attached[];
  files: Door;
}

export interface ThreadView {
  root: HTMLElement;
  show(state: State, replies: Reply[], now: number): void;
}

export function buildThread(actions: ThreadActions): ThreadView {
  const card = buildCard(actions);
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.log, tabindex: "0", "data-role": "log" });
  const typing = h("div", { class: "typing", role: "status", "data-role": "typing" });
  const composer = buildComposer(actions);
  const body = h("div", { class: "body" }, card.root, log, typing, composer.root);
  const empty = h("p", { class: "empty" });
  const root = h("section", { class: "thread", "data-role": "conversation" }, empty, body);
  let shownBefore: string | null = null;
  return {
    root,
    show(state, replies, now) {
      const { open } = state;
      body.hidden = !open;
      empty.hidden = Boolean(open);
      setText(empty, state.shown ? (state.trouble ?? words.checking) : words.noThread);
      if (!open) return;
      const fresh = shownBefore !== open.conversation;
      shownBefore = open.conversation;
      root.dataset.handling = open.handling;
      root.dataset.conversation = open.conversation;
      const folded = fold(open.events);
      const me = state.me?.agent.name ?? null;
      card.show(open, folded, me, now);
      composer.show(open, state.me?.limits ?? { text: 4000 }, fresh);
      const writes = (state.writingUntil ?? 0) > now;
      setText(typing, writes ? words.writes(visitorName(open.visitor)) : "");
      const items = transcriptItems({ open, folded, me, actions, edit: composer.edit });
      fill(log, [...items, ...replies.map((one) => replyItem(one, actions))], fresh);
    },
  };
}

/** A reader at the end stays at the end; one who scrolled up is left alone. */
function fill(log: HTMLElement, items: Item[], fresh: boolean): void {
  const following = isAtEnd(log);
  // The same place in another conversation is another line.
  if (fresh) log.replaceChildren();
  sync(log, items);
  if (following || fresh) log.scrollTop = log.scrollHeight;
}
