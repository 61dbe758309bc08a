/** The connection against a real WebSocket server on this machine; only time and chance are the test's own. */

import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { Connection, type LinkPhase, type Socket, socketUrl } from "../src/connection";
import { readFrame, type ServerFrame } from "../src/wire";
import { eventually, fixture, TestClock } from "./support";

/** A server that keeps what it hears and says what a test tells it to. */
class Server {
  heard: { n: number; frame: { type: string; n?: number } }[] = [];
  sockets: WebSocket[] = [];
  /** What it says by itself when it hears a hello. */
  greeting: string[] = [fixture("server-welcome-new")];
  pongs = true;
  private constructor(private readonly server: WebSocketServer) {
    server.on("connection", (socket) => {
      const n = this.sockets.push(socket);
      socket.on("message", (data) => this.hear(n, String(data)));
    });
  }

  static async start(port = 0): Promise<Server> {
    const server = new WebSocketServer({ host: "127.0.0.1", port });
    await once(server, "listening");
    return new Server(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  say(text: string): void {
    this.sockets.at(-1)?.send(text);
  }

  cut(): void {
    this.sockets.at(-1)?.terminate();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.server.close();
    await once(this.server, "close");
  }

  private hear(n: number, text: string): void {
    const frame = JSON.parse(text) as { type: string; n?: number };
    this.heard.push({ n, frame });
    if (frame.type === "hello") for (const one of this.greeting) this.say(one);
    if (frame.type === "ping" && this.pongs) this.say(JSON.stringify({ type: "pong", n: frame.n }));
  }
}

class Client {
  clock = new TestClock();
  phases: LinkPhase[] = [];
  frames: ServerFrame[] = [];
  online = true;
  readonly link: Connection<ServerFrame>;

  constructor(port: number) {
    this.link = new Connection<ServerFrame>({
      clock: this.clock,
      dial: () => new WebSocket(`ws://127.0.0.1:${port}`) as unknown as Socket,
      hello: () => [{ type: "hello", protocol: 1, site: "demo", after: this.frames.length }],
      read: readFrame,
      ready: "welcome",
      online: () => this.online,
      onFrame: (frame) => void this.frames.push(frame),
      onPhase: (phase) => void this.phases.push(phase),
    });
  }

  get phase(): LinkPhase | undefined {
    return this.phases.at(-1);
  }

  is(phase: LinkPhase): Promise<unknown> {
    return eventually(phase, () => this.phase === phase);
  }
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function pair(): Promise<[Server, Client]> {
  const server = await Server.start();
  const client = new Client(server.port);
  cleanups.push(() => client.link.stop(), () => server.stop());
  return [server, client];
}

async function online(): Promise<[Server, Client]> {
  const [server, client] = await pair();
  client.link.start();
  await client.is("online");
  return [server, client];
}

test("hello is the first frame; online only after the welcome", async () => {
  const [server, client] = await pair();
  server.greeting = [];
  client.link.start();
  await eventually("the hello", () => server.heard.length);
  assert.equal(client.phase, "connecting");
  assert.equal(client.link.send({ type: "typing", on: true }), false);
  server.say(fixture("server-welcome-new"));
  await client.is("online");
  assert.ok(client.link.send({ type: "typing", on: true }));
  await eventually("the second frame", () => server.heard.length === 2);
  assert.deepEqual(server.heard.map((one) => one.frame.type), ["hello", "typing"]);
});

test("starting twice opens one socket", async () => {
  const [server, client] = await online();
  client.link.start();
  client.link.send({ type: "ping", n: 9 });
  await eventually("the ping", () => server.heard.length === 2);
  assert.equal(server.sockets.length, 1);
});

test("unknown and broken frames are skipped, and what follows is heard", async () => {
  const [server, client] = await online();
  for (const text of ['{"type":"confetti"}', "{{{", fixture("server-ack")]) server.say(text);
  await eventually("the ack", () => client.frames.length === 2);
  assert.deepEqual(client.frames.map((one) => one.type), ["welcome", "ack"]);
});

test("a cut is followed by a new hello that says how far we are", async () => {
  const [server, client] = await online();
  server.cut();
  await client.is("retrying");
  assert.equal(client.clock.waits(), 375);
  client.clock.advance(375);
  await client.is("online");
  assert.deepEqual(server.heard.map((one) => one.frame), [
    { type: "hello", protocol: 1, site: "demo", after: 0 },
    { type: "hello", protocol: 1, site: "demo", after: 1 },
  ]);
});

test("waits grow with every failure, up to half a minute, and are never the same for all", async () => {
  const [server, client] = await pair();
  await server.stop();
  cleanups.pop();
  const waits: (number | null)[] = [];
  client.link.start();
  for (let attempt = 0; attempt < 8; attempt++) {
    await eventually("a failure", () => client.phases.filter((phase) => phase === "retrying").length === 2 * attempt + 1);
    waits.push(client.clock.waits());
    client.clock.advance(client.clock.waits() ?? 0);
  }
  assert.deepEqual(waits, [375, 750, 1500, 3000, 6000, 12_000, 22_500, 22_500]);
});

test("chance moves a wait between a half and the whole", async () => {
  for (const [chance, wait] of [[0, 250], [0.999, 499.75]] as const) {
    const [server, client] = await online();
    client.clock.chance = chance;
    server.cut();
    await client.is("retrying");
    assert.equal(client.clock.waits(), wait);
  }
});

test("a connection that held makes the next failure the first again", async () => {
  const [server, client] = await online();
  for (const wait of [375, 750]) {
    server.cut();
    await client.is("retrying");
    assert.equal(client.clock.waits(), wait);
    client.clock.advance(wait);
    await client.is("online");
  }
  client.clock.advance(5000);
  server.cut();
  await client.is("retrying");
  assert.equal(client.clock.waits(), 375);
});

test("bye with a time: back after that time, a little spread out", async () => {
  const [server, client] = await online();
  server.say(fixture("server-bye"));
  await client.is("retrying");
  assert.equal(client.clock.waits(), 1125);
  client.clock.advance(1124);
  assert.equal(server.sockets.length, 1);
  client.clock.advance(1);
  await client.is("online");
});

test("bye without a time: stays away, until somebody asks", async () => {
  const [server, client] = await online();
  server.say('{"type":"bye","error":"site_unknown","detail":"","retry_after_ms":null}');
  await client.is("stopped");
  client.link.nudge();
  client.link.networkLost();
  assert.equal(client.clock.waits(), null);
  client.link.reconnect();
  await client.is("online");
  assert.equal(server.sockets.length, 2);
});

test("a line that does not answer a ping is dead, though no close ever comes", async () => {
  const [server, client] = await online();
  server.pongs = false;
  client.clock.advance(25_000);
  await eventually("the ping", () => server.heard.at(-1)?.frame.type === "ping");
  client.clock.advance(7_999);
  assert.equal(client.phase, "online");
  client.clock.advance(1);
  assert.equal(client.phase, "retrying");
  client.clock.advance(375);
  await client.is("online");
});

test("a line that answers lives on", async () => {
  const [server, client] = await online();
  const pings = () => server.heard.filter((one) => one.frame.type === "ping").length;
  for (let round = 1; round <= 3; round++) {
    client.clock.advance(25_000);
    await eventually("the ping", () => pings() === round);
    await eventually("the pong", () => client.clock.waits() === 25_000);
  }
  assert.equal(server.sockets.length, 1);
});

test("a server that never says welcome is left after ten seconds", async () => {
  const [server, client] = await pair();
  server.greeting = [];
  client.link.start();
  await eventually("the hello", () => server.heard.length);
  client.clock.advance(10_000);
  assert.equal(client.phase, "retrying");
});

test("the network's return ends the waiting at once", async () => {
  const [, client] = await online();
  client.online = false;
  client.link.networkLost();
  assert.equal(client.phase, "offline");
  client.online = true;
  client.link.nudge();
  await client.is("online");
});

test("a page that wakes up checks its line", async () => {
  const [server, client] = await online();
  server.pongs = false;
  client.link.nudge();
  await eventually("the ping", () => server.heard.at(-1)?.frame.type === "ping");
  client.clock.advance(8000);
  assert.equal(client.phase, "retrying");
});

test("what an old socket still says is not heard", async () => {
  const [server, client] = await online();
  const old = server.sockets[0]!;
  client.link.reconnect();
  old.send(fixture("server-ack"));
  await client.is("online");
  client.link.send({ type: "ping", n: 1 });
  await eventually("the new socket at work", () => server.heard.some((one) => one.n === 2 && one.frame.type === "ping"));
  assert.deepEqual(client.frames.map((one) => one.type), ["welcome", "welcome"]);
});

test("stop closes the socket and leaves no timer", async () => {
  const [server, client] = await online();
  client.link.stop();
  assert.equal(client.clock.waits(), null);
  await eventually("the close", () => server.sockets[0]!.readyState === WebSocket.CLOSED);
});

test("a page that may not open sockets keeps trying quietly", () => {
  const clock = new TestClock();
  const phases: LinkPhase[] = [];
  const dial = () => {
    throw new Error("blocked by policy");
  };
  const none = () => undefined;
  const link = new Connection<ServerFrame>({ clock, dial, hello: () => [], read: readFrame, ready: null, online: () => true, onFrame: none, onPhase: (phase) => void phases.push(phase) });
  link.start();
  assert.deepEqual([phases, clock.waits()], [["connecting", "retrying"], 375]);
  link.stop();
});

test("the socket's address follows the script's", () => {
  assert.equal(socketUrl("/v1/ws", "https://chat.example:8443"), "wss://chat.example:8443/v1/ws");
  assert.equal(socketUrl("/v1/ws", "http://127.0.0.1:7777/x"), "ws://127.0.0.1:7777/v1/ws");
});
