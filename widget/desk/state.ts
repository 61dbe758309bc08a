/**
 * What the desk page knows, and the one function that changes it. Like the widget's, it touches neither
 * page nor network, and the same event twice has no second effect.
 */

import type { LinkPhase } from "../src/connection";
import type { Answers, Conversation, DeskFrame, Failed, Me, Numbered, Row } from "./types";

export type Tab = "threads" | "answers" | "failed";
export type Filter = "open" | "closed";

export interface State {
  session: "checking" | "needed" | "expired" | "in";
  me: Me | null;
  phase: LinkPhase;
  tab: Tab;
  filter: Filter;
  rows: Row[] | null;
  /** The conversation the page shows, by id; its content follows when it has arrived. */
  shown: string | null;
  open: Conversation | null;
  /** What the socket brought since it was opened last: newer than any copy that was asked for before. */
  pushed: { rows: Row[]; events: Numbered[] };
  /** The last seq an agent at this page had before their eyes, by conversation. */
  seen: Record<string, number>;
  /** Until when the visitor of the shown conversation counts as writing. */
  writingUntil: number | null;
  /** As far back as the agent has looked. */
  answers: Answers | null;
  failed: Failed[] | null;
  /** Something that went wrong and that the agent should know. */
  trouble: string | null;
  /** Why the team cannot be told in its own place. The server words it. */
  obstacle: string | null;
}

export type Action = { now: number } & (
  | { type: "session"; session: State["session"]; me?: Me }
  | { type: "renamed"; name: string }
  | { type: "link"; phase: LinkPhase }
  | { type: "frame"; frame: DeskFrame }
  | { type: "threads"; threads: Row[] }
  | { type: "conversation"; conversation: Conversation }
  | { type: "answers"; page: Answers; older: boolean }
  | { type: "failed"; failed: Failed[] }
  | { type: "tab"; tab: Tab }
  | { type: "filter"; filter: Filter }
  | { type: "show"; conversation: string | null }
  | { type: "trouble"; trouble: string | null }
  | { type: "tick" }
);

const WRITING_MS = 6000;

export const initial: State = {
  session: "checking",
  me: null,
  phase: "connecting",
  tab: "threads",
  filter: "open",
  rows: null,
  shown: null,
  open: null,
  seen: {},
  pushed: { rows: [], events: [] },
  writingUntil: null,
  answers: null,
  failed: null,
  trouble: null,
  obstacle: null,
};

export function step(before: State, action: Action): State {
  const state = reduce(before, action);
  const row = state.rows?.find((one) => one.conversation === state.shown);
  const seq = Math.max(row?.seq ?? 0, state.open?.seq ?? 0);
  if (!state.shown || state.tab !== "threads" || (state.seen[state.shown] ?? 0) >= seq) return state;
  return { ...state, seen: { ...state.seen, [state.shown]: seq } };
}

function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "session":
      return { ...state, session: action.session, me: action.me ?? state.me };
    case "renamed":
      return { ...state, me: state.me && { ...state.me, agent: { name: action.name } } };
    case "link":
      return action.phase === "online" && state.phase !== "online"
        ? { ...state, phase: action.phase, pushed: initial.pushed }
        : { ...state, phase: action.phase };
    case "frame":
      return heard(state, action.frame, action.now);
    case "threads":
      return { ...state, rows: action.threads.reduce(withRow, state.pushed.rows) };
    case "conversation":
      return withConversation(state, action.conversation);
    case "answers":
      return { ...state, answers: withAnswers(state.answers, action.page, action.older) };
    case "failed":
      return { ...state, failed: action.failed };
    case "tab":
      return { ...state, tab: action.tab, trouble: null };
    case "filter":
      return { ...state, filter: action.filter };
    case "show":
      return shown(state, action.conversation);
    case "trouble":
      return { ...state, trouble: action.trouble };
    case "tick":
      return (state.writingUntil ?? Infinity) <= action.now ? { ...state, writingUntil: null } : state;
  }
}

