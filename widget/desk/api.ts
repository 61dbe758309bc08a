/** The desk's calls to its server. Whatever goes wrong comes out as one `CallError` that says what to do next. */

import type { FileRef } from "../src/wire";
import type { Answer, Answers, Conversation, Failed, Me, Row } from "./types";

export class CallError extends Error {
  constructor(
    /** The HTTP status; 0 when nothing came back. */
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }

  /** The same call may succeed a little later, or after signing in again. */
  get passing(): boolean {
    return [0, 401, 429].includes(this.status) || this.status >= 500;
  }
}

export type Turning = "take" | "close" | "bot";

export const api = {
  login: (login: string) => call<Me>("POST", "login", { login }),
  me: () => call<Me>("GET", "me"),
  rename: (name: string) => call<void>("POST", "name", { name }),
  logout: () => call<void>("POST", "logout", {}),
  threads: () => call<{ threads: Row[] }>("GET", "threads?state=all"),
  conversation: (id: string) => call<Conversation>("GET", `conversations/${encodeURIComponent(id)}`),
  reply: (conversation: string, id: string, text: string, files: string[]) =>
    to(conversation, "lines", { id, text, ...(files.length && { files }) }),
  edit: (conversation: string, id: string, of: string, text: string) => to(conversation, "edit", { id, of, text }),
  erase: (conversation: string, id: string, of: string) => to(conversation, "delete", { id, of }),
  /** Presses a button of the transcript, as on the other platforms. */
  press: (conversation: string, id: string, action: string) => to(conversation, "press", { id, action }),
  turn: (conversation: string, turning: Turning, id: string) => to(conversation, turning, { id }),
  upload: (name: string, file: Blob) => call<FileRef>("POST", `files?name=${encodeURIComponent(name)}`, file),
  link: (file: string) => call<{ url: string }>("GET", `files/${encodeURIComponent(file)}/link`),
  answers: (before?: Answer) => call<Answers>("GET", before ? `answers?${new URLSearchParams({ at: String(before.at), conversation: before.conversation, seq: String(before.seq) })}` : "answers"),
  failed: () => call<{ failed: Failed[] }>("GET", "failed"),
  retry: (delivery: string | number) => call<void>("POST", `failed/${encodeURIComponent(delivery)}/retry`, {}),
};

function to(conversation: string, verb: string, body: object): Promise<{ seq: number }> {
  return call("POST", `conversations/${encodeURIComponent(conversation)}/${verb}`, body);
}

/** A file goes as its bytes, everything else as JSON. */
async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const json = body && !(body instanceof Blob);
  const what = json ? { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : { body: body ?? null };
  const answer = await fetch(`/desk/api/${path}`, { method, cache: "no-store", ...what }).catch(() => null);
  if (!answer) throw new CallError(0, "The server cannot be reached.");
  const value: unknown = await answer.json().catch(() => null);
  if (answer.ok) return value as T;
  const detail = (value as { detail?: unknown } | null)?.detail;
  throw new CallError(answer.status, typeof detail === "string" ? detail : `The server answered ${answer.status}.`);
}
