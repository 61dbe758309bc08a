/** What stands in a conversation's log, as the visitor sees it: messages, how they change, and who answers from when. */

import { type Author, type Block, type FileRef, type Handling, type MessageEvent, type Source, type Suggestions } from "./wire";

export interface Message {
  kind: "message";
  id: string;
  seq: number;
  at: number;
  author: Author;
  text: Block[];
  sources: Source[];
  /** As they came; `wholeFiles` says which can be shown. */
  files: FileRef[];
  quotes: string | null;
  edited: boolean;
  deleted: boolean;
  suggestions: Suggestions | null;
  answer: boolean;
  /** What the team put on it; the same sign stands here once for each who did. */
  signs: string[];
}

/** The conversation passed from one who answers to another. */
export interface Turn {
  kind: "turn";
  seq: number;
  at: number;
  from: Handling;
  handling: Handling;
  reason: string | null;
  agent: string | null;
}

export type Entry = Message | Turn;

export function message(seq: number, at: number, event: MessageEvent): Message {
  const { id, author, text, sources, files = [], quotes = null, edited = false, deleted = false, suggestions = null, answer = false } = event;
  return { kind: "message", id, seq, at, author, text, sources, files, quotes, edited, deleted, suggestions, answer, signs: [] };
}

/** Puts an entry where its seq belongs; what is known under the same seq gives way. */
export function place(entries: Entry[], entry: Entry): Entry[] {
  const rest = entries.filter((one) => one.seq !== entry.seq);
  const at = rest.findLastIndex((one) => one.seq < entry.seq) + 1;
  return rest.toSpliced(at, 0, entry);
}

/** Changes one message, wherever it stands; a message that is not there needs no change. */
export function changed(entries: Entry[], id: string, change: (one: Message) => Partial<Message>): Entry[] {
  return entries.map((one) => (one.kind === "message" && one.id === id ? { ...one, ...change(one) } : one));
}

export function withSign(signs: string[], sign: string, on: boolean): string[] {
  const at = signs.indexOf(sign);
  return on ? [...signs, sign] : at < 0 ? signs : signs.toSpliced(at, 1);
}

/** Who answers, by the log itself: a welcome already tells how the log ends. */
export function lastHandling(entries: Entry[]): Handling {
  return entries.findLast((one) => one.kind === "turn")?.handling ?? "bot";
}

/** What was typed, as a text. */
export function typed(text: string): Block[] {
  return text ? [{ type: "paragraph", children: lines(text) }] : [];
}

/** Plain text as a tree: line ends become breaks. */
function lines(text: string): ({ type: "text"; text: string } | { type: "break" })[] {
  return text.split("\n").flatMap((line, index) => [
    ...(index ? [{ type: "break" as const }] : []),
    { type: "text" as const, text: line },
  ]);
}
