/** The npm packages as somebody else would have them: packed, unpacked, and bundled into a page of their own. */

import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const installed = fileURLToPath(new URL("../node_modules", import.meta.url));
const tools = createRequire(join(root, "widget/package.json"));

/** A folder with our packages in `node_modules`, and React and Vue beside them. */
export class Project {
  static async make() {
    const project = new Project();
    project.folder = await mkdtemp(join(tmpdir(), "hinny-project-"));
    const { pack } = await import(pathToFileURL(join(root, "widget/packages/build.mjs")).href);
    const modules = join(project.folder, "node_modules");
    for (const file of await pack(join(project.folder, "packed"))) {
      const [, name] = file.match(/hinny-([a-z]+)-[\d.]+\.tgz$/);
      const into = join(modules, "@hinny", name);
      await mkdir(into, { recursive: true });
      execFileSync("tar", ["xzf", file, "-C", into, "--strip-components=1"]);
    }
    for (const name of ["react", "react-dom", "scheduler", "vue", "@vue"]) await symlink(join(installed, name), join(modules, name));
    await symlink(join(root, "widget/node_modules/@types"), join(modules, "@types"));
    return project;
  }

  /** One script for a page, from a source that may import whatever is in the project. */
  async bundle(name, source) {
    const path = await this.write(name, source);
    const { outputFiles } = await tools("esbuild").build({
      entryPoints: [path],
      absWorkingDir: this.folder,
      bundle: true,
      write: false,
      format: "iife",
      jsx: "automatic",
      // React's and Vue's own checks are on, so that their warnings are heard.
      define: { "process.env.NODE_ENV": '"development"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true" },
    });
    return outputFiles[0].text;
  }

  /** The same source as a module for Node: what a server would run. */
  async forServer(name, source) {
    const path = await this.write(name, source);
    const outfile = join(this.folder, `${name}.server.mjs`);
    await tools("esbuild").build({ entryPoints: [path], absWorkingDir: this.folder, bundle: true, outfile, format: "esm", platform: "node", jsx: "automatic", packages: "external" });
    return import(pathToFileURL(outfile).href);
  }

  /** What the compiler says about a source that uses the packages. */
  async complaints(name, source) {
    const path = await this.write(name, source);
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--jsx", "react-jsx", "--types", "react"];
    try {
      execFileSync(process.execPath, [tools.resolve("typescript/bin/tsc"), ...options, path], { cwd: this.folder, encoding: "utf8" });
      return "";
    } catch (error) {
      return error.stdout;
    }
  }

  async write(name, source) {
    const path = join(this.folder, name);
    await writeFile(path, source);
    return path;
  }

  close() {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** The code blocks of one language below a heading of a page in `docs/`; our own server stands where the example's did. */
export async function documented(page, heading, language, server) {
  const text = await readFile(join(root, "docs", page), "utf8");
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const [, code] = section.match(new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``)) ?? [];
  if (!code) throw new Error(`${page} has no ${language} below "${heading}"`);
  return code.replaceAll("https://support.example.com", server);
}
