/**
 * Waiting without guessing: a story never pauses for a fixed time, it looks until it sees what it expects,
 * and fails with a sentence when the deadline passes.
 */

import { setTimeout as pause } from "node:timers/promises";

/** No observation may take longer than this, on a busy machine either. */
export const DEADLINE_MS = 30_000;

/** The time between two looks is no assumption about how fast anything is, only politeness to the machine. */
const BETWEEN_LOOKS_MS = 25;

/**
 * Looks until `look` gives something truthy, and gives that back. A look that throws has seen nothing; why it
 * threw is told when the deadline passes.
 */
export async function eventually(what, look, within = DEADLINE_MS) {
  const end = Date.now() + within;
  let last;
  do {
    try {
      const seen = await look();
      if (seen) return seen;
      last = seen;
    } catch (error) {
      last = error.message;
    }
    await pause(BETWEEN_LOOKS_MS);
  } while (Date.now() < end);
  throw new Error(`never seen within ${within} ms: ${what} (last look: ${last})`);
}

/** Looks until what is seen equals what is expected; the difference is told when the deadline passes. */
export async function becomes(what, look, expected) {
  let seen;
  const wanted = JSON.stringify(expected);
  const same = async () => JSON.stringify((seen = await look())) === wanted;
  await eventually(what, same).catch(() => {
    throw new Error(`${what}\nexpected: ${indented(expected)}\nseen:     ${indented(seen)}`);
  });
}

function indented(value) {
  return JSON.stringify(value, null, 2);
}
