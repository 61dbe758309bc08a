/**
 * What the browser remembers for one site: the session, and the messages that are not confirmed yet.
 *
 * All tabs share one key of localStorage. Every write reads first and changes only its own part, so that
 * one tab does not undo another's. A tab that has the key in its sessionStorage keeps to that: on the chat's own page,
 * who came by a link with a token is somebody else than who came without. Where storage is blocked, everything is
 * kept in memory and lasts as long as the page.
 */

import type { Unsent } from "./pending";
import type { Kept } from "./state";
import { fits, parse } from "./wire";

const empty: Kept = { token: null, conversation: null, seen: 0, unsent: [] };

const kept = { token: "string?", conversation: "string?", seen: "number", unsent: "array" };
const unsent = { id: "string", at: "number", text: "string?", page: "object", files: "array?", choose: "object?" };

export class Store {
  readonly key: string;
  #storage: Storage | null;
  #memory: string | null = null;

  constructor(site: string, storage: Storage | null = browserStorage(site)) {
    this.#storage = storage;
    this.key = `hinny:${site}`;
  }

  read(): Kept {
    const value = parse(this.#raw());
    if (!fits(value, kept)) return empty;
    const found = value as Kept;
    return { ...found, unsent: found.unsent.filter((one) => fits(one, unsent)) };
  }

  write(change: Partial<Kept>): void {
    this.#memory = JSON.stringify({ ...this.read(), ...change });
    try {
      this.#storage?.setItem(this.key, this.#memory);
    } catch {
      // A full or blocked storage costs the memory across pages, never the chat itself.
      this.#storage = null;
    }
  }

  keep(one: Unsent): void {
    this.write({ unsent: [...this.#others(one.id), one] });
  }

  forget(id: string): void {
    this.write({ unsent: this.#others(id) });
  }

  #others(id: string): Unsent[] {
    return this.read().unsent.filter((one) => one.id !== id);
  }

  #raw(): string | null {
    try {
      return this.#storage ? this.#storage.getItem(this.key) : this.#memory;
    } catch {
      return this.#memory;
    }
  }
}

/** Merely naming localStorage throws where a browser blocks it. */
function browserStorage(site: string): Storage | null {
  try {
    return sessionStorage.getItem(`hinny:${site}`) ? sessionStorage : localStorage;
  } catch {
    return null;
  }
}
