/**
 * The wire protocol, version 1, as the visitor's browser sees it (api/PROTOCOL.md).
 *
 * Here are the types of all frames and the one door through which frames come in. What does not fit its
 * type, or is of a kind this version does not know, is skipped and never reaches the rest of the widget.
 */

export type Inline =
  | { type: "text" | "code_span"; text: string }
  | { type: "strong" | "emphasis"; children: Inline[] }
  | { type: "link"; url: string; children: Inline[] }
  | { type: "break" };

export type Block =
  | { type: "paragraph"; children: Inline[] }
  | { type: "list"; ordered: boolean; items: Block[][] }
  | { type: "quote"; children: Block[] }
  | { type: "code"; text: string };

export interface Author {
  kind: "visitor" | "bot" | "agent";
  /** Only agents have one. */
  name?: string;
  /** The address of an agent's picture. */
  avatar?: string | null;
}

/** A file that the server keeps. Its link works for a short time only; a fresh one can be asked for. */
export interface FileRef {
  id: string;
  name: string;
  mime: string;
  size: number;
  width?: number | null;
  height?: number | null;
  url?: string | null;
}

export interface Source {
  title: string;
  url: string | null;
}

export type Handling = "bot" | "waiting" | "agent" | "closed";

export interface MessageEvent {
  kind: "message";
  id: string;
  author: Author;
  text: Block[];
  sources: Source[];
  files?: FileRef[];
  /** The id of the message that this one answers. */
  quotes?: string | null;
  edited?: boolean;
  deleted?: boolean;
  suggestions?: Suggestions | null;
  /** What the bot answers to a question: the visitor may say whether it helped. */
  answer?: boolean;
}

/** What the visitor may mean: a button for each, and one for none of them. */
export interface Suggestions {
  choices: string[];
  other: string;
}

/** A button of the suggestions `of`; without a choice, the one for none of them. */
export interface Choice {
  type?: undefined;
  of: string;
  choice?: number;
}

/** What the visitor says of an answer or of a whole conversation. */
export type Act =
  | { type: "helped"; of: string; yes: boolean }
  | { type: "rate"; stars: number; comment?: string }
  | { type: "leave"; conversation: string };

/** A message has other words now, or is gone, or somebody of the team put a sign on it. */
export type ChangeEvent =
  | { kind: "edited"; id: string; text: Block[]; files?: FileRef[] }
  | { kind: "deleted"; id: string }
  | { kind: "reaction"; id: string; sign: string; on: boolean };

/** Whether the answer helped, in the visitor's opinion. */
export interface HelpedEvent {
  kind: "helped";
  id: string;
  yes: boolean;
}

/** The visitor's stars; the last ones count. */
export interface RatedEvent {
  kind: "rated";
  id?: undefined;
  stars: number;
  comment: string;
}

export interface HandlingEvent {
  kind: "handling";
  handling: Handling;
  reason: string | null;
  agent: string | null;
}

export interface Welcome {
  type: "welcome";
  token: string;
  conversation: string | null;
  seq: number;
  handling: Handling;
  /** `brand` is what the site shows of itself (`brand.ts`). */
  site: { name: string; greeting: string | null; brand?: object };
  limits: Limits;
}

/** What one message may hold; where nothing is said of files, none can be sent. */
export interface Limits {
  text: number;
  /** The largest file, in bytes. */
  file?: number;
  files?: number;
  types?: string[];
}

/** An event of a kind this version does not know is null: it still moves the cursor. */
export interface EventFrame {
  type: "event";
  seq: number;
  at: number;
  event: MessageEvent | ChangeEvent | HelpedEvent | RatedEvent | HandlingEvent | null;
}

export interface Refused {
  type: "refused";
  id: string | null;
  error: string;
  detail: string;
  retry_after_ms: number | null;
}

export interface Bye {
  type: "bye";
  error: string;
  detail: string;
  retry_after_ms: number | null;
}

export type ServerFrame =
  | Welcome
  | EventFrame
  | Refused
  | Bye
  | { type: "caught_up"; seq: number }
  | { type: "ack"; id: string; seq: number; conversation: string }
  | { type: "typing"; author: Author; on: boolean }
  /** The bot's answer as far as it is written; nothing of it is in the log yet. */
  | { type: "partial"; text: Block[] }
  | { type: "pong"; n: number };

