/** A conversation as a text file, made in the browser: nothing leaves it, and no address carries anybody's token. */

import { h } from "./dom";
import type { Entry } from "./entries";
import { type Block, wholeFiles } from "./wire";
import { locale, words } from "./words";

type Render = (text: Block[]) => DocumentFragment;

/** Hands the file to the visitor. */
export function save(entries: Entry[], title: string, render: Render): void {
  const url = URL.createObjectURL(new Blob([transcript(entries, title, render)], { type: "text/plain;charset=utf-8" }));
  const link = h("a", { href: url, download: `chat-${new Date().toISOString().slice(0, 10)}.txt` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function transcript(entries: Entry[], title: string, render: Render): string {
  const said = entries.flatMap((one) => {
    if (one.kind === "turn") return [];
    const { author, at, text, sources, files, deleted } = one;
    const who = author.kind === "visitor" ? words.you : (author.name ?? words.assistant);
    const time = new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
    const more = [...sources.map(({ title, url }) => `- ${title}${url ? ` ${url}` : ""}`), ...wholeFiles(files).map((file) => `[${file.name}]`)];
    const body = deleted ? `(${words.gone})` : [plain(render(text)), ...more].filter(Boolean).join("\n");
    return [`${time}, ${who}:\n${body}\n`];
  });
  return [`${title}\n`, ...said].join("\n");
}

/** Every block on lines of its own, and where its links lead. */
function plain(node: Node): string {
  if (node.nodeType === 3) return node.textContent ?? "";
  const inner = Array.from(node.childNodes, plain).join("");
  const { nodeName: name } = node;
  if (name === "BR") return "\n";
  if (name === "LI") return `- ${inner.trim()}\n`;
  if (name === "A") {
    const { href } = node as HTMLAnchorElement;
    return inner === href ? inner : `${inner} (${href})`;
  }
  return /^(P|PRE|UL|OL|BLOCKQUOTE)$/.test(name) ? `${inner.trim()}\n` : node.nodeType === 11 ? inner.trim() : inner;
}
