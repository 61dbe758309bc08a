/**
 * The widget's whole state and the one function that changes it.
 *
 * `step` takes what happened (a frame from the server, something the visitor did, the time) and gives
 * the next state together with the frames to send. It touches no page, no socket, no storage and no
 * clock, so a test can tell any story, and a reader can find here what happens next.
 */

import type { Author, Block, Bye, ClientFrame, EventFrame, Handling, Page, Refused, ServerFrame, Source, Welcome } from "./wire";

export type Phase = "idle" | "connecting" | "online" | "retrying" | "offline" | "stopped";

export interface Message {
  kind: "message";
  id: string;
  seq: number;
  at: number;
  author: Author;
  text: Block[];
  sources: Source[];
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

/** What the visitor wants sent and the server has not confirmed; without text it asks for a person. */
export interface Unsent {
  id: string;
  at: number;
  text: string | null;
  page: Page;
}

export interface Pending extends Unsent {
  /** Why the server will not take it; null while there is hope. */
  failed: string | null;
  /** Not to be sent before this time. */
  again: number;
}

export interface State {
  phase: Phase;
  /** The error code of the server's last word, when the phase is "stopped". */
  stopped: string | null;
  open: boolean;
  token: string | null;
  identity: string | null;
  conversation: string | null;
  site: Welcome["site"] | null;
  limit: number;
  handling: Handling;
  reason: string | null;
  agent: string | null;
  /** The last event of the log that has arrived. */
  seq: number;
  /** The last event the visitor had before their eyes. */
  seen: number;
  caughtUp: boolean;
  entries: (Message | Turn)[];
  pending: Pending[];
  /** The id that is on its way; the next one waits for its answer, so that the order holds. */
  flying: string | null;
  typing: { name: string | null; until: number } | null;
}

/** What a browser remembers of a visitor between two pages. */
export interface Kept {
  token: string | null;
  conversation: string | null;
  seen: number;
  unsent: Unsent[];
}

export type Action = { now: number } & (
  | { type: "frame"; frame: ServerFrame }
  | { type: "link"; phase: Phase }
  | { type: "kept"; kept: Kept }
  | { type: "ask"; ask: Unsent }
  | { type: "retry" | "remove"; id: string }
  | { type: "identify"; identity: string | null }
  | { type: "open" | "close" | "tick" }
);

export interface Step {
  state: State;
  send: ClientFrame[];
  /** The next hello says something else, so it must be said now. */
  reconnect: boolean;
}

/** How long a "somebody writes" holds without being repeated. */
const TYPING_MS = 6000;

export const initial: State = {
  phase: "idle",
  stopped: null,
  open: false,
  token: null,
  identity: null,
  conversation: null,
  site: null,
  limit: 4000,
  handling: "bot",
  reason: null,
  agent: null,
  seq: 0,
  seen: 0,
  caughtUp: false,
  entries: [],
  pending: [],
  flying: null,
  typing: null,
};

export function step(before: State, action: Action): Step {
  const next = reduce(before, action);
  const state = next.open && next.caughtUp ? { ...next, seen: Math.max(next.seen, next.seq) } : next;
  const reconnect = wantsReconnect(before, state, action);
  return reconnect ? { state, send: [], reconnect } : launch(state, action.now);
}

/** The time at which a "tick" would change something, or null. */
export function wakeAt(state: State): number | null {
  const head = state.flying || state.phase !== "online" ? undefined : state.pending.find((one) => one.failed === null);
  const times = [state.typing?.until, head?.again].filter((time) => time !== undefined);
  return times.length ? Math.min(...times) : null;
}

export function unread(state: State): number {
  const fromUs = (one: Message | Turn) => one.kind === "message" && one.author.kind !== "visitor";
  return state.entries.filter((one) => one.seq > state.seen && fromUs(one)).length;
}

function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "frame":
      return received(state, action.frame, action.now);
    case "link":
      return { ...state, phase: action.phase, ...(action.phase === "online" ? {} : unlinked) };
    case "kept":
      return recalled(state, action.kept);
    case "ask":
      return { ...state, pending: [...state.pending, pend(action.ask)] };
    case "retry":
      return { ...state, pending: state.pending.map((one) => (one.id === action.id ? pend(one) : one)) };
    case "remove":
      return without(state, action.id);
    case "identify":
      return action.identity ? { ...state, identity: action.identity } : signedOut(state);
    case "open":
      return { ...state, open: true };
    case "close":
      return { ...state, open: false };
    case "tick":
      return state.typing && state.typing.until <= action.now ? { ...state, typing: null } : state;
  }
}

const unlinked = { flying: null, typing: null };

/** A conversation of which nothing has arrived yet. */
const noLog: Pick<State, "entries" | "seq" | "caughtUp" | "typing" | "handling" | "reason" | "agent"> = {
  entries: [],
  seq: 0,
  caughtUp: false,
  typing: null,
  handling: "bot",
  reason: null,
  agent: null,
};

function received(state: State, frame: ServerFrame, now: number): State {
  switch (frame.type) {
    case "welcome":
      return welcomed(state, frame);
    case "event":
      return frame.seq > state.seq ? happened({ ...state, seq: frame.seq }, frame) : state;
    case "caught_up":
      return { ...state, caughtUp: true };
    case "ack":
      return stored(state, frame);
    case "refused":
      return refused(state, frame, now);
    case "typing":
      return { ...state, typing: frame.on ? { name: frame.author.name ?? null, until: now + TYPING_MS } : null };
    case "bye":
      return dismissed(state, frame);
    case "pong":
      return state;
  }
}

