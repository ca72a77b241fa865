// The part of a file that is copied from other ones: which of its events were given when those were read.

import { LogdirError } from "../../errors.js";
import type { Event } from "../../wire/event.js";
import { isOfItsFile } from "../notes.js";
import { endBefore, isOnlyVoiding, type Copies } from "./file-head.js";
import type { FollowedFile } from "./followed-file.js";
import { readEvents } from "../reading/read-events.js";

/** A file that was read, whose events are copied. */
export interface CopiedSource {
  readonly name: string;
  readonly file: FollowedFile;
  /** The files whose place it took itself. */
  readonly holds: readonly string[];
}

/** Knows it for one file. */
export class CopiedPart {
  readonly #copies: Copies;
  readonly #sources: readonly CopiedSource[];
  readonly #areAllRead: boolean;
  #given: ReadonlySet<string | number> | undefined;

  /** `sources`: those of the copied files that were read. */
  constructor(copies: Copies, sources: readonly CopiedSource[]) {
    this.#copies = copies;
    this.#sources = sources;
    const known = new Set(sources.flatMap(({ name, holds }) => [name, ...holds]));
    this.#areAllRead =
      sources.every(({ file }) => file.isDrained) && copies.holds.every((name) => known.has(name));
  }

  /** Whether the event was given before, whose record ends at `end` and whose data have the checksum `crc`. */
  has(event: Event, end: number, crc: number): boolean {
    if (end > this.#copies.end || this.#sources.length === 0 || isOfItsFile(event)) return false;
    let isPlaced = false;
    for (const { name, file } of this.#sources) {
      const its = endBefore(this.#copies, name, end);
      if (its === undefined) continue;
      if (its <= file.end) return true;
      isPlaced = true;
    }
    if (isPlaced) return false;
    // What makes the files void stands for what is copied behind it; alone, it is news.
    if (isOnlyVoiding(event)) return this.#copies.hasAny;
    if (this.#areAllRead) return true;
    // Where events became void it is not told where the others stood.
    this.#given ??= new Set(this.#sources.flatMap(({ file }) => keysOf(file)));
    return this.#given.has(crc) || this.#given.has(keyOf(event));
  }
}

// By what they are, and where a file is not there any more by checksums: then an event that was changed a little may come twice.
function keysOf(file: FollowedFile): (string | number)[] {
  try {
    const keys: string[] = [];
    for (const { event, end } of readEvents(file.path, { onDamage: () => {} })) {
      if (end > file.end) break;
      keys.push(keyOf(event));
    }
    return keys;
  } catch (error) {
    if (!(error instanceof LogdirError)) throw error;
    return [...file.checksums];
  }
}

// A copy may lack values, or have metadata that the event had not.
function keyOf({ wallTime, step }: Event): string {
  return `${wallTime} ${step}`;
}
