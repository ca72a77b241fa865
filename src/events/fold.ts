// Folding: the small files that earlier sessions of a run left become the beginning of the next one's.

import { join } from "node:path";
import { decodeEvent, encodeEvent, SessionStatus, type Event } from "../wire/event.js";
import { RecordBuffer } from "../wire/record-buffer.js";
import { isAbandoned, type Asker } from "./abandoned.js";
import { compareNames, isEventFileName } from "./file-name.js";
import type { FileSystem } from "./file-system.js";
import { headOf, startOf, WRITER } from "./head.js";
import { readRecords } from "./read-records.js";

/** A file as large as this is left as it is. */
const LARGE_BYTES = 4 * 1024 * 1024;
/** Fewer files than this are not worth a new one. */
const FEWEST = 3;
/** A larger file is not read to learn its last step. */
const LOOK_BACK_BYTES = 64 * 1024 * 1024;
/** The most that is folded, and so held in memory, at a time. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Who folds what. */
export interface FoldOptions {
  readonly dir: string;
  readonly fileSystem: FileSystem;
  readonly asker: Asker;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
  /** The first step of the session to come; points at it and later are left out. */
  readonly purgeStep: number | undefined;
}

/** Files that were folded. */
export interface Fold {
  /** A file's bytes: everything that the files mean, behind two STARTs that make the files themselves void. */
  readonly content: Uint8Array;
  /** The files' paths, in order. */
  readonly paths: readonly string[];
}

/**
 * Reads the run's last files, as far back as they are small, written by this package, and left by their writers; `undefined` when they are
 * too few, or when a fold could hide something of the files before them.
 *
 * Nothing that a session logged is lost but what a later session made void: by a START, or by logging the tag again from an earlier step on,
 * which is what TensorBoard's data server goes by.
 *
 * Throws a `CorruptFileError` or the codec's error for a damaged file, and the system's errors. Changes nothing.
 */
export function foldEarlierFiles(options: FoldOptions): Fold | undefined {
  const { dir, fileSystem, purgeStep } = options;
  const names = fileSystem.readdirSync(dir).filter(isEventFileName).toSorted(compareNames);
  const first = firstFoldable(names, options);
  if (names.length - first < FEWEST) return undefined;
  const paths = names.slice(first).map((name) => join(dir, name));
  const kept = new KeptEvents();
  for (const path of paths) kept.addFile(path, fileSystem);
  if (purgeStep !== undefined) kept.voidFrom(purgeStep);
  const before = names[first - 1];
  if (before !== undefined && !reachesBack(join(dir, before), kept, fileSystem)) return undefined;

  const content = new RecordBuffer(64 * 1024);
  content.append(headOf(options.now / 1000));
  const step = Math.min(kept.firstStep, kept.startStep);
  for (const start of step < Infinity ? startOf(options.now / 1000, step) : []) content.append(start);
  for (const { bytes } of kept.entries) content.append(bytes);
  return { content: content.bytes.subarray(0, content.length), paths };
}

function firstFoldable(names: readonly string[], { dir, fileSystem, asker, now }: FoldOptions): number {
  let first = names.length;
  for (let bytes = 0; first > 0;) {
    const name = names[first - 1]!;
    const path = join(dir, name);
    const { size, mtimeMs } = fileSystem.statSync(path);
    bytes += size;
    if (
      size >= LARGE_BYTES ||
      bytes > MOST_BYTES ||
      !isAbandoned(name, asker, now - mtimeMs) ||
      !isOurs(path, fileSystem)
    )
      break;
    first--;
  }
  return first;
}

// An empty file is what a session leaves that was killed at its first write.
function isOurs(path: string, fileSystem: FileSystem): boolean {
  for (const data of readRecords(path, fileSystem)) {
    return decodeEvent(data).sourceMetadata?.writer.startsWith(WRITER) === true;
  }
  return true;
}

// The STARTs make void what the files before have from their step on, in the Python loader of all tags: that must be nothing that
// was shown before.
function reachesBack(before: string, kept: KeptEvents, fileSystem: FileSystem): boolean {
  if (kept.startStep <= kept.firstStep) return true;
  if (fileSystem.statSync(before).size > LOOK_BACK_BYTES) return false;
  for (const data of readRecords(before, fileSystem)) {
    const { step, summary } = decodeEvent(data);
    if (summary !== undefined && step >= kept.firstStep) return false;
  }
  return true;
}

interface Entry {
  readonly step: number;
  readonly tags: readonly string[];
  readonly bytes: Uint8Array;
}

/** The events of some files that are not void. */
class KeptEvents {
  entries: Entry[] = [];
  /** The first step that any of the files mentions. */
  firstStep = Infinity;
  /** The first step of a START in them. */
  startStep = Infinity;

  addFile(path: string, fileSystem: FileSystem): void {
    const firstSteps = new Map<string, number>();
    let entries: Entry[] = [];
    for (const data of readRecords(path, fileSystem)) {
      const event = decodeEvent(data);
      const step = Number(event.step);
      if (event.fileVersion !== undefined) continue;
      if (event.sessionLog?.status === SessionStatus.START) {
        this.voidFrom(step);
        entries = entries.filter((entry) => entry.step < step);
        this.startStep = Math.min(this.startStep, step);
        continue;
      }
      if (event.summary !== undefined) this.firstStep = Math.min(this.firstStep, step);
      const tags = event.summary?.map(({ tag }) => tag) ?? [];
      for (const tag of tags) firstSteps.set(tag, Math.min(step, firstSteps.get(tag) ?? Infinity));
      entries.push({ step, tags, bytes: Uint8Array.from(data) });
    }
    this.#voidTags(firstSteps);
    this.entries = [...this.entries, ...entries];
  }

  /** Makes void what has `step` or a later one. */
  voidFrom(step: number): void {
    this.firstStep = Math.min(this.firstStep, step);
    this.entries = this.entries.filter((entry) => entry.step < step);
  }

  #voidTags(firstSteps: ReadonlyMap<string, number>): void {
    const isVoid = (tag: string, step: number): boolean => step >= (firstSteps.get(tag) ?? Infinity);
    this.entries = this.entries.flatMap((entry) => {
      const gone = entry.tags.filter((tag) => isVoid(tag, entry.step));
      if (gone.length === 0) return [entry];
      if (gone.length === entry.tags.length) return [];
      const event: Event = decodeEvent(entry.bytes);
      const summary = event.summary!.filter(({ tag }) => !isVoid(tag, entry.step));
      return [{ ...entry, tags: summary.map(({ tag }) => tag), bytes: encodeEvent({ ...event, summary }) }];
    });
  }
}
