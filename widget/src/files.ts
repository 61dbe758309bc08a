/**
 * Files: bringing them to the server and showing those it keeps.
 *
 * Only addresses on our own server are ever loaded or opened. A file's link is good for a short time, so whoever
 * opens a file gets a fresh one.
 */

import { sameServer } from "./connection";
import { h } from "./dom";
import { type FileRef, parse } from "./wire";
import { say, weight, words } from "./words";

/** The server's door for files. */
export interface Door {
  /** An address on our own server, or null. */
  ours(url: unknown): string | null;
  /** A fresh link to a file. */
  link(id: string): Promise<string>;
}

/** A call that did not work; `why` is the server's code when trying again is no use. */
export class NotTaken extends Error {
  constructor(readonly why: string | null) {
    super(why ?? "");
  }
}

/** The answers after which the same call may work later. */
const PASSING = [401, 408, 429];

export class Files implements Door {
  readonly #server: string;
  readonly #token: () => string | null;

  constructor(server: string, token: () => string | null) {
    this.#server = server;
    this.#token = token;
  }

  ours(url: unknown): string | null {
    return sameServer(url, this.#server);
  }

  async link(id: string): Promise<string> {
    const { url } = await this.call(`/v1/files/${encodeURIComponent(id)}/link`);
    return this.ours(url) ?? Promise.reject(new NotTaken(null));
  }

  /** `told` hears how much of it has arrived, from 0 to 1. */
  upload(name: string, body: Blob, told: (share: number) => void, signal: AbortSignal): Promise<string> {
    return new Promise((done, failed) => {
      // Only this way says how far an upload is.
      const call = new XMLHttpRequest();
      call.open("POST", new URL(`/v1/files?name=${encodeURIComponent(name)}`, this.#server).href);
      call.setRequestHeader("Authorization", `Bearer ${this.#token()}`);
      call.upload.onprogress = ({ loaded, total }) => told(loaded / total);
      call.onload = () => {
        const value = parse(call.responseText) as Record<string, unknown> | null;
        const { status } = call;
        if (status < 300 && value) done(String(value.id));
        else failed(notTaken(status, value));
      };
      call.onerror = call.onabort = call.ontimeout = () => failed(new NotTaken(null));
      signal.addEventListener("abort", () => call.abort());
      call.send(body);
    });
  }

  /** Asks our server for something, as this visitor. */
  async call(path: string): Promise<Record<string, unknown>> {
    const headers = { Authorization: `Bearer ${this.#token()}` };
    const answer = await fetch(new URL(path, this.#server), { headers, credentials: "omit" });
    const value = (await answer.json().catch(() => null)) as Record<string, unknown> | null;
    if (answer.ok && value) return value;
    throw notTaken(answer.status, value);
  }
}

function notTaken(status: number, value: Record<string, unknown> | null): NotTaken {
  const passing = status >= 500 || PASSING.includes(status);
  return new NotTaken(passing ? null : String(value?.error));
}
/** A picture where there is one to show, else a card with name and size; both open the file. */
export function fileNode(file: FileRef, door: Door): HTMLElement {
  const src = file.mime.startsWith("image/") ? door.ours(file.url) : null;
  const button = opener(file, door);
  if (src) button.append(picture(file, src, door, () => button.replaceChildren(...label(file))));
  else button.append(...label(file));
  return button;
}

/** The words of a card, also for a file that is still on its way. */
export function label({ name, size }: Pick<FileRef, "name" | "size">): (Node | string)[] {
  return [h("span", { class: "name" }, name), " ", h("span", { class: "size" }, weight(size))];
}

function opener({ id, name, mime, size }: FileRef, door: Door): HTMLButtonElement {
  const button = h("button", { type: "button", class: "file", part: "file", "data-role": "file", "aria-label": say(words.open_file, { name, size: weight(size) }) });
  button.onclick = () => {
    // The server hands text out as a download, for which this page stays. Everything else gets a tab, which a page may
    // open only at once, while the click is fresh; its address follows.
    const text = mime.startsWith("text/");
    const tab = text ? null : open("", "_blank");
    if (tab) tab.opener = null;
    door.link(id).then(
      (url) => (text ? location.assign(url) : tab?.location.replace(url)),
      () => tab?.close(),
    );
  };
  return button;
}

/** With its measures, so that nothing jumps when it arrives. A link that has become too old is renewed once. */
function picture({ id, name, width, height }: FileRef, src: string, door: Door, gone: () => void): HTMLImageElement {
  const image = h("img", { alt: name, loading: "lazy", ...(width && height && { width: String(width), height: String(height) }) });
  image.onerror = () => {
    image.onerror = gone;
    door.link(id).then((url) => (image.src = url), gone);
  };
  image.src = src;
  return image;
}
