/** The desk's own interface as the page sees it: rows, conversations in the team's view, frames of its socket. */

import { type Author, type Block, type FileRef, fits, type Handling, type Limits, parse, type Shape, type Source } from "../src/wire";

export interface Me {
  site: { id: string; name: string };
  agent: { name: string };
  /** What one line may hold. */
  limits?: Limits;
}

export interface Place {
  url: string;
  title: string;
}

/** One line of the list of threads. */
export interface Row {
  conversation: string;
  visitor: { name: string | null; kind: string };
  handling: Handling;
  reason: string | null;
  agent: string | null;
  page: Place | null;
  screen?: Screen | null;
  page_says?: Record<string, string>;
  last: { author: Author; text: string; at: number } | null;
  seq: number;
  opened_at: number;
  updated_at: number;
}

export interface Candidate {
  title: string;
  score: number;
  url: string | null;
}

export type TeamEvent =
  | Said
  | { kind: "handling"; handling: Handling; reason: string | null; agent: string | null }
  | { kind: "verdict"; verdict: string; confidence: number; candidates: Candidate[] }
  /** What the bot would say; named by its event's seq. */
  | { kind: "draft"; text: Block[]; sources: Source[] }
  | { kind: "marked"; of: number; agent: string; wrong: boolean }
  | { kind: "notice"; text: string }
  | { kind: "thread_opened" }
  | { kind: "edited"; id: string; text: Block[]; files?: FileRef[] }
  | { kind: "deleted"; id: string }
  | { kind: "reaction"; id: string; sign: string; on: boolean }
  /** A line that waits for somebody to say whether the visitor may have it; named by its event's seq. */
  | { kind: "held"; id: string; by: Author; why: string; text: Block[]; files?: FileRef[] }
  | { kind: "held_dropped"; held: number }
  | { kind: "joined"; agent: string }
  | { kind: "blocked"; agent: string; until: number | null }
  | { kind: "unblocked"; agent: string }
  /** The visitor had everything up to here before their eyes. */
  | { kind: "seen"; upto: number }
  | { kind: "delivery_failed"; delivery: string; of: number }
  | { kind: "delivery_retried"; delivery: string }
  /** A draft for the frequent questions; named by its event's seq. */
  | { kind: "faq_proposed"; question: string; answer: string; masked: boolean }
  | { kind: "faq_saved"; draft: number; entry: string }
  | { kind: "faq_undone"; draft: number };

export interface Said {
  kind: "message";
  id: string;
  author: Author;
  text: Block[];
  sources: Source[];
  note: boolean;
  files?: FileRef[];
  quotes?: string | null;
  edited?: boolean;
  deleted?: boolean;
  /** The held line or draft that this was. */
  held?: number | null;
}

export interface Numbered {
  seq: number;
  at: number;
  event: TeamEvent;
}

interface Person {
  id: string;
  name: string | null;
  kind: string;
  language: string | null;
  time_zone: string | null;
  /** What the site's own server signed. */
  email?: string | null;
  attributes?: Record<string, string>;
}

interface Screen {
  width: number;
  height: number;
}

export interface Conversation {
  conversation: string;
  visitor: Person;
  page: Place | null;
  screen?: Screen | null;
  /** What a script of the page says of the visitor. Nothing of it is verified. */
  page_says?: Record<string, string>;
  /** When the visitor agreed to what the site asks first. */
  agreed_at?: number | null;
  handling: Handling;
  reason: string | null;
  agent: string | null;
  seq: number;
  events: Numbered[];
}

/** What the bot said once: an answer, a draft for the team, or something to choose from. */
export interface Answer {
  conversation: string;
  seq: number;
  at: number;
  question: string;
  answer: string;
  confidence: number;
  verdict: string;
  /** `answered`, `drafted` or `suggested`. */
  said: string;
  sources: Source[];
  /** Who said that it was wrong. */
  wrong: { by: string; at: number } | null;
  /** What the visitor said of it, if anything. */
  helped?: boolean | null;
}

/** A page of the bot's answers, the last first. */
export interface Answers {
  answers: Answer[];
  /** There are older ones. */
  more: boolean;
  /** Who speaks first at this site. The server words it. */
  speaks: string;
}

/** A delivery that was given up. */
export interface Failed {
  delivery: string | number;
  conversation: string;
  target: string;
  what: string;
  error: string;
  attempts: number;
  at: number;
}

export type DeskFrame =
  | { type: "thread"; thread: Row }
  | ({ type: "event"; conversation: string } & Numbered)
  | { type: "typing"; conversation: string; on: boolean }
  /** What keeps the team from being told in its own place, in plain words; null when nothing does. */
  | { type: "obstacle"; text: string | null }
  | { type: "pong"; n: number };

const row = { conversation: "string", visitor: { kind: "string" }, handling: "string", seq: "number" };

const frames: Record<string, Shape> = {
  thread: { thread: row },
  event: { conversation: "string", seq: "number", event: { kind: "string" } },
  typing: { conversation: "string", on: "boolean" },
  obstacle: { text: "string?" },
  pong: { n: "number" },
};

/** Reads one frame of the desk's socket; null for whatever is broken or unknown. */
export function readDeskFrame(data: unknown): DeskFrame | null {
  const frame = parse(data) as DeskFrame | null;
  const type = frame?.type;
  const known = typeof type === "string" && Object.hasOwn(frames, type) && fits(frame, frames[type]!);
  return known ? frame : null;
}
