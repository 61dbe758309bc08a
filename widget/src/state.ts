/**
 * The widget's whole state and the one function that changes it.
 *
 * `step` takes what happened (a frame from the server, something the visitor did, the time) and gives
 * the next state together with the frames to send. It touches no page, no socket, no storage and no
 * clock, so a test can tell any story, and a reader can find here what happens next.
 */

import type { Attached } from "./attached";
import { changed, type Entry, lastHandling, type Message, message, place, typed, withSign } from "./entries";
import { frameOf, missing, type Pending, pend, type Unsent } from "./pending";
import {
  type Block,
  type Bye,
  type ClientFrame,
  type EventFrame,
  type Handling,
  type HelpedEvent,
  type Limits,
  type MessageEvent,
  type RatedEvent,
  type Refused,
  type ServerFrame,
  type Welcome,
} from "./wire";
import { why } from "./words";

export type Phase = "idle" | "connecting" | "online" | "retrying" | "offline" | "stopped";

export interface State {
  phase: Phase;
  /** The error code of the server's last word, when the phase is "stopped". */
  stopped: string | null;
  open: boolean;
  token: string | null;
  identity: string | null;
  conversation: string | null;
  site: Welcome["site"] | null;
  limits: Limits;
  handling: Handling;
  reason: string | null;
  agent: string | null;
  /** The last event of the log that has arrived. */
  seq: number;
  /** The last event the visitor had before their eyes. */
  seen: number;
  /** The newest agent's message that was in view of a page somebody looks at. */
  viewed: number;
  /** What the server knows of that. */
  told: number;
  caughtUp: boolean;
  entries: Entry[];
  pending: Pending[];
  /** The id that is on its way; the next one waits for its answer, so that the order holds. */
  flying: string | null;
  /** `text` is an answer that is still being written. */
  typing: { name: string | null; until: number; text?: Block[] } | null;
  /** Files chosen for the next message. */
  chosen: Attached[];
  /** Why a file was not taken. */
  notice: string | null;
  /** Until when the server takes nothing from this visitor. */
  blocked: number | null;
  /** What the visitor said of answers, by their ids, and of the whole under no id; the last word counts. */
  said: Record<string, HelpedEvent | RatedEvent>;
}

/** What a browser remembers of a visitor between two pages. */
export interface Kept {
  token: string | null;
  conversation: string | null;
  seen: number;
  unsent: Unsent[];
  /** No sound, and no notification outside of the page. */
  muted?: boolean;
  /** There are earlier conversations, which the menu shows. */
  past?: boolean;
  /** The visitor agreed to what the site asks first. */
  agreed?: boolean;
  /** What was written and not sent. */
  draft?: string;
}

export type Action = { now: number } & (
  | { type: "frame"; frame: ServerFrame }
  | { type: "link"; phase: Phase }
  | { type: "kept"; kept: Kept }
  | { type: "ask"; ask: Unsent }
  | { type: "retry" | "remove"; id: string }
  /** What is loaded later brings its own changes (`luggage.ts`). */
  | { type: "change"; change: (state: State, now: number) => State }
  | { type: "identify"; identity: string | null }
  | { type: "open" | "close" | "tick" }
);

export interface Step {
  state: State;
  send: ClientFrame[];
  /** A file to be brought to the server before its message can go. */
  upload: Attached | null;
  /** The next hello says something else, so it must be said now. */
  reconnect: boolean;
}

/** How long a "somebody writes" holds without being repeated. */
const TYPING_MS = 6000;

/** How long a half answer holds. */
const PARTIAL_MS = 20_000;

/** "For good", as a time that passes. */
const NEVER = 1e15;

/** A conversation of which nothing has arrived yet. */
const noLog = {
  entries: [],
  viewed: 0,
  seq: 0,
  caughtUp: false,
  typing: null,
  handling: "bot",
  reason: null,
  agent: null,
  said: {},
} satisfies Partial<State>;

