/** A server that keeps one conversation and its files, and a tab with the whole widget in it, for several tests. */

import { sight } from "./page";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { HinnyChat } from "../src/element";
import * as ask from "../src/ask";
import * as brand from "../src/brand";
import * as events from "../src/events";
import * as more from "../src/more";
import * as sign from "../src/sign";
import * as talk from "../src/talk";
import type { ClientFrame, Hello } from "../src/wire";
import { eventually, fixture, look } from "./support";

export const C = "conversation-1";

/** One visitor's server: it stores what is said and tells every socket, until it is told not to. */
export class Server {
  hellos: Hello[] = [];
  heard: ClientFrame[] = [];
  sockets = new Set<WebSocket>();
  log: { seq: number; at: number; event: object }[] = [];
  storing = true;
  /** While it is not set, a hello gets no answer. */
  welcomes = true;
  /** The sessions that were ended, by their headers. */
  left: (string | undefined)[] = [];

  /** What the next uploads are answered: a status and a body; without one they are taken. */
  answers: [number, object][] = [];
  uploads: { name: string | null; bytes: string; authorization: string | undefined }[] = [];
  links = 0;
  /** What is answered to a REST call, by its path; and the calls that came. */
  readonly rest = new Map<string, object>();
  readonly asked: string[] = [];
  limits: object = limits;
  brand: object | null = null;
  /** While it is set, an upload waits for it. */
  hold: Promise<unknown> | null = null;
  private readonly sites: WebSocketServer;

  private constructor(private readonly server: HttpServer) {
    server.on("request", (request, response) => void this.serve(request, response));
    this.sites = new WebSocketServer({ server });
    this.sites.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      socket.on("message", (data) => this.hear(socket, JSON.parse(String(data)) as ClientFrame));
    });
  }

  static async start(): Promise<Server> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Server(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get said(): ClientFrame[] {
    return this.heard.filter((one) => one.type === "say" || one.type === "person");
  }

  tell(event: object): number {
    const one = { seq: this.log.length + 1, at: 1_795_334_400_000, event };
    this.log.push(one);
    for (const socket of this.sockets) socket.send(JSON.stringify({ type: "event", ...one }));
    return one.seq;
  }

  broadcast(text: string): void {
    for (const socket of this.sockets) socket.send(text);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.sites.close();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.origin);
    const say = (status: number, value: object) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    this.asked.push(`${request.method} ${url.pathname}${url.search}`);
    const answer = this.rest.get(url.pathname + url.search);
    if (answer) return void say(200, answer);
    if (url.pathname.endsWith("/link")) return void say(200, { url: `/v1/files/f1?until=2&sig=fresh${++this.links}` });
    if (request.method === "DELETE") return void (this.left.push(request.headers.authorization), response.writeHead(204).end());
    const bytes = Buffer.concat(await request.toArray()).toString();
    this.uploads.push({ name: url.searchParams.get("name"), bytes, authorization: request.headers.authorization });
    await this.hold;
    const [status, told] = this.answers.shift() ?? [200, { id: `f${this.uploads.length}`, name: "x", mime: "image/png", size: 1 }];
    say(status, told);
  }

  private hear(socket: WebSocket, frame: ClientFrame): void {
    const say = (value: object) => socket.send(JSON.stringify(value));
    if (frame.type === "hello") return this.greet(frame, say);
    this.heard.push(frame);
    if (!this.storing || !("id" in frame)) return;
    const { id } = frame;
    if (frame.type === "leave") return this.begin(id, say);
    if (frame.type === "helped" || frame.type === "rate") {
      const event = frame.type === "helped" ? { kind: "helped", id: frame.of, yes: frame.yes } : { kind: "rated", stars: frame.stars, comment: frame.comment ?? "" };
      return say({ type: "ack", id, seq: this.tell(event), conversation: C });
    }
    if (frame.type !== "say" && frame.type !== "person") return;
    const known = this.log.find((one) => (one.event as { id?: string }).id === id);
    const seq = known?.seq ?? this.tell(frame.type === "say" ? { ...visitor(id, frame.text), files: (frame.files ?? []).map(kept) } : waiting("asked"));
    say({ type: "ack", id, seq, conversation: C });
  }

  /** The visitor begins anew, in all tabs. */
  private begin(id: string, say: (value: object) => void): void {
    say({ type: "ack", id, seq: this.log.length, conversation: C });
    this.log = [];
    const welcome = JSON.parse(fixture("server-welcome-new")) as object;
    this.broadcast(JSON.stringify({ ...welcome, limits: this.limits }));
    this.broadcast(JSON.stringify({ type: "caught_up", seq: 0 }));
  }

  private greet(hello: Hello, say: (value: object) => void): void {
    this.hellos.push(hello);
    if (!this.welcomes) return;
    const conversation = this.log.length ? C : null;
    const welcome = JSON.parse(fixture("server-welcome-new")) as object;
    const site = { name: "Demo", greeting: "Hello! Ask me anything about hinny.", ...(this.brand && { brand: this.brand }) };
    say({ ...welcome, site, limits: this.limits, conversation, seq: this.log.length });
    const after = hello.conversation === conversation ? hello.after : 0;
    for (const one of this.log.filter((entry) => entry.seq > after)) say({ type: "event", ...one });
    say({ type: "caught_up", seq: this.log.length });
  }
}

