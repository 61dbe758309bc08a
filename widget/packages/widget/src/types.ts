/** What a page may say to the chat, and what the chat tells the page. The chat's own code is checked against it. */

/** A token that your server signed, a function that fetches one, or null for "signed out". */
export type Identity = string | null | (() => string | null | Promise<string | null>);

/** What the team sees beside the conversation, marked as not verified. */
export type Attributes = Record<string, string | number | boolean | null>;

/** A message that was just said; those of the past are not told. */
export interface Message {
  id: string;
  author: "visitor" | "bot" | "agent";
  /** Of the person who answers. */
  name: string | null;
  /** Its plain words. */
  text: string;
}

export interface Problem {
  /** `not_loaded`, or a code of the wire protocol such as `origin_refused`. */
  error: string;
}

/** What each event tells its listeners. */
export interface Events {
  /** The chat has been fetched: from now on it opens at once. Who asks later is told at once. */
  ready: [];
  open: [];
  close: [];
  message: [message: Message];
  /** How many messages the visitor has not seen; told when it changes. */
  unread: [count: number];
  error: [problem: Problem];
}

export type Listener<E extends keyof Events> = (...told: Events[E]) => void;

/** `hinny(verb, …)`. */
export interface Hinny {
  (verb: "open" | "close" | "shutdown"): void;
  /** Opens the chat and says this in the visitor's name. */
  (verb: "ask", text: string): void;
  (verb: "identify", identity: Identity): void;
  (verb: "context", attributes: Attributes): void;
  /** Gives a function that ends it. */
  <E extends keyof Events>(verb: "on", event: E, listener: Listener<E>): () => void;
}
