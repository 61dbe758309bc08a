/** The calm lines in the log that say who answers from now on. */

import { h, type Item } from "./dom";
import type { Turn } from "./entries";
import { later } from "./later";
import { locale, say, words } from "./words";

export function turnItem(turn: Turn): Item | null {
  const text = turnWords(turn);
  if (text === null) return null;
  const marks = { class: "line", part: "line", "data-role": "line", "data-handling": turn.handling, "data-seq": String(turn.seq) };
  return { key: `turn-${turn.seq}`, make: () => h("div", marks, text) };
}

/** The sentence for a change of who answers, or null where there is nothing to tell. */
function turnWords({ from, handling, reason, agent }: Turn): string | null {
  switch (handling) {
    case "waiting":
      return reason === "asked" || reason === "low_confidence" || reason === "repeated" || reason === "policy" || reason === "answerer_down"
        ? later[`turned_${reason}`]
        : later.turned_waiting;
    case "agent":
      return say(later.turned_agent, { name: agent ?? words.team });
    case "bot":
      return from === "agent" || from === "waiting" ? later.turned_bot : null;
    case "closed":
      return later.turned_closed;
  }
}

const day = (at: number) => new Date(at).toDateString();

/** Stands where another day begins than that of what came before, or than today. */
export function dayItem(at: number, before = Date.now()): Item | null {
  if (day(at) === day(before)) return null;
  const date = new Date(at);
  const name = date.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long" });
  const time = h("time", { datetime: date.toISOString() }, name);
  return { key: `day-${day(at)}`, make: () => h("div", { class: "line", part: "line", "data-role": "day" }, time) };
}
