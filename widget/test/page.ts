/**
 * A browser's page for tests, without a browser: imported first, before any code that extends HTMLElement.
 * Its socket is the real one of the package ws.
 */

import { Window } from "happy-dom";
import { WebSocket } from "ws";

export const page = new Window({ url: "https://shop.example/cart", width: 1024, height: 768 });

const names = ["document", "customElements", "HTMLElement", "CSSStyleSheet", "DocumentFragment", "Node", "localStorage"] as const;
const more = ["location", "history", "Event", "KeyboardEvent", "StorageEvent", "matchMedia", "innerHeight"] as const;

/** Node has some of these names itself, read-only; a page's own stand in front of them. */
function put(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

for (const name of [...names, ...more]) put(name, page[name as keyof typeof page]);
put("window", page);
put("navigator", { onLine: true, language: "en" });
put("WebSocket", WebSocket);
put("addEventListener", page.addEventListener.bind(page));
put("removeEventListener", page.removeEventListener.bind(page));
