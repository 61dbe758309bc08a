/**
 * A browser's page for tests, without a browser: imported first, before any code that extends HTMLElement.
 * Its socket is the real one of the package ws.
 */

import { Window } from "happy-dom";
import { WebSocket } from "ws";

export const page = new Window({ url: "https://shop.example/cart", width: 1024, height: 768 });

const names = ["document", "customElements", "HTMLElement", "CSSStyleSheet", "DocumentFragment", "Node", "localStorage", "sessionStorage"] as const;
const more = ["location", "history", "screen", "Event", "KeyboardEvent", "StorageEvent", "matchMedia", "innerHeight", "MutationObserver"] as const;

/** Node has some of these names itself, read-only; a page's own stand in front of them. */
function put(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** What a page shows: the nodes that are looked for, and how much of each is in view. */
export const sight = {
  watched: new Map<Element, () => void>(),
  ratio: 1,
  clear(): void {
    this.watched.clear();
    this.ratio = 1;
  },
  /** From now on this much of every message is in view. */
  shows(ratio: number): void {
    this.ratio = ratio;
    for (const tell of this.watched.values()) tell();
  },
};

class Observer {
  constructor(private readonly told: (entries: object[]) => void) {}

  observe(node: Element): void {
    const rect = { height: 40 * sight.ratio };
    const tell = () => this.told([{ target: node, intersectionRatio: sight.ratio, intersectionRect: rect, rootBounds: { height: 400 } }]);
    sight.watched.set(node, tell);
    queueMicrotask(tell);
  }

  disconnect(): void {
    sight.watched.clear();
  }
}

/** An upload as a browser tells of it: half of it, and then the answer. */
class Call {
  status = 0;
  responseText = "";
  readonly upload: { onprogress: ((event: object) => void) | null } = { onprogress: null };
  onload = () => {};
  onerror = () => {};
  onabort = () => {};
  readonly #ending = new AbortController();
  readonly #headers: Record<string, string> = {};
  #to: [string, string] = ["", ""];

  open(method: string, url: string): void {
    this.#to = [method, url];
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  abort(): void {
    this.#ending.abort();
  }

  send(body: Blob): void {
    const [method, url] = this.#to;
    setImmediate(() => this.upload.onprogress?.({ loaded: body.size / 2, total: body.size }));
    const { signal } = this.#ending;
    fetch(url, { method, body, headers: this.#headers, signal })
      .then(async (answer) => {
        this.status = answer.status;
        this.responseText = await answer.text();
        this.onload();
      })
      .catch(() => (signal.aborted ? this.onabort() : this.onerror()));
  }
}

put("XMLHttpRequest", Call);
put("IntersectionObserver", Observer);
put("ResizeObserver", page.ResizeObserver);
for (const name of [...names, ...more]) put(name, page[name as keyof typeof page]);
put("window", page);
put("navigator", { onLine: true, language: "en", languages: ["en"] });
put("WebSocket", WebSocket);
put("addEventListener", page.addEventListener.bind(page));
put("removeEventListener", page.removeEventListener.bind(page));
