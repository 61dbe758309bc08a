/** What the visitor wants sent and the server has not confirmed: kept, sent under its id, and sent again if need be. */

import type { Attached } from "./attached";
import type { Act, Choice, ClientFrame, Page } from "./wire";

/** Without text it asks for a person. */
export interface Unsent {
  id: string;
  at: number;
  text: string | null;
  page: Page;
  files?: Attached[] | undefined;
  /** A button was pressed: with its words in the text, or, for an `Act`, without any. */
  choose?: Choice | Act | undefined;
}

/** What is asked of the server, before it has an id. */
export type Wish = Pick<Unsent, "text" | "files" | "choose">;

export interface Pending extends Unsent {
  files: Attached[];
  /** Why the server will not take it; null while there is hope. */
  failed: string | null;
  /** What it consists of is gone, so that it cannot be tried again. */
  lost?: boolean;
  /** Not to be sent before this time. */
  again: number;
  /** Uploads that broke off. */
  broken: number;
}

export function pend({ id, at, text, page, files = [], choose }: Unsent): Pending {
  return { id, at, text, page, files, choose, failed: null, again: 0, broken: 0 };
}

/** What a browser writes down of it. */
export function unsent({ id, at, text, page, files, choose }: Pending): Unsent {
  return { id, at, text, page, ...(files.length && { files }), ...(choose && { choose }) };
}

/** The first file that the server does not have yet. */
export function missing({ files }: Pending): Attached | null {
  return files.find((one) => one.id === null) ?? null;
}

export function frameOf({ id, text, page, files, choose }: Pending): ClientFrame {
  // An act says its own type.
  if (choose) return { type: "choose", id, ...choose } as ClientFrame;
  if (text === null) return { type: "person", id };
  const ids = files.map((one) => one.id ?? "");
  return { type: "say", id, text, page, ...(ids.length && { files: ids }) };
}
