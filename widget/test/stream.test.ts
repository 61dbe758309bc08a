/** The stand-in for a socket: what it asks the server, and what it makes of the answers. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { StreamSocket } from "../src/stream";
import { eventually } from "./support";

interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: unknown;
}

let asked: Asked[];
let answers: Record<string, () => Response>;
let events: ReadableStreamDefaultController<Uint8Array>;
let heard: Record<string, unknown>[];
let closed: number;

const hello = { type: "hello", protocol: 1, site: "demo", token: "old", conversation: "c", after: 7, language: "en" };
const json = (status: number, body: object, headers = {}) => Response.json(body, { status, headers });
const send = (text: string) => events.enqueue(new TextEncoder().encode(text));

beforeEach(() => {
  [asked, heard, closed] = [[], [], 0];
  const stream = () => new Response(new ReadableStream({ start: (controller) => void (events = controller) }));
  answers = { session: () => json(200, { token: "fresh" }), events: stream, context: () => new Response(null, { status: 204 }) };
  const fetch = async (url: string, { method = "GET", headers, body }: RequestInit) => {
    asked.push({ method, url, headers: headers as Record<string, string>, body: body ? JSON.parse(String(body)) : null });
    return answers[/v1\/(\w+)/.exec(url)![1]!]!();
  };
  Object.defineProperty(globalThis, "fetch", { value: fetch, configurable: true, writable: true });
});

async function greeted(more: object = {}): Promise<StreamSocket> {
  const socket = new StreamSocket("https://chat.example");
  socket.onmessage = ({ data }) => heard.push(JSON.parse(String(data)));
  socket.onclose = () => closed++;
  await new Promise<void>((open) => (socket.onopen = open));
  socket.send(JSON.stringify({ ...hello, ...more }));
  await eventually("the calls", () => asked.some(({ url }) => url.includes("/events")) || !answers.session!().ok && asked.length);
  return socket;
}

test("a hello is a session and a stream; the token is in a header and in no address", async () => {
  await greeted();
  const [session, context, stream] = asked;
  assert.deepEqual([context!.url, context!.body], ["https://chat.example/v1/context", { language: "en" }]);
  assert.deepEqual([session!.method, session!.url, session!.body], ["POST", "https://chat.example/v1/session", { protocol: 1, site: "demo", token: "old" }]);
  assert.deepEqual([stream!.method, stream!.url], ["GET", "https://chat.example/v1/events?after=7&conversation=c"]);
  assert.equal(stream!.headers.Authorization, "Bearer fresh");
  for (const { url } of asked) assert.doesNotMatch(url, /fresh|old/);
});

test("frames arrive whole, however they are cut; comments are signs of life", async () => {
  const socket = await greeted();
  for (const piece of ['data: {"type":"wel', 'come"}\n', '\n:\n\ndata: {"type":"ack","x":"é', '"}\n\n']) send(piece);
  await eventually("two frames", () => heard.length === 2);
  assert.deepEqual(heard, [{ type: "welcome" }, { type: "ack", x: "é" }]);
  socket.send('{"type":"ping","n":3}');
  assert.deepEqual(heard.at(-1), { type: "pong", n: 3 });
});

test("what is said goes as a call, and its answer comes as a socket would say it", async () => {
  const socket = await greeted();
  answers.messages = () => json(200, { id: "m", seq: 9, conversation: "c" });
  answers.person = () => json(429, { error: "rate_limited", detail: "Slowly." }, { "Retry-After": "2" });
  socket.send('{"type":"say","id":"m","text":"Hi"}');
  await eventually("the ack", () => heard.length === 1);
  socket.send('{"type":"person","id":"p"}');
  socket.send('{"type":"typing","on":true}');
  await eventually("the refusal", () => heard.length === 2);
  assert.deepEqual(heard, [
    { type: "ack", id: "m", seq: 9, conversation: "c" },
    { type: "refused", id: "p", error: "rate_limited", detail: "Slowly.", retry_after_ms: 2000 },
  ]);
  assert.deepEqual(asked.slice(3).map(({ method, url, body }) => [method, url, body]), [
    ["POST", "https://chat.example/v1/messages", { id: "m", text: "Hi" }],
    ["POST", "https://chat.example/v1/person", { id: "p" }],
  ]);
});

test("where the visitor is, is told once there is a conversation, and once", async () => {
  const socket = await greeted({ conversation: undefined });
  answers.messages = () => json(200, { id: "m", seq: 1, conversation: "c" });
  for (const id of ["m", "n"]) socket.send(JSON.stringify({ type: "say", id, text: "Hi" }));
  await eventually("both acks", () => heard.length === 2);
  await eventually("the place", () => asked.length === 5);
  assert.deepEqual(asked.filter(({ url }) => url.endsWith("/context")).map(({ body }) => body), [{ language: "en" }]);
});

test("a pass that is worth nothing is to be forgotten at once; who needs one and has none stays out", async () => {
  answers.session = () => json(401, { error: "token_invalid", detail: "" });
  await greeted();
  await eventually("the farewell", () => heard.length === 1);
  assert.deepEqual([heard[0]!.type, heard[0]!.retry_after_ms], ["bye", 0]);
  heard.length = asked.length = 0;
  await greeted({ token: undefined });
  await eventually("the farewell", () => heard.length === 1);
  assert.equal(heard[0]!.retry_after_ms, null);
});

test("an ended stream, a call that breaks off and a session that ended are a broken line, told once", async () => {
  await greeted();
  events.close();
  await eventually("the end", () => closed === 1);
  for (const broken of [() => json(401, {}), () => { throw new TypeError("no network"); }]) {
    asked.length = closed = 0;
    const socket = await greeted();
    answers.messages = broken;
    socket.send('{"type":"say","id":"m","text":"Hi"}');
    await eventually("the end", () => closed === 1);
  }
  asked.length = closed = 0;
  const socket = await greeted();
  socket.close();
  events.close();
  await new Promise((done) => setImmediate(done));
  assert.equal(closed, 0, "who closes is not told");
});
