/** The desk's calls to its server. Whatever goes wrong comes out as one `CallError` that says what to do next. */

import type { Answer, Conversation, Failed, Me, Row } from "./types";

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
  reply: (conversation: string, id: string, text: string) =>
    call<{ seq: number }>("POST", `conversations/${encodeURIComponent(conversation)}/lines`, { id, text }),
  turn: (conversation: string, to: Turning, id: string) =>
    call<{ seq: number }>("POST", `conversations/${encodeURIComponent(conversation)}/${to}`, { id }),
  answers: () => call<{ answers: Answer[] }>("GET", "answers"),
  failed: () => call<{ failed: Failed[] }>("GET", "failed"),
  retry: (delivery: string | number) => call<void>("POST", `failed/${encodeURIComponent(delivery)}/retry`, {}),
};

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`/desk/api/${path}`, {
    method,
    cache: "no-store",
    ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  }).catch(() => null);
  if (!answer) throw new CallError(0, "The server cannot be reached.");
  const value: unknown = await answer.json().catch(() => null);
  if (answer.ok) return value as T;
  const detail = (value as { detail?: unknown } | null)?.detail;
  throw new CallError(answer.status, typeof detail === "string" ? detail : `The server answered ${answer.status}.`);
}
