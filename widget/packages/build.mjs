/**
 * Builds the npm packages into `packages/NAME/dist` (not committed) and packs them: `node packages/build.mjs [FOLDER]`
 * writes the `.tgz` files there, ready for `npm publish` or `npm install FILE`.
 */

import { execFileSync } from "node:child_process";
import { cp, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
/** In this order: the second uses the first. */
export const names = ["widget", "react"];

/** Packs all packages into a folder; gives the paths of the files. */
export async function pack(folder) {
  await mkdir(folder, { recursive: true });
  await known();
  const packed = [];
  for (const name of names) {
    const from = join(here, name);
    await rm(join(from, "dist"), { recursive: true, force: true });
    execFileSync(process.execPath, [join(here, "../node_modules/typescript/bin/tsc"), "-p", from], { stdio: "inherit" });
    for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) await cp(join(root, licence), join(from, licence));
    const said = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: from, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    packed.push(join(folder, JSON.parse(said)[0].filename));
  }
  return packed;
}

/** Makes `@hinny/widget` known to the compiler, as an installation would. */
async function known() {
  const scope = join(here, "../node_modules/@hinny");
  await mkdir(scope, { recursive: true });
  await symlink(join(here, "widget"), join(scope, "widget")).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of await pack(resolve(process.argv[2] ?? join(here, "packed")))) console.log(file);
}
