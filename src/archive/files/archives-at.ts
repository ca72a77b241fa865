// The archives that a path means: one file, or a folder with one for each run.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ArchiveError } from "../../errors.js";
import { compareNames } from "../../events/file-name.js";
import { isFileAt } from "../../events/reading/runs-at.js";
import { unreadable } from "../../events/unreadable.js";

/** How the names of archives end. */
export const PARQUET = ".parquet";

/**
 * Paths of the archives: `path` itself, or every `*.parquet` in it and below it. Throws a `LogdirError` with code `LOGDIR_NOT_READABLE`, and an
 * `ArchiveError` with code `NOT_AN_ARCHIVE` for a folder without any.
 */
export function archivesAt(path: string): string[] {
  if (isFileAt(path)) return [path];
  const archives = entriesOf(path)
    .filter((entry) => entry.isFile() && entry.name.endsWith(PARQUET))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted(compareNames);
  if (archives.length > 0) return archives;
  const message = `There is no archive in ${path} or below it: none whose name ends with ${PARQUET}`;
  throw new ArchiveError("NOT_AN_ARCHIVE", path, message);
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true, recursive: true });
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * The path of a run's archive in a folder of archives, with `/`: its name and `.parquet`. What pandas, Polars, DuckDB or Windows would not take as
 * it is, as `lr=0.1`, a part that begins with `_` or `.`, or a directory that ends with `.parquet`, stands there as `%` and hexadecimal digits.
 */
export function pathOfRun(run: string): string {
  const names = run.split("/").map((name, i, all) => {
    // oxlint-disable-next-line no-control-regex -- these are the characters that are meant
    const escaped = name.replaceAll(/[\u0000-\u001f%=\\:*?"<>|]|^[._]|[. ]$/g, escape);
    return i === all.length - 1 ? escaped : escaped.replace(/\.(?=parquet$)/, escape);
  });
  return `${names.join("/")}${PARQUET}`;
}

function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
