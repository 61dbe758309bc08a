/**
 * A text tree becomes nodes of the page.
 *
 * Words go in by text nodes only, never as markup, and a link is made only for an address that leads to
 * a page or a mailbox. The tree comes from outside and is not trusted: what has no known shape is left
 * out, and what is nested beyond reason is cut.
 */

const DEEPEST = 24;

const tags: Record<string, keyof HTMLElementTagNameMap> = {
  paragraph: "p",
  quote: "blockquote",
  strong: "strong",
  emphasis: "em",
  code_span: "code",
};

/** A node as it may arrive: any field may be missing or wrong. */
interface Loose {
  type?: unknown;
  text?: unknown;
  url?: unknown;
  ordered?: unknown;
  children?: unknown;
  items?: unknown;
}

export function renderText(blocks: unknown): DocumentFragment {
  const out = document.createDocumentFragment();
  append(out, blocks, DEEPEST);
  return out;
}

/** An address that is safe to follow, or null. */
export function safeUrl(url: unknown): string | null {
  if (typeof url !== "string") return null;
  try {
    const { protocol, href } = new URL(url);
    return ["http:", "https:", "mailto:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}

/** A link that opens elsewhere and tells the other side nothing; plain words when the address is not safe. */
export function outsideLink(url: unknown): HTMLElement {
  const href = safeUrl(url);
  if (!href) return document.createElement("span");
  const link = document.createElement("a");
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  return link;
}

/** The words alone, for an excerpt or a comparison. */
export function plainText(blocks: unknown): string {
  return wordsOf(renderText(blocks));
}

export function wordsOf(nodes: DocumentFragment): string {
  nodes.querySelectorAll("br").forEach((line) => line.replaceWith("\n"));
  return Array.from(nodes.childNodes, (node) => node.textContent).join("\n");
}

function append(parent: Node, nodes: unknown, depth: number): void {
  if (!Array.isArray(nodes) || depth === 0) return;
  for (const node of nodes as (Loose | null)[]) {
    const made = node && typeof node === "object" ? make(node, depth - 1) : null;
    if (made) parent.appendChild(made);
  }
}

function make(node: Loose, depth: number): Node | null {
  const words = typeof node.text === "string" ? node.text : "";
  switch (node.type) {
    case "text":
      return document.createTextNode(words);
    case "break":
      return document.createElement("br");
    case "code": {
      const code = document.createElement("pre");
      code.textContent = words;
      code.tabIndex = 0;
      return code;
    }
    case "list":
      return list(node, depth);
    case "link":
      return filled(outsideLink(node.url), node, depth);
  }
  const tag = typeof node.type === "string" && Object.hasOwn(tags, node.type) ? tags[node.type] : undefined;
  return tag ? filled(document.createElement(tag), node, depth) : null;
}

/** Code spans carry their words themselves, all others have children. */
function filled(element: HTMLElement, node: Loose, depth: number): HTMLElement {
  if (node.type === "code_span") element.textContent = typeof node.text === "string" ? node.text : "";
  else append(element, node.children, depth);
  return element;
}

function list(node: Loose, depth: number): HTMLElement {
  const list = document.createElement(node.ordered === true ? "ol" : "ul");
  for (const item of Array.isArray(node.items) ? node.items : []) {
    append(list.appendChild(document.createElement("li")), item, depth);
  }
  return list;
}
