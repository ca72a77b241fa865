// The package as users get it: packed, and installed into an empty project.
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { runOrThrow } from "./process.js";

/** The repository. */
export const root = join(import.meta.dirname, "..", "..");

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
  await writeFile(join(directory, "package.json"), '{ "private": true, "type": "module" }\n');
  const args = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", ...packages];
  await runOrThrow("npm", args, { cwd: directory, timeout: 240_000 });
}

/**
 * Makes a project in `directory` that has the installed package without the folders `without` of its dist, and of
 * the other packages only those that `dependencies` need.
 */
export async function installOnly(
  directory: string,
  from: string,
  dependencies: readonly string[],
  without: readonly string[],
): Promise<void> {
  const modules = join(from, "node_modules");
  const own = join(modules, manifest.name);
  const left = without.map((folder) => join(own, "dist", folder));
  await cp(own, join(directory, "node_modules", manifest.name), {
    recursive: true,
    filter: (path) => !left.includes(path),
  });
  for (const name of await closureOf(dependencies, modules)) {
    await cp(join(modules, name), join(directory, "node_modules", name), { recursive: true });
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