export const limits = { text: 4000, frame: 65536, file: 1000, files: 3, types: ["image/png", "image/jpeg", "application/pdf", "text/plain", "audio/mpeg"] };

/** A file as the server tells of it. */
export const kept = (id: string) => ({ id, name: `${id}.png`, mime: "image/png", size: 2048, width: 640, height: 480, url: `/v1/files/${id}?until=1&sig=first` });

export const tree = (text: string) => [{ type: "paragraph", children: [{ type: "text", text }] }];
export const visitor = (id: string, text: string) => ({ kind: "message", id, author: { kind: "visitor" }, text: tree(text), sources: [] });
export const agent = (text: string) => ({ kind: "message", id: "a", author: { kind: "agent", name: "Ana" }, text: tree(text), sources: [] });
/** What the bot answers to a question. */
export const answer = (id: string, text: string) => ({ kind: "message", id, author: { kind: "bot" }, text: tree(text), sources: [], answer: true });
export const closed = { kind: "handling", handling: "closed", reason: null, agent: null };
export const waiting = (reason: string) => ({ kind: "handling", handling: "waiting", reason, agent: null });
export const taken = { kind: "handling", handling: "agent", reason: null, agent: "Ana" };

/** What the widget loads later; a test may hold or break it. */
export const part = { ...more };
const parts = { more: part, brand, events, ask, sign };
/** The server of these tests has no event stream, so that there is only the socket (`stream.test.ts`). */
HinnyChat.load = (name) => (name === "stream" ? Promise.reject(new Error("none here")) : (Promise.resolve(parts[name as "more"]) as never));
/** What that loads at some moments. */
more.More.load = () => Promise.resolve(talk);
customElements.define("hinny-chat", HinnyChat);

/** A fresh server for each test of a file. */
export let server: Server;
beforeEach(async () => {
  localStorage.clear();
  sight.clear();
  server = await Server.start();
});
afterEach(async () => {
  document.body.replaceChildren();
  await server.stop();
});

/** One tab: what a visitor can find and do in its widget. */
export class Tab {
  readonly chat = document.createElement("hinny-chat") as HinnyChat;

  /** The loader's marks, such as "inline". */
  constructor(...marks: string[]) {
    for (const mark of marks) this.chat.setAttribute(mark, "");
    Object.assign(this.chat, { site: "demo", server: server.origin, look });
    const launcher = document.createElement("button");
    launcher.className = launcher.dataset.role = "launcher";
    this.chat.attachShadow({ mode: "open" }).append(launcher);
    document.body.append(this.chat);
  }

  find<T extends HTMLElement = HTMLElement>(role: string): T {
    const found = this.chat.shadowRoot?.querySelector<T>(`[data-role="${role}"]`);
    assert.ok(found, role);
    return found;
  }

  async opened(): Promise<this> {
    this.find("launcher").click();
    await this.shows("online", () => this.find("panel").dataset.phase === "online");
    return this;
  }

  writes(text: string): void {
    const input = this.find<HTMLTextAreaElement>("composer");
    input.value = text;
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  }

  lines(): string[] {
    const nodes = (Array.from(this.find("log").children) as HTMLElement[]).filter((node) => node.dataset.role !== "day");
    return nodes.map((node) => {
      const words = node.querySelector(".bubble")?.textContent ?? node.firstChild?.textContent;
      return [node.dataset.author ?? "line", node.dataset.state, words].filter(Boolean).join(" ");
    });
  }

  shows(what: string, look: () => unknown): Promise<unknown> {
    return eventually(`${what} (now: ${this.lines().join(" | ")})`, look);
  }

  /** Waits until the log reads like this, after the greeting. */
  async reads(...expected: string[]): Promise<void> {
    const want = ["bot Hello! Ask me anything about hinny.", ...expected].join("\n");
    await eventually("the log", () => this.lines().join("\n") === want).catch(() => assert.equal(this.lines().join("\n"), want));
  }

  leaves(): void {
    this.chat.remove();
  }
}
