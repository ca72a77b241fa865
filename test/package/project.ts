// The package as users get it: packed, and installed into an empty project.
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { runOrThrow } from "./process.js";

/** The repository. */
export const root = join(import.meta.dirname, "..", "..");

const emptyManifest = '{ "private": true, "type": "module" }\n';

/** What users import: `tensorboard-node-logger`, `tensorboard-node-logger/wire`, and so on. */
export const specifiers: readonly string[] = Object.keys(manifest.exports)
  .filter((subpath) => subpath !== "./package.json")
  .map((subpath) => `${manifest.name}${subpath.slice(1)}`);

/** A new empty directory, and how to remove it with all that is in it. */
export async function scratchDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "tnl-package-")));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Packs dist as it is (no build: a stale one is another test's finding); returns the tarball's path. */
export async function pack(directory: string): Promise<string> {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", directory];
  const { stdout } = await runOrThrow("npm", args, { cwd: root, timeout: 60_000 });
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  return join(directory, packed.filename);
}

/** Makes an empty project in `directory` and installs `packages` there (names, or paths of tarballs). */
export async function install(directory: string, ...packages: string[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), emptyManifest);
  const args = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", ...packages];
  await runOrThrow("npm", args, { cwd: directory, timeout: 240_000 });
}

/**
 * Makes a project in `directory` that has the installed package without the folders `without` of its dist, and its
 * dependencies as they are installed if `allowed`; any other throws when it is loaded.
 */
export async function installOnly(
  directory: string,
  from: string,
  allowed: readonly string[],
  without: readonly string[],
): Promise<void> {
  const installed = join(from, "node_modules");
  const modules = join(directory, "node_modules");
  const left = without.map((folder) => join(installed, manifest.name, "dist", folder));
  await mkdir(directory);
  await writeFile(join(directory, "package.json"), emptyManifest);
  await cp(join(installed, manifest.name), join(modules, manifest.name), {
    recursive: true,
    filter: (path) => !left.includes(path),
  });
  for (const name of await closureOf(allowed, installed)) {
    await cp(join(installed, name), join(modules, name), { recursive: true });
  }
  // Not only left out: Node would go on and look in the directories above.
  for (const name of Object.keys(manifest.dependencies).filter((each) => !allowed.includes(each))) {
    await mkdir(join(modules, name), { recursive: true });
    await writeFile(join(modules, name, "index.js"), `throw new Error("${name} was loaded");\n`);
  }
}

async function closureOf(names: readonly string[], modules: string): Promise<Set<string>> {
  const closure = new Set<string>();
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (closure.has(name)) continue;
    closure.add(name);
    const text = await readFile(join(modules, name, "package.json"), "utf8");
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    pending.push(...Object.keys(dependencies));
  }
  return closure;
}