function welcomed(state: State, frame: Welcome): State {
  // A log that is shorter than ours was restored from a backup: it is sent anew from the start.
  const known = frame.conversation === state.conversation && frame.seq >= state.seq;
  return {
    ...state,
    ...(known ? {} : { ...noLog, seen: state.conversation ? 0 : state.seen }),
    ...unlinked,
    phase: "online",
    stopped: null,
    token: frame.token,
    conversation: frame.conversation,
    site: frame.site,
    limit: frame.limits.text,
    handling: frame.handling,
    caughtUp: known && frame.seq <= state.seq,
  };
}

function happened(state: State, { seq, at, event }: EventFrame): State {
  if (event?.kind === "message") {
    const { id, author, text, sources } = event;
    const entries = place(state.entries, { kind: "message", id, seq, at, author, text, sources });
    if (author.kind === "visitor") return { ...without(state, id), entries };
    return { ...state, typing: null, entries };
  }
  if (event?.kind !== "handling") return state;
  const { handling, reason, agent } = event;
  const from = lastHandling(state);
  const turn: Turn = { kind: "turn", seq, at, from, handling, reason, agent };
  return { ...state, handling, reason, agent, entries: place(state.entries, turn) };
}

/** Who answered before, by the log itself: a welcome already tells how the log ends. */
function lastHandling(state: State): Handling {
  return state.entries.findLast((one) => one.kind === "turn")?.handling ?? "bot";
}

/** On disk: shown as such at once, even if the event itself comes later. */
function stored(state: State, ack: { id: string; seq: number; conversation: string }): State {
  const one = state.pending.find((pending) => pending.id === ack.id);
  const moved = state.conversation !== null && state.conversation !== ack.conversation;
  const next = { ...without(state, ack.id), ...(moved ? noLog : {}), conversation: ack.conversation };
  if (moved || !one || one.text === null) return next;
  const text: Block[] = [{ type: "paragraph", children: lines(one.text) }];
  const message: Message = { kind: "message", id: one.id, seq: ack.seq, at: one.at, author: { kind: "visitor" }, text, sources: [] };
  return { ...next, entries: place(next.entries, message) };
}

function refused(state: State, frame: Refused, now: number): State {
  if (frame.id === null) return cleared(state, frame.error);
  const wait = frame.retry_after_ms;
  const judged = (one: Pending): Pending =>
    wait === null ? { ...one, failed: frame.detail } : { ...one, again: now + wait };
  return {
    ...state,
    flying: state.flying === frame.id ? null : state.flying,
    pending: state.pending.map((one) => (one.id === frame.id ? judged(one) : one)),
  };
}

function dismissed(state: State, frame: Bye): State {
  const next = cleared(state, frame.error);
  return next === state ? { ...state, stopped: frame.error } : next;
}

/** A pass the server does not take is thrown away, so that the next hello can go without it. */
function cleared(state: State, error: string): State {
  if (error === "token_invalid" && state.token) return { ...state, ...noLog, token: null, conversation: null, seen: 0 };
  if (error === "identity_invalid" && state.identity) return { ...state, identity: null };
  return state;
}

/** What this browser remembers, or what another tab has just learnt, counts while we know nothing. */
function recalled(state: State, kept: Kept): State {
  const mine = state.conversation ? {} : { token: kept.token ?? state.token, conversation: kept.conversation };
  const pending = state.phase === "idle" ? kept.unsent.map(pend) : state.pending;
  const ours = state.conversation ?? kept.conversation;
  const seen = ours === kept.conversation ? Math.max(state.seen, kept.seen) : state.seen;
  return { ...state, ...mine, seen, pending };
}

function signedOut(state: State): State {
  return { ...initial, phase: state.phase, open: state.open, site: state.site };
}

/** True when what the last hello said no longer holds. */
function wantsReconnect(before: State, after: State, action: Action): boolean {
  if (before.phase === "idle") return false;
  const moved = after.conversation !== before.conversation;
  if (action.type === "identify") return true;
  if (action.type === "kept") return moved && (after.token !== before.token || !after.seq);
  if (action.type !== "frame") return false;
  const type = action.frame.type;
  if (type === "ack") return moved && before.conversation !== null;
  const lostPass = after.token !== before.token || after.identity !== before.identity;
  return (type === "refused" || type === "bye") && lostPass;
}

/** Sends the oldest thing that may be sent, one at a time. */
function launch(state: State, now: number): Step {
  const head = state.flying || state.phase !== "online" ? undefined : state.pending.find((one) => one.failed === null);
  if (!head || head.again > now) return { state, send: [], reconnect: false };
  const { id, text, page } = head;
  const frame: ClientFrame = text === null ? { type: "person", id } : { type: "say", id, text, page };
  return { state: { ...state, flying: id }, send: [frame], reconnect: false };
}

function pend({ id, at, text, page }: Unsent): Pending {
  return { id, at, text, page, failed: null, again: 0 };
}

function without(state: State, id: string): State {
  const flying = state.flying === id ? null : state.flying;
  return { ...state, flying, pending: state.pending.filter((one) => one.id !== id) };
}

/** Puts an entry where its seq belongs; what is known under the same seq gives way. */
function place(entries: State["entries"], entry: Message | Turn): State["entries"] {
  const rest = entries.filter((one) => one.seq !== entry.seq);
  const at = rest.findLastIndex((one) => one.seq < entry.seq) + 1;
  return rest.toSpliced(at, 0, entry);
}

/** Plain text as a tree: line ends become breaks. */
export function lines(text: string): ({ type: "text"; text: string } | { type: "break" })[] {
  return text.split("\n").flatMap((line, index) => [
    ...(index ? [{ type: "break" as const }] : []),
    { type: "text" as const, text: line },
  ]);
}
