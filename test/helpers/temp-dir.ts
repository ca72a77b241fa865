// Directories for tests, removed when the file's tests, or the block's, have ended.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/**
 * Call at the top of a test file or in a `describe`. The function it returns makes a new, empty directory at each call and gives its real
 * path (a temporary directory may be a link).
 */
export function useTempDir(name: string): () => string {
  let root: string | undefined;
  let count = 0;
  afterAll(() => {
    if (root !== undefined) rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    root = undefined;
  });
  return () => {
    root ??= realpathSync(mkdtempSync(join(tmpdir(), `tnl-${name}-`)));
    const directory = join(root, String(count++));
    mkdirSync(directory);
    return directory;
  };
}
