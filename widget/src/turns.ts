/** The calm lines in the log that say who answers from now on. */

import { h, type Item } from "./dom";
import type { Turn } from "./entries";
import { say, words } from "./words";

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
        ? words[`turned_${reason}`]
        : words.turned_waiting;
    case "agent":
      return say(words.turned_agent, { name: agent ?? words.team });
    case "bot":
      return from === "agent" || from === "waiting" ? words.turned_bot : null;
    case "closed":
      return words.turned_closed;
  }
}
