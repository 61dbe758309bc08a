/** The real binary in a folder of its own: started, killed, started again on the same port and the same data. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createWriteStream, existsSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The binary under test. */
export const binary = process.env.HINNY_BIN
  ? resolve(process.env.HINNY_BIN)
  : resolve(root, process.env.CARGO_TARGET_DIR ?? "target", "debug/hinny");

/** A port that is free now, and that nobody else is likely to take before we do. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** The first start reads the demo's documents, which takes a while where the processor is busy. */
const READY_WITHIN_MS = 300_000;

export class Program {
  constructor(folder, port, args) {
    this.folder = folder;
    this.port = port;
    this.args = args;
    this.url = `http://127.0.0.1:${port}`;
    this.child = null;
  }

  /** `hinny demo` with data of its own, in which the documents have been read already. */
  static async demo() {
    const folder = await freshFolder();
    await cp(await demoRead(), join(folder, "data"), { recursive: true });
    return Program.demoIn(folder);
  }

  static async demoIn(folder) {
    const port = await freePort();
    return new Program(folder, port, ["demo", "--port", String(port), "--data", join(folder, "data")]);
  }

  /** `hinny serve` for one website, whose pages come from `origins`; `more` are further settings of the site. */
  static async serve(origins, more = "") {
    const knowledge = join(root, "fixtures/stories/faq.md");
    return Program.from({ knowledge, configuration: (port) => configuration(port, origins, more) });
  }

  /**
   * `hinny serve` with a configuration of one's own, made for a port. `knowledge` is copied to the folder or file of
   * that name beside it, `files` are written there by their names; then all of it is indexed.
   */
  static async from({ configuration, knowledge, files = {} }) {
    const folder = await freshFolder();
    const port = await freePort();
    await writeFile(join(folder, "hinny.toml"), configuration(port));
    if (knowledge) await cp(knowledge, join(folder, (await stat(knowledge)).isDirectory() ? "knowledge" : "knowledge.md"), { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const program = new Program(folder, port, ["serve"]);
    await program.run("kb", "index");
    return program;
  }

  /** Returns when the server answers. */
  async start() {
    const child = spawn(binary, this.args, { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"], env: environment() });
    const log = createWriteStream(this.logFile, { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.child = child;
    this.ended = once(child, "exit");
    await eventually("the server answers", async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${await this.log()}`);
      return (await fetch(`${this.url}/readyz`)).ok;
    }, READY_WITHIN_MS);
    return this;
  }

  /** `kill -9`. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
    this.child = null;
  }

  /** As an administrator would end it; the exit status must be a good one. */
  async stop() {
    if (!this.child) return;
    this.child.kill("SIGTERM");
    const [code, signal] = await this.ended;
    this.child = null;
    if (code !== 0) throw new Error(`it ended with ${code ?? signal}: ${await this.log()}`);
  }

  async remove() {
    if (this.child) await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs a command beside the server and gives what it printed. */
  async run(...args) {
    const child = spawn(binary, args, { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"], env: environment() });
    let printed = "";
    child.stdout.on("data", (text) => (printed += text));
    child.stderr.on("data", (text) => (printed += text));
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`hinny ${args.join(" ")} ended with ${code}: ${printed}`);
    return printed;
  }

  get logFile() {
    return join(this.folder, "log");
  }

  /** All that it has printed since the first start. */
  async log() {
    return existsSync(this.logFile) ? readFile(this.logFile, "utf8") : "";
  }

  /** What it complained about. */
  async complaints() {
    const plain = (await this.log()).replace(/\u001b\[[0-9;]*m/g, "");
    return plain.split("\n").filter((line) => /\bERROR\b|panicked/.test(line));
  }
}

/** Others test other binaries on this machine, each with data of its own. */
const DEMOS = `hinny-demo-read-${createHash("sha256").update(binary).digest("hex").slice(0, 8)}-`;

/**
 * The data of a demo that was started once and ended again: reading the documents takes most of a start, and is the
 * same each time. It is made anew for another binary, and kept for the next story.
 */
async function demoRead() {
  checkBinary();
  const { mtimeMs, size } = await stat(binary);
  const ready = join(tmpdir(), `${DEMOS}${Math.round(mtimeMs)}-${size}`);
  if (existsSync(ready)) return ready;
  const program = await Program.demoIn(await freshFolder());
  try {
    await program.start();
    await program.stop();
  } catch (error) {
    await program.remove();
    throw error;
  }
  for (const old of await readdir(tmpdir())) {
    if (old.startsWith(DEMOS)) await rm(join(tmpdir(), old), { recursive: true, force: true });
  }
  await rename(join(program.folder, "data"), ready);
  await program.remove();
  return ready;
}

function checkBinary() {
  if (!existsSync(binary)) throw new Error(`there is no ${binary}; build it, or name another one in HINNY_BIN`);
}

async function freshFolder() {
  checkBinary();
  return mkdtemp(join(tmpdir(), "hinny-browser-"));
}

/** The variables of whoever runs the tests do not change what the server does. */
function environment() {
  const { RUST_LOG, SSH_CONNECTION, ...rest } = process.env;
  return { ...rest, NO_COLOR: "1" };
}

function configuration(port, origins, more) {
  return `
listen = "127.0.0.1:${port}"

[log]
level = "info"

[timing]
outbox_poll = "100ms"
alarm_poll = "50ms"
retry_first = "50ms"
retry_max = "500ms"

[desk]
enabled = true

[[site]]
id = "shop"
name = "The Shop"
greeting = "Hello! How can we help?"
origins = ${JSON.stringify(origins)}
${more}

[site.knowledge]
paths = ["knowledge.md"]
`;
}
