/** What files, and looking at messages, change in the state: each function gives a change for `step`. */

import { type Attached, admit } from "./attached";
import type { Pending } from "./pending";
import { judged, type State, without } from "./state";
import type { Limits } from "./wire";
import { say, weight, words } from "./words";

type Change = (state: State, now: number) => State;

/** An upload that broke off is tried again after this time, so often; then the visitor decides, and others may pass. */
const UPLOAD_AGAIN_MS = 3000;
const UPLOADS_AGAIN = 2;

export function attach(files: Attached[]): Change {
  return (state) => ({ ...state, ...admit(files, state.chosen, state.limits) });
}

export function detach(key: string): Change {
  return (state) => ({ ...state, notice: null, chosen: state.chosen.filter((one) => one.key !== key) });
}

export function uploaded(key: string, id: string): Change {
  return carried(key, ({ files }) => ({ files: files.map((one) => (one.key === key ? { ...one, id } : one)) }));
}

/** `error` is the server's code when trying again by itself is no use. */
export function unsendable(key: string, error: string | null): Change {
  return carried(key, ({ broken, files }, now, limits) => {
    const again: Partial<Pending> = { broken: broken + 1, again: now + UPLOAD_AGAIN_MS };
    if (error === null && broken < UPLOADS_AGAIN) return again;
    const { name } = files.find((one) => one.key === key)!;
    return { failed: refusal(error, name, limits) };
  });
}

function refusal(error: string | null, name: string, { file = 0 }: Limits): string {
  if (error === "too_large") return say(words.file_large, { name, size: weight(file) });
  return error === "file_refused" ? say(words.file_kind, { name }) : words.file_broken;
}

/** The visitor does not want a file sent that is on its way. A message of nothing else goes with it. */
export function cancelled(key: string): Change {
  return (state) => {
    const one = state.pending.find((pending) => pending.files.some((file) => file.key === key));
    if (!one) return state;
    const files = one.files.filter((file) => file.key !== key);
    return files.length || one.text ? judged(state, one.id, { files }) : without(state, one.id);
  };
}

/** An agent's message was in view of a page somebody looks at. */
export function viewed(seq: number): Change {
  return (state) => ({ ...state, viewed: Math.max(state.viewed, seq) });
}

/** Its bytes went with an earlier page, so there is nothing to try again. */
export function lost(key: string): Change {
  return carried(key, () => ({ failed: words.file_lost, lost: true }));
}

/** Something became known of a file on its way: its message changes and may be looked at again. */
function carried(key: string, change: (one: Pending, now: number, limits: Limits) => Partial<Pending>): Change {
  return (state, now) => {
    const one = state.pending.find((pending) => pending.files.some((file) => file.key === key));
    return one ? judged(state, one.id, change(one, now, state.limits)) : state;
  };
}
