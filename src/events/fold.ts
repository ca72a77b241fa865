// Folding: the small files that earlier sessions of a run left become the beginning of the next one's.

import { basename, join } from "node:path";
import { CorruptFileError } from "../errors.js";
import { decodeEvent, SessionStatus } from "../wire/event.js";
import { isAbandoned, type Asker } from "./abandoned.js";
import { authorInName, compareNames, isEventFileName } from "./file-name.js";
import { kindOf } from "./file-kind.js";
import { scanFile, type FileScan } from "./file-scan.js";
import type { FileSystem } from "./file-system.js";
import { foldedPieces } from "./folded.js";
import { headOf, startOf } from "./head.js";
import { heldBy, holdsNote } from "./notes.js";
import { followedAt, STAYS_MS } from "./old-files.js";
import { readRecords } from "./read-records.js";
import { Standing } from "./standing.js";
import { lesser, type Step, type TagSteps } from "./steps.js";

/** A file as large as this is left as it is. */
const LARGE_BYTES = 4 * 1024 * 1024;
/** Fewer files than this are not worth a new one. */
export const FEWEST = 3;
/** The most that is folded at a time. */
const MOST_BYTES = 16 * 1024 * 1024;
/** The most that is read of the files before. */
const LOOK_BACK_BYTES = 64 * 1024 * 1024;

/** Who folds what. */
export interface FoldOptions {
  readonly dir: string;
  readonly fileSystem: FileSystem;
  readonly asker: Asker;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
  /** The first step of the session to come; points at it and later are left out. */
  readonly purgeStep: number | undefined;
  /** Told of a file that is damaged: it stays, and the files before it. */
  onDamage(error: Error): void;
}

/** Files that were folded. */
export interface Fold {
  /**
   * A file's bytes: everything that the files mean, behind two STARTs that make the files themselves void. Read from the files as they are taken,
   * which may throw as `foldEarlierFiles` does; each is good until the next one.
   */
  readonly pieces: Iterable<Uint8Array>;
  /** The files' paths, in order. */
  readonly paths: readonly string[];
}

/**
 * Reads the run's last files, as far back as they are small, whole, written by this package with every event of their sessions, and left by
 * their writers; `undefined` when they are too few, when most could not be deleted yet, or when a fold could hide something of the files
 * before them.
 *
 * Nothing that a session logged is lost but what a later session made void: by a START, or by logging the tag again from an earlier step on,
 * which is what TensorBoard's data server goes by.
 *
 * Throws the system's errors. Changes nothing.
 */
export function foldEarlierFiles(options: FoldOptions): Fold | undefined {
  const { dir, fileSystem, now, purgeStep } = options;
  const names = fileSystem.readdirSync(dir).filter(isEventFileName).toSorted(compareNames);
  const foldable = names.length - firstFoldable(names, options);
  if (foldable < FEWEST) return undefined;
  const paths = names.map((name) => join(dir, name));
  if (!isWorthIt(paths.slice(-foldable), fileSystem, now)) return undefined;
  const scans = scanFromEnd(paths.slice(-foldable), options);
  if (scans.length < FEWEST) return undefined;
  const folded = paths.slice(-scans.length);
  const standing = new Standing(scans, purgeStep);
  const firstStep = scans.reduce<Step>((least, scan) => lesser(least, scan.firstStep), purgeStep ?? Infinity);
  const startStep = scans.reduce<Step>((least, scan) => lesser(least, scan.startStep), purgeStep ?? Infinity);
  if (startStep > firstStep) {
    const firstSteps = lowestOf(scans.map((_, file) => standing.stepsOf(file, fileSystem).tags));
    if (!reachesBack(paths.slice(0, -scans.length), firstStep, firstSteps, fileSystem)) return undefined;
  }
  const wallTime = now / 1000;
  const startedAt = scans.find((scan) => scan.startedAt !== undefined)?.startedAt;
  const held = folded.flatMap((path) => [...heldBy(path, fileSystem), basename(path)]);
  const head = [
    // TensorBoard sorts runs by the wall time of their first event.
    headOf(startedAt ?? wallTime),
    holdsNote(wallTime, held),
    ...(firstStep < Infinity ? startOf(wallTime, firstStep) : []),
  ];
  return { pieces: foldedPieces({ scans, standing, from: 0, head, wallTime, fileSystem }), paths: folded };
}