/** A fresh first page replaces what it covers; an older page goes on where the list ended. */
function withAnswers(known: Answers | null, page: Answers, older: boolean): Answers {
  if (!known) return page;
  if (older) return { ...page, answers: [...known.answers, ...page.answers] };
  const last = page.answers.at(-1);
  const at = last ? known.answers.findIndex((one) => one.conversation === last.conversation && one.seq === last.seq) : -1;
  const rest = at < 0 ? [] : known.answers.slice(at + 1);
  return rest.length ? { ...page, answers: [...page.answers, ...rest], more: known.more } : page;
}

export function visibleRows({ rows, filter }: State): Row[] {
  return (rows ?? []).filter((row) => (row.handling === "closed") === (filter === "closed"));
}

/** A thread whose last word is the visitor's and has not been looked at here. */
export function isNew({ seen }: State, row: Row): boolean {
  return row.last?.author.kind === "visitor" && row.handling !== "closed" && row.seq > (seen[row.conversation] ?? 0);
}

function shown(state: State, conversation: string | null): State {
  if (conversation === state.shown) return { ...state, tab: "threads" };
  return { ...state, tab: "threads", shown: conversation, open: null, pushed: { ...state.pushed, events: [] }, writingUntil: null, trouble: null };
}

/** The open conversation, with where its visitor is now. */
function walked(open: State["open"], { conversation, page, screen = null, page_says = {} }: Row): State["open"] {
  return open?.conversation === conversation ? { ...open, page, screen, page_says } : open;
}

function heard(state: State, frame: DeskFrame, now: number): State {
  switch (frame.type) {
    case "thread":
      return {
        ...state,
        open: walked(state.open, frame.thread),
        rows: withRow(state.rows ?? [], frame.thread),
        pushed: { ...state.pushed, rows: withRow(state.pushed.rows, frame.thread) },
      };
    case "event":
      return frame.conversation === state.shown ? happened(state, frame) : state;
    case "typing":
      return frame.conversation === state.shown ? { ...state, writingUntil: frame.on ? now + WRITING_MS : null } : state;
    case "obstacle":
      return { ...state, obstacle: frame.text };
    case "pong":
      return state;
  }
}

function happened(state: State, { seq, at, event }: Numbered): State {
  const visitorSpoke = event.kind === "message" && event.author.kind === "visitor";
  const open = state.open && withEvents(state.open, [{ seq, at, event }]);
  const pushed = { ...state.pushed, events: [...state.pushed.events, { seq, at, event }] };
  return { ...state, open, pushed, writingUntil: visitorSpoke ? null : state.writingUntil };
}

/**
 * A fresh copy from the server joins what came by the socket meanwhile. What we had before the socket was opened is
 * forgotten: the server may have been restored from a backup and know better.
 */
function withConversation(state: State, fresh: Conversation): State {
  if (fresh.conversation !== state.shown) return state;
  const events = state.pushed.events.filter((one) => one.seq > fresh.seq);
  return { ...state, open: withEvents(fresh, events), pushed: { ...state.pushed, events } };
}

function withEvents(open: Conversation, more: Numbered[]): Conversation {
  const known = new Set(open.events.map((one) => one.seq));
  const fresh = more.filter((one) => !known.has(one.seq));
  if (!fresh.length) return open;
  const events = [...open.events, ...fresh].sort((a, b) => a.seq - b.seq);
  const turn = fresh.filter((one) => one.seq > open.seq).findLast((one) => one.event.kind === "handling")?.event;
  const now = turn?.kind === "handling" ? { handling: turn.handling, reason: turn.reason, agent: turn.agent } : {};
  return { ...open, ...now, events, seq: Math.max(open.seq, events.at(-1)!.seq) };
}

/** An older picture of a row never replaces a newer one. */
function withRow(rows: Row[], row: Row): Row[] {
  const known = rows.find((one) => one.conversation === row.conversation);
  if (known && known.seq > row.seq) return rows;
  const rest = rows.filter((one) => one !== known);
  return [...rest, row].sort((a, b) => b.updated_at - a.updated_at);
}