export const initial: State = {
  ...noLog,
  phase: "idle",
  stopped: null,
  open: false,
  token: null,
  identity: null,
  conversation: null,
  site: null,
  limits: { text: 4000 },
  seen: 0,
  told: 0,
  pending: [],
  flying: null,
  chosen: [],
  notice: null,
  blocked: null,
};

export function step(before: State, action: Action): Step {
  const next = reduce(before, action);
  const state = next.open && next.caughtUp ? { ...next, seen: Math.max(next.seen, next.seq) } : next;
  const reconnect = wantsReconnect(before, state, action);
  if (reconnect) return { state, send: [], upload: null, reconnect };
  return tellViewed(launch(state, action.now));
}

/** The time at which a "tick" would change something, or null. */
export function wakeAt(state: State): number | null {
  const times = [state.typing?.until, next(state)?.again, state.blocked].filter((time) => time != null);
  return times.length ? Math.min(...times) : null;
}

/** Whether something is to be shown or sent that not every visitor needs, and that is loaded later. */
export function needsMore({ entries, pending, phase }: State): boolean {
  const rich = (one: Entry) => one.kind === "turn" || one.author.kind !== "visitor" || one.edited || one.files.length || one.signs.length;
  return entries.some(rich) || pending.some((one) => one.files.length) || phase === "stopped";
}

export function unread(state: State): number {
  const fromUs = (one: Entry) => one.kind === "message" && one.author.kind !== "visitor";
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
      return asked(state, action.ask);
    case "retry":
      return { ...state, pending: state.pending.map((one) => (one.id === action.id ? pend(one) : one)) };
    case "remove":
      return without(state, action.id);
    case "change":
      return action.change(state, action.now);
    case "identify":
      return action.identity ? { ...state, identity: action.identity } : signedOut(state);
    case "open":
      return { ...state, open: true };
    case "close":
      return { ...state, open: false };
    case "tick":
      return passed(state, action.now);
  }
}

/** What time alone ends. */
function passed(state: State, now: number): State {
  const typing = state.typing && state.typing.until > now ? state.typing : null;
  const blocked = state.blocked && state.blocked > now ? state.blocked : null;
  return typing === state.typing && blocked === state.blocked ? state : { ...state, typing, blocked };
}

function asked(state: State, ask: Unsent): State {
  const chosen = state.chosen.filter((one) => !ask.files?.includes(one));
  return { ...state, chosen, notice: null, pending: [...state.pending, pend(ask)] };
}

/** Something became known of a message on its way, which may be looked at again. */
export function judged(state: State, id: string, change: Partial<Pending>): State {
  return {
    ...state,
    flying: state.flying === id ? null : state.flying,
    pending: state.pending.map((one) => (one.id === id ? { ...one, ...change } : one)),
  };
}

const unlinked: Partial<State> = { flying: null, typing: null };

function received(state: State, frame: ServerFrame, now: number): State {
  switch (frame.type) {
    case "welcome":
      return welcomed(state, frame);
    case "event":
      return frame.seq > state.seq ? happened({ ...state, seq: frame.seq, typing: state.typing?.text ? null : state.typing }, frame) : state;
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
    case "partial":
      return { ...state, typing: { name: null, until: now + PARTIAL_MS, text: frame.text } };
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
    limits: frame.limits,
    told: 0,
    blocked: null,
    handling: frame.handling,
    caughtUp: known && frame.seq <= state.seq,
  };
}

function happened(state: State, { seq, at, event }: EventFrame): State {
  switch (event?.kind) {
    case "message":
      return spoken(state, message(seq, at, event));
    case "edited":
      return touched(state, event.id, () => ({ text: event.text, files: event.files ?? [], edited: true }));
    case "deleted":
      return touched(state, event.id, () => ({ text: [], files: [], sources: [], deleted: true }));
    case "reaction":
      return touched(state, event.id, ({ signs }) => ({ signs: withSign(signs, event.sign, event.on) }));
    case "helped":
    case "rated":
      return { ...state, said: { ...state.said, [event.id ?? ""]: event } };
    case "handling": {
      const { handling, reason, agent } = event;
      const from = lastHandling(state.entries);
      const entries = place(state.entries, { kind: "turn", seq, at, from, handling, reason, agent });
      return { ...state, handling, reason, agent, entries };
    }
    default:
      return state;
  }
}