/** The number of the first of the last files in `dir` that are small and left by their writers. Throws the system's errors. */
export function firstFoldable(
  names: readonly string[],
  { dir, fileSystem, asker }: Pick<FoldOptions, "dir" | "fileSystem" | "asker">,
): number {
  let first = names.length;
  for (let bytes = 0; first > 0; first--) {
    const name = names[first - 1]!;
    const { size, mtimeMs } = fileSystem.statSync(join(dir, name));
    bytes += size;
    if (size >= LARGE_BYTES || bytes > MOST_BYTES || !isAbandoned(name, asker, mtimeMs)) break;
  }
  return first;
}

/** Whether folding them is worth it: a program that crashes again and again would else copy its run at each start. */
export function isWorthIt(paths: readonly string[], fileSystem: FileSystem, now: number): boolean {
  const due = paths.filter((_, i) => now - followedAt(paths[i + 1], fileSystem, now) >= STAYS_MS);
  return 2 * due.length >= paths.length;
}

/** What the last of the files have, as far back as they can be folded; in order. */
function scanFromEnd(paths: readonly string[], { fileSystem, onDamage }: FoldOptions): FileScan[] {
  const scans: FileScan[] = [];
  for (const path of paths.toReversed()) {
    try {
      if (!isWholeSession(path, fileSystem)) break;
      const { size } = fileSystem.statSync(path);
      scans.push(scanFile({ name: basename(path), path, from: 0, to: size }, fileSystem));
    } catch (error) {
      if (!isDamage(error)) throw error;
      onDamage(error as Error);
      break;
    }
  }
  return scans.toReversed();
}

// An empty file is what a session leaves that was killed at its first write.
function isWholeSession(path: string, fileSystem: FileSystem): boolean {
  const kind = kindOf(path, fileSystem);
  return kind === undefined ? authorInName(basename(path)) !== undefined : kind === "whole";
}

// The STARTs make void what the files before have from their step on, in the Python loader of all tags: that must be nothing but what is
// void anyway.
function reachesBack(
  before: readonly string[],
  firstStep: Step,
  firstStepsBehind: ReadonlyMap<string, Step>,
  fileSystem: FileSystem,
): boolean {
  let firstSteps = firstStepsBehind;
  let bytes = 0;
  for (const path of before.toReversed()) {
    bytes += fileSystem.statSync(path).size;
    if (bytes > LOOK_BACK_BYTES) return false;
    const its = new Map(firstSteps);
    let starts = 0;
    let isBegun = false;
    try {
      for (const data of readRecords(path, fileSystem)) {
        const { step, summary = [], sessionLog } = decodeEvent(data);
        for (const { tag } of summary) {
          if (step >= firstStep && step < (firstSteps.get(tag) ?? Infinity)) return false;
          its.set(tag, lesser(step, its.get(tag) ?? Infinity));
        }
        // The Python loader passes over a run's first one.
        if (sessionLog?.status === SessionStatus.START && ++starts > 1) isBegun ||= step <= firstStep;
      }
    } catch (error) {
      // Neither loader reads on.
      if (!isDamage(error)) throw error;
    }
    // What it made void of the files before it stays so.
    if (isBegun) return true;
    firstSteps = its;
  }
  return true;
}

function lowestOf(steps: readonly ReadonlyMap<string, TagSteps>[]): ReadonlyMap<string, Step> {
  const lowest = new Map<string, Step>();
  for (const tags of steps) {
    for (const [tag, its] of tags) lowest.set(tag, lesser(its.lowest, lowest.get(tag) ?? Infinity));
  }
  return lowest;
}

/** Whether a file is not what it should be; else the system failed. */
function isDamage(error: unknown): boolean {
  return error instanceof CorruptFileError || (error as NodeJS.ErrnoException).syscall === undefined;
}
