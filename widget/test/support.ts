/** What several tests need: the shared wire examples, a clock that only moves when told, and a look with a deadline. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../src/connection";
import type { Look } from "../src/look";
import { type Action, initial, type State, type Step, step } from "../src/state";
import { readFrame, type ServerFrame } from "../src/wire";
import { speak } from "../src/words";
import en from "../words/en.json";

speak(en, "en");

/** The widget's own folder; the test runner names it. */
export const root = process.env.HINNY_WIDGET ?? process.cwd();

const wire = join(root, "../fixtures/wire");

export function fixtureNames(side: "client" | "server"): string[] {
  return readdirSync(wire).filter((name) => name.startsWith(`${side}-`)).sort();
}

/** What the widget asks by REST has the same shape, and comes through another door. */
const asked = ["server-conversation.json", "server-conversations.json"];

/** The frames that come by the socket. */
export function frameNames(): string[] {
  return fixtureNames("server").filter((name) => !asked.includes(name));
}

export function fixture(name: string): string {
  return readFileSync(join(wire, name.endsWith(".json") ? name : `${name}.json`), "utf8");
}

/** A fixture of the server's, read as the widget reads it. */
export function frame(name: string): ServerFrame {
  const read = readFrame(fixture(`server-${name}`));
  if (!read) throw new Error(`the widget does not know ${name}`);
  return read;
}

/** What the server says of how a chat looks. */
export const look: Look = {
  dark: "(prefers-color-scheme: dark)",
  colours: ["#0f766e", "#ffffff", "#0f766e", "#5eead4", "#000000", "#5eead4"],
  side: "right",
  x: 20,
  y: 20,
  lang: "en",
  words: ["Open chat", "Open chat in a new tab"],
};

type Told = Action extends infer One ? (One extends Action ? Omit<One, "now"> : never) : never;

/** Plays actions one after the other, one millisecond apart, and keeps all that was sent. */
export class Story {
  sent: Step["send"] = [];
  reconnects = 0;
  now = 1_000_000;

  constructor(public state: State = initial) {}

  tell(...actions: (Told | ServerFrame)[]): this {
    for (const told of actions) {
      const action = isFrame(told) ? { type: "frame" as const, frame: told } : told;
      const next = step(this.state, { ...action, now: ++this.now } as Action);
      this.state = next.state;
      this.sent.push(...next.send);
      if (next.reconnect) this.reconnects++;
    }
    return this;
  }

  /** What the log says, in short: `visitor:hello`, `-> waiting`. */
  log(): string[] {
    return this.state.entries.map((one) =>
      one.kind === "turn" ? `-> ${one.handling}` : `${one.author.kind}:${words(one.text)}`,
    );
  }

  sentIds(): string[] {
    return this.sent.map((one) => ("id" in one ? one.id : one.type));
  }
}

const frames = ["welcome", "event", "caught_up", "ack", "refused", "typing", "partial", "pong", "bye"];

function isFrame(told: Told | ServerFrame): told is ServerFrame {
  return frames.includes(told.type);
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join("");
  const node = value as { text?: string; children?: unknown; items?: unknown };
  return node.text ?? words(node.children ?? node.items ?? []);
}

export const page = { url: "https://example.com/", title: "Example", referrer: "" };

export function asks(id: string, text: string | null = id): Told {
  return { type: "ask", ask: { id, at: 5, text, page } };
}

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  time = 0;
  chance = 0.5;
  private tasks = new Map<number, { at: number; run: () => void }>();
  private next = 0;

  now(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  after(ms: number, run: () => void): () => void {
    const id = this.next++;
    this.tasks.set(id, { at: this.time + ms, run });
    return () => void this.tasks.delete(id);
  }

  /** Moves on, running what is due in order, new tasks included. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.tasks].filter(([, task]) => task.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.tasks.delete(due[0]);
      this.time = due[1].at;
      due[1].run();
    }
    this.time = end;
  }

  /** In how many milliseconds the next task is due; null when there is none. */
  waits(): number | null {
    const times = [...this.tasks.values()].map((task) => task.at - this.time);
    return times.length ? Math.min(...times) : null;
  }
}

const DEADLINE_MS = 10_000;
const LOOK_EVERY_MS = 3;

/** Looks until something is seen; a test never just waits. */
export async function eventually<T>(what: string, look: () => T | null | undefined | false): Promise<T> {
  const end = Date.now() + DEADLINE_MS;
  while (Date.now() < end) {
    const seen = look();
    if (seen) return seen;
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`never seen: ${what}`);
}
