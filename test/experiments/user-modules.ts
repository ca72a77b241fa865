// Modules of a user's, for tests: files that import this package's sources.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** The package as `import` takes it in a module of a test. */
export const SOURCES = join(import.meta.dirname, "..", "..", "src", "index.ts");

/** Writes a module into `dir`, in which `tensorboard-node-logger` means `index`; gives its path. */
export function writeModule(dir: string, name: string, text: string, index = SOURCES): string {
  const path = join(dir, name);
  writeFileSync(path, text.replaceAll('"tensorboard-node-logger"', JSON.stringify(index)));
  return path;
}
