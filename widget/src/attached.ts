/** Files that the visitor chose: which of them may go, said before anything is sent. */

import type { Limits } from "./wire";
import { count, say, weight, words } from "./words";

/** A file of a message that is not sent yet. The page has its bytes under `key`; `id` is there when the server has it too. */
export interface Attached {
  key: string;
  name: string;
  mime: string;
  size: number;
  id: string | null;
}

/** What was chosen, with the new files that may join, and a sentence about one that may not. */
export function admit(files: Attached[], before: Attached[], limits: Limits): { chosen: Attached[]; notice: string | null } {
  let chosen = before;
  let notice: string | null = null;
  for (const file of files) {
    const why = unfit(file, chosen.length, limits);
    if (why === null) chosen = [...chosen, file];
    notice ??= why;
  }
  return { chosen, notice };
}

function unfit({ name, mime, size }: Attached, before: number, limits: Limits): string | null {
  const { files = 0, file = 0, types = [] } = limits;
  if (!size) return say(words.file_empty, { name });
  if (size > file) return say(words.file_large, { name, size: weight(file) });
  if (!isOf(mime, types)) return say(words.file_kind, { name });
  return before < files ? null : count(words.file_many, files);
}

/**
 * Whether a type is on the list. A browser guesses types by the file's name, so where it knows none, or where a kind
 * has many names, the server's look at the bytes decides.
 */
function isOf(mime: string, types: string[]): boolean {
  const kind = mime.match(/^(audio|video|text)\//)?.[0];
  return !mime || types.includes(mime) || types.some((one) => kind && one.startsWith(kind));
}
