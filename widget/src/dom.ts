/** Making and updating nodes, for all pages. Attributes are ours; what comes from outside is only ever text. */

type Attributes = Record<string, string>;

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A line drawing on a field of 24 by 24; decoration only, so readers of the screen skip it. */
export function icon(path: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export interface Item {
  /** The same key means the same node: it stays, with focus, selection and scroll. */
  key: string;
  make(): HTMLElement;
  /** Brings a node up to date; runs for new nodes too. */
  update?(node: HTMLElement): void;
}

/** Makes the children of a node match a list, touching only what differs. */
export function sync(parent: HTMLElement, items: Item[]): void {
  const children = Array.from(parent.children) as HTMLElement[];
  const old = new Map(children.map((child) => [child.dataset.key, child]));
  let next = parent.firstElementChild;
  for (const item of items) {
    const node = old.get(item.key) ?? item.make();
    old.delete(item.key);
    node.dataset.key = item.key;
    item.update?.(node);
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
  for (const gone of old.values()) gone.remove();
}

/** Sets words only when they differ, so that a live region does not say them twice. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** The distance from the end within which a reader counts as following the conversation. */
const FOLLOWING_PX = 80;

/** Whether whoever reads this log follows it to its end. */
export function isAtEnd(log: HTMLElement): boolean {
  return log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOWING_PX;
}

const drawn = new WeakMap<Element, string>();

/** Fills a node anew only when something else is to be shown, so that nothing is read out twice. */
export function draw(node: Element, what: unknown, make: () => (Node | string)[]): void {
  const key = JSON.stringify(what);
  if (drawn.get(node) === key) return;
  drawn.set(node, key);
  node.replaceChildren(...make());
}

/** A random name for something we send, so that sending it again has no second effect. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