function touched(state: State, id: string, change: (one: Message) => Partial<Message>): State {
  return { ...state, entries: changed(state.entries, id, change) };
}

function spoken(state: State, one: Message): State {
  const entries = place(state.entries, one);
  return one.author.kind === "visitor" ? { ...without(state, one.id), entries } : { ...state, typing: null, entries };
}

/** On disk: shown as such at once, even if the event itself comes later. */
function stored(state: State, ack: { id: string; seq: number; conversation: string }): State {
  const one = state.pending.find((pending) => pending.id === ack.id);
  const moved = state.conversation !== null && state.conversation !== ack.conversation;
  const next = { ...without(state, ack.id), ...(moved ? noLog : {}), conversation: ack.conversation };
  // What a button does is told by the log alone: pressed too late, it did nothing.
  if (moved || !one || one.choose || one.text === null) return next;
  const files = one.files.map(({ key, id, ...file }) => ({ ...file, id: id ?? key }));
  const event: MessageEvent = { kind: "message", id: one.id, author: { kind: "visitor" }, text: typed(one.text), sources: [], files };
  return { ...next, entries: place(next.entries, message(ack.seq, one.at, event)) };
}

function refused(state: State, frame: Refused, now: number): State {
  const { id, error, retry_after_ms: wait } = frame;
  const one = state.pending.find((pending) => pending.id === id);
  if (error === "blocked") return { ...judged(state, id ?? "", { failed: why(error) }), blocked: now + (wait ?? NEVER) };
  if (id === null) return cleared(state, error);
  if (wait !== null) return judged(state, id, { again: now + wait });
  // What it was about has passed by.
  if (one?.choose?.type) return without(state, id);
  const { files = [] } = one ?? {};
  // The server does not have a file any more, or never had it for this visitor: it is brought again.
  const again = error === "file_refused" ? files.map((one) => ({ ...one, id: null })) : files;
  return judged(state, id, { failed: why(error), files: again });
}

function dismissed(state: State, frame: Bye): State {
  const next = cleared(state, frame.error);
  return next === state ? { ...state, stopped: frame.error } : next;
}

/** A pass the server does not take is thrown away, so that the next hello can go without it. */
function cleared(state: State, error: string): State {
  if (error === "token_invalid" && state.token) return { ...state, ...noLog, token: null, conversation: null, seen: 0 };
  if (error.startsWith("identity_") && state.identity) return { ...state, identity: null };
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

/** The oldest thing that may be sent, unless another is on its way. */
function next(state: State): Pending | undefined {
  return state.flying || state.phase !== "online" ? undefined : state.pending.find((one) => one.failed === null);
}

/** Sends the oldest thing that may be sent, one at a time; its files go first. */
function launch(state: State, now: number): Step {
  const head = next(state);
  if (!head || head.again > now) return { state, send: [], upload: null, reconnect: false };
  const upload = missing(head);
  return { state: { ...state, flying: head.id }, send: upload ? [] : [frameOf(head)], upload, reconnect: false };
}

/** Each message is told once on each line: nobody confirms it, and the server only ever counts upwards. */
function tellViewed(step: Step): Step {
  const { phase, viewed, told } = step.state;
  if (phase !== "online" || viewed <= told) return step;
  return { ...step, state: { ...step.state, told: viewed }, send: [{ type: "seen", seq: viewed }, ...step.send] };
}

export function without(state: State, id: string): State {
  const flying = state.flying === id ? null : state.flying;
  return { ...state, flying, pending: state.pending.filter((one) => one.id !== id) };
}
