// What is in a directory, so that a test can say that nothing of it was touched.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Everything below `dir` by path: of a file its hash and when it was written, of a directory that it is one. */
export function treeOf(dir: string): Record<string, string> {
  const paths = readdirSync(dir, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );
  return Object.fromEntries(
    paths.toSorted().map((path) => [relative(dir, path).split(sep).join("/"), describePath(path)]),
  );
}

/** The paths below `dir`, directories with a slash at their end. */
export function pathsBelow(dir: string): string[] {
  return Object.entries(treeOf(dir)).map(([path, what]) => (what === "directory" ? `${path}/` : path));
}

function describePath(path: string): string {
  const stat = lstatSync(path, { bigint: true });
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  return `${createHash("sha256").update(readFileSync(path)).digest("hex")} at ${stat.mtimeNs}`;
}
