/**
 * A conversation's log as it is to be read now: later events that change an earlier one (edits, deletions, reactions,
 * what became of a held line) are folded into it.
 */

import { withSign } from "../src/entries";
import { type Block, type FileRef, wholeFiles } from "../src/wire";
import type { Numbered } from "./types";

/** What became of a message since it was said. */
export interface Words {
  text: Block[];
  files: FileRef[];
  edited: boolean;
  deleted: boolean;
  signs: string[];
}

export interface Folded {
  /** Messages by their id; notes and held lines go by their place, `eSEQ`. */
  words: Map<string, Words>;
  /** Held lines and drafts that somebody has decided on, by the seq that names them. */
  settled: Map<number, "sent" | "dropped" | "saved">;
  /** The newest agent's message that the visitor has seen. */
  seen: number | null;
  blocked: { until: number | null } | null;
  /** Deliveries that failed, each with the last event that tells of it. */
  failed: Map<string, number>;
}

export function fold(events: Numbered[]): Folded {
  const folded: Folded = { words: new Map(), settled: new Map(), seen: null, blocked: null, failed: new Map() };
  let upto = 0;
  for (const one of events) {
    take(folded, one);
    if (one.event.kind === "seen") upto = Math.max(upto, one.event.upto);
  }
  const saw = ({ seq, event }: Numbered) => seq <= upto && event.kind === "message" && event.author.kind === "agent" && !event.note;
  return { ...folded, seen: events.findLast(saw)?.seq ?? null };
}

function take(folded: Folded, { seq, event }: Numbered): void {
  switch (event.kind) {
    case "message": {
      const { id, text, files, edited = false, deleted = false, held } = event;
      folded.words.set(id, { text, files: wholeFiles(files), edited, deleted, signs: [] });
      if (held != null) folded.settled.set(held, "sent");
      return;
    }
    case "held":
      folded.words.set(`e${seq}`, { text: event.text, files: wholeFiles(event.files), edited: false, deleted: false, signs: [] });
      return;
    case "edited":
      return change(folded, event.id, () => ({ text: event.text, files: wholeFiles(event.files), edited: true }));
    case "deleted":
      return change(folded, event.id, () => ({ text: [], files: [], deleted: true }));
    case "reaction":
      return change(folded, event.id, ({ signs }) => ({ signs: withSign(signs, event.sign, event.on) }));
    case "held_dropped":
      return void folded.settled.set(event.held, "dropped");
    case "faq_saved":
      return void folded.settled.set(event.draft, "saved");
    case "faq_undone":
      return void folded.settled.set(event.draft, "dropped");
    case "blocked":
      folded.blocked = { until: event.until };
      return;
    case "unblocked":
      folded.blocked = null;
      return;
    case "delivery_failed":
    case "delivery_retried":
      return void folded.failed.set(event.delivery, seq);
  }
}

function change({ words }: Folded, id: string, to: (one: Words) => Partial<Words>): void {
  const one = words.get(id);
  if (one) words.set(id, { ...one, ...to(one) });
}
