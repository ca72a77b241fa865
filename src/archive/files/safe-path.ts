// Which paths of an archive may be written below a directory.

import { join } from "node:path";
import { ArchiveError } from "../../errors.js";
import { statAt } from "./stat-at.js";

/** What no name on Windows may have: it would mean a drive, a stream of a file, another directory, or nothing. */
// oxlint-disable-next-line no-control-regex -- these are the characters that are meant
const NOT_ON_WINDOWS = /[\\:*?"<>|\u0000-\u001f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Why a path of an archive, with `/`, may not be written below a directory of this system; `undefined` where it may. What another system would
 * take for a way out is refused everywhere.
 */
export function unsafeReason(path: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (path === "") return "it is empty";
  if (path.includes("\0")) return "it has a NUL";
  if (/^[/\\]/.test(path)) return "it is absolute";
  if (/^[a-z]:[/\\]/i.test(path)) return "it has a drive letter";
  if (path.split(/[/\\]/).includes("..")) return "it leads to a parent directory";
  const names = path.split("/");
  if (names.some((name) => name === "" || name === ".")) return "it has an empty part";
  if (platform !== "win32") return undefined;
  const bad = names.find((name) => NOT_ON_WINDOWS.test(name));
  return bad === undefined ? undefined : `${JSON.stringify(bad)} is no name of a file on Windows`;
}

/** What a restore is going to write below `target`: each path is checked before the first byte of any is written. */
export class RestoredPaths {
  readonly #archive: string;
  readonly #target: string;
  readonly #files = new Set<string>();
  // Directories of paths, and whether they were looked at.
  readonly #dirs = new Set<string>();

  /** `archive`: for messages. */
  constructor(archive: string, target: string) {
    this.#archive = archive;
    this.#target = target;
  }

  /**
   * Takes a path of the archive. Throws an `ArchiveError`: `UNSAFE_PATH` when it would leave the target, by itself or through a link that is there;
   * `TARGET_EXISTS` when something is there already; `ARCHIVE_DAMAGED` when the archive names it twice, or as a directory too.
   */
  add(path: string): void {
    const reason = unsafeReason(path);
    if (reason !== undefined) throw this.#unsafe(path, reason);
    if (this.#files.has(path) || this.#dirs.has(path)) throw this.#twice(path);
    const names = path.split("/");
    for (let i = 1; i < names.length; i++) this.#addDirectory(names.slice(0, i).join("/"), path);
    this.#files.add(path);
    const file = join(this.#target, ...names);
    if (statAt(file) === undefined) return;
    throw new ArchiveError(
      "TARGET_EXISTS",
      file,
      `${file} exists already: a restore overwrites nothing, and nothing was written`,
    );
  }

  #addDirectory(dir: string, path: string): void {
    if (this.#files.has(dir)) throw this.#twice(dir);
    if (this.#dirs.has(dir)) return;
    this.#dirs.add(dir);
    const place = join(this.#target, ...dir.split("/"));
    const stat = statAt(place);
    if (stat === undefined || stat.isDirectory()) return;
    if (stat.isSymbolicLink()) throw this.#unsafe(path, `${place} is a link`);
    throw new ArchiveError(
      "TARGET_EXISTS",
      place,
      `${place} is a file, where a directory is to be: nothing was written`,
    );
  }

  #unsafe(path: string, reason: string): ArchiveError {
    const message = `${this.#archive} has the path ${JSON.stringify(path)}, which is not restored: ${reason}. Nothing was written`;
    return new ArchiveError("UNSAFE_PATH", this.#archive, message);
  }

  #twice(path: string): ArchiveError {
    const message = `${this.#archive} has two files at ${JSON.stringify(path)}: nothing was written`;
    return new ArchiveError("ARCHIVE_DAMAGED", this.#archive, message);
  }
}
