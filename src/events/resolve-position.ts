// Finding the files that a position names: they may have become part of others since.

import { join } from "node:path";
import { ArgumentError, CorruptFileError, LogdirError } from "../errors.js";
import { eventFileNameOf, recordFileNameOf } from "./file-name.js";
import type { FilePart } from "./file-scan.js";
import type { FileSystem } from "./file-system.js";
import { compareFiles, FilesOfRecord, type LogPosition } from "./log-position.js";
import { heldBy, placesOf } from "./notes.js";
import { placeOf } from "./place-map.js";

/** A position as the files of the run are now. */
export interface ResolvedPosition {
  /** What stands before it, in order. */
  readonly before: readonly FilePart[];
  /** What stands behind it: the rest of those files, and files that appeared since. */
  readonly behind: readonly FilePart[];
  /** Paths of files that are void anyway, since one of those before it took their place. */
  readonly leftOver: readonly string[];
  /** Of a bounded run, paths of the event files that only show what others have. */
  readonly shown: readonly string[];
}

/**
 * Finds what stands before and behind `position` in the run's directory.
 *
 * Throws an `ArgumentError` when a plain writer is to continue a bounded run, a `LogdirError` with code `POSITION_LOST` when a file is not
 * there or is shorter than it was, a `CorruptFileError`, and the system's errors. Changes nothing.
 */
export function resolvePosition(
  dir: string,
  position: LogPosition,
  isBounded: boolean,
  fs: FileSystem,
): ResolvedPosition {
  const records = Object.keys(position.files).find((name) => eventFileNameOf(name) !== undefined);
  if (records !== undefined && !isBounded) {
    const expected = "a position of a plain run, or `maxPointsPerTag` to be given";
    throw new ArgumentError("continueFrom", expected, position, `one of a bounded run (${records})`);
  }
  const files = new FilesOfRecord(dir, fs, isBounded);
  const { whole, bounded } = files.list();
  const sizes = new Map(whole.map((name) => [name, files.sizeOf(name) ?? 0]));
  const resolver = new Resolver(dir, fs, sizes);
  const ends = resolver.resolve(position, records === undefined ? whole : [], bounded);
  const held = new Set([...ends.keys()].flatMap((name) => resolver.held(name)));
  const before: FilePart[] = [];
  const behind: FilePart[] = [];
  const leftOver: string[] = [];
  for (const [name, size] of sizes) {
    const path = join(dir, name);
    const end = ends.get(name);
    if (end !== undefined) before.push({ name, path, from: 0, to: end });
    if (end === undefined && held.has(name)) leftOver.push(path);
    else if (size > (end ?? -1)) behind.push({ name, path, from: end ?? 0, to: size });
  }
  return { before, behind, leftOver, shown: bounded.map((name) => join(dir, name)) };
}

class Resolver {
  readonly #dir: string;
  readonly #fs: FileSystem;
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #held = new Map<string, readonly string[]>();

  constructor(dir: string, fs: FileSystem, sizes: ReadonlyMap<string, number>) {
    this.#dir = dir;
    this.#fs = fs;
    this.#sizes = sizes;
  }

  /**
   * By name, the bytes of the files now that are before the position. `unnamed`: files of which a position may say nothing that was taken by a
   * writer that does not read them; `bounded`: those that do not count.
   */
  resolve(
    { files }: LogPosition,
    unnamed: readonly string[],
    bounded: readonly string[],
  ): ReadonlyMap<string, number> {
    const ends = new Map<string, number>();
    const names = Object.keys(files).toSorted(compareFiles);
    for (const name of names) {
      // Of a plain session that a bounded one took over, the file became a record file.
      const now = this.#sizes.has(name) ? name : recordFileNameOf(name);
      if (!bounded.includes(name)) ends.set(this.#sizes.has(now) ? now : name, files[name]!);
    }
    const last = names.at(-1);
    for (const name of unnamed) {
      const isBefore =
        eventFileNameOf(name) !== undefined && last !== undefined && compareFiles(name, last) < 0;
      if (isBefore && !ends.has(name)) ends.set(name, this.#sizes.get(name)!);
    }
    const lost = [...ends].filter(([name, end]) => (this.#sizes.get(name) ?? -1) < end);
    // Another one that is before the position took its place.
    for (const [name] of lost) if (this.#isHeldByOneOf(ends, name)) ends.delete(name);
    const [first] = lost.filter(([name]) => ends.has(name));
    return first === undefined ? ends : this.#inHolder(ends, ...first);
  }

  /** The files whose place the file `name` takes. */
  held(name: string): readonly string[] {
    let held = this.#held.get(name);
    if (held === undefined) this.#held.set(name, (held = this.#readHeld(name)));
    return held;
  }

  #readHeld(name: string): readonly string[] {
    try {
      return heldBy(join(this.#dir, name), this.#fs);
    } catch (error) {
      // A file that cannot be read says nothing.
      if (error instanceof CorruptFileError) return [];
      throw error;
    }
  }

  #isHeldByOneOf(ends: ReadonlyMap<string, number>, name: string): boolean {
    return [...ends.keys()].some(
      (holder) => holder !== name && this.#sizes.has(holder) && this.held(holder).includes(name),
    );
  }

  // A file that was made behind the position holds the last of those before it, and so where that ended.
  #inHolder(ends: ReadonlyMap<string, number>, lost: string, bytes: number): ReadonlyMap<string, number> {
    const [last, end] = [...ends].toSorted(([a], [b]) => compareFiles(a, b)).at(-1)!;
    for (const holder of this.#sizes.keys()) {
      if (ends.has(holder) || !this.held(holder).includes(last)) continue;
      const place = placeOf(placesOf(join(this.#dir, holder), this.#fs), last, end);
      const left = [...ends].filter(([name]) => !this.held(holder).includes(name));
      const isThere = left.every(([name, its]) => (this.#sizes.get(name) ?? -1) >= its);
      if (place !== undefined && isThere) return new Map([...left, [holder, place]]);
    }
    const size = this.#sizes.get(lost);
    const found = size === undefined ? "no such file" : `one of ${size} bytes`;
    const path = join(this.#dir, lost);
    throw new LogdirError(
      "POSITION_LOST",
      path,
      `Cannot continue from the position: expected ${path} to have its first ${bytes} bytes, got ${found}`,
    );
  }
}
