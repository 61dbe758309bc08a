/** Bundles every `*.test.ts` for Node and runs them with Node's own test runner. */

import { spawnSync } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inlineStyle } from "../build.mjs";

const here = dirname(fileURLToPath(import.meta.url));
// Below node_modules, so that the bundles find the packages they import.
const out = join(here, "../node_modules/.test");

const names = (await readdir(here)).filter((name) => name.endsWith(".test.ts"));
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: names.map((name) => join(here, name)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  external: ["*/build.mjs"],
  sourcemap: "inline",
  plugins: [inlineStyle],
});

const wanted = process.argv.slice(2);
const chosen = names.filter((name) => !wanted.length || wanted.some((part) => name.includes(part)));
const files = chosen.map((name) => join(out, name.replace(".ts", ".mjs")));
const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-force-exit", ...files], {
  stdio: "inherit",
  env: { ...process.env, HINNY_WIDGET: join(here, "..") },
});
process.exit(run.status ?? 1);