export interface Page {
  url: string;
  title: string;
  referrer: string;
}

/** Where the visitor is and what the page says of them. What is missing stays as it was. */
export interface Whereabouts {
  page?: Page;
  language?: string;
  time_zone?: string;
  screen?: { width: number; height: number };
  attributes?: Record<string, unknown>;
}

export interface Hello extends Whereabouts {
  type: "hello";
  protocol: 1;
  site: string;
  token?: string | null;
  identity?: string | null;
  conversation?: string | null;
  after: number;
  consent?: true;
}

export type ClientFrame =
  | Hello
  | { type: "say"; id: string; text: string; page?: Page; files?: string[] }
  | { type: "seen"; seq: number }
  | { type: "person"; id: string }
  | ({ type: "choose"; id: string } & Omit<Choice, "type">)
  | ({ id: string } & Act)
  | { type: "typing"; on: boolean }
  | ({ type: "context" } & Whereabouts)
  | { type: "ping"; n: number };

/** What a value must look like: the name of a type, with `?` where it may be null or missing. */
export type Shape = string | { [field: string]: Shape };

/** Whether an untrusted value has (at least) the fields of a shape. */
export function fits(value: unknown, shape: Shape): boolean {
  if (typeof shape === "string") {
    const name = shape.replace("?", "");
    if (value == null) return name !== shape;
    return Array.isArray(value) ? name === "array" : typeof value === name;
  }
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return Object.entries(shape).every(([field, inner]) => fits(fields[field], inner));
}

const author = { kind: "string", name: "string?", avatar: "string?" };

const frames: Record<string, Shape> = {
  welcome: {
    token: "string",
    conversation: "string?",
    seq: "number",
    handling: "string",
    site: { name: "string", greeting: "string?" },
    limits: { text: "number", file: "number?", files: "number?", types: "array?" },
  },
  event: { seq: "number", at: "number", event: { kind: "string" } },
  caught_up: { seq: "number" },
  ack: { id: "string", seq: "number", conversation: "string" },
  refused: { id: "string?", error: "string", detail: "string", retry_after_ms: "number?" },
  typing: { author, on: "boolean" },
  partial: { text: "array" },
  pong: { n: "number" },
  bye: { error: "string", detail: "string", retry_after_ms: "number?" },
};

const events: Record<string, Shape> = {
  message: { id: "string", author, text: "array", sources: "array", files: "array?", quotes: "string?", suggestions: "object?" },
  edited: { id: "string", text: "array", files: "array?" },
  deleted: { id: "string" },
  reaction: { id: "string", sign: "string", on: "boolean" },
  helped: { id: "string" },
  rated: { stars: "number" },
  handling: { handling: "string", reason: "string?", agent: "string?" },
};

const fileRef = { id: "string", name: "string", mime: "string", size: "number", width: "number?", height: "number?", url: "string?" };

/** The files of a message that are whole. */
export function wholeFiles(files: FileRef[] | undefined): FileRef[] {
  return (files ?? []).filter((one) => fits(one, fileRef));
}

/** Reads one text frame; null for whatever is broken or unknown. */
export function readFrame(data: unknown): ServerFrame | null {
  const frame = parse(data) as ServerFrame | null;
  const type = frame?.type;
  if (!frame || typeof type !== "string" || !Object.hasOwn(frames, type)) return null;
  if (!fits(frame, frames[type]!)) return null;
  if (frame.type === "welcome" && !isHandling(frame.handling)) return null;
  if (frame.type === "typing" && !isAuthor(frame.author)) return null;
  return frame.type === "event" ? { ...frame, event: readEvent(frame.event) } : frame;
}

export function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return null;
  }
}

function readEvent(event: EventFrame["event"]): EventFrame["event"] {
  const kind = event?.kind;
  if (!kind || !Object.hasOwn(events, kind) || !fits(event, events[kind]!)) return null;
  if (kind === "message") return isAuthor(event.author) ? event : null;
  return kind !== "handling" || isHandling(event.handling) ? event : null;
}

function isHandling(value: string): value is Handling {
  return ["bot", "waiting", "agent", "closed"].includes(value);
}

function isAuthor(value: Author): boolean {
  return ["visitor", "bot", "agent"].includes(value.kind);
}
