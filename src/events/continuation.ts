// A session that continues a run from a position: what it writes first, and which files that makes needless.

import { basename } from "node:path";
import { CorruptFileError, errnoOf } from "../errors.js";
import { isAbandoned, type Asker } from "./abandoned.js";
import {
  formsOf,
  isSomething,
  lowestOf,
  planContinuation,
  voidings,
  type ContinuationPlan,
  type VoidTag,
} from "./continuation-plan.js";
import { kindOf } from "./file-kind.js";
import { authorInName } from "./file-name.js";
import { scanFile, type FilePart, type FileScan } from "./file-scan.js";
import type { FileSystem } from "./file-system.js";
import { FEWEST, firstFoldable, isWorthIt } from "./fold.js";
import { foldedPieces } from "./folded.js";
import { headOf, startOf } from "./head.js";
import { compareFiles, notReadable, type LogPosition } from "./log-position.js";
import { heldBy, holdsNote, placesOf } from "./notes.js";
import { resolvePosition, type ResolvedPosition } from "./resolve-position.js";
import { lesser, type Step } from "./steps.js";

/** Who continues what. */
export interface ContinuationOptions {
  readonly dir: string;
  readonly fileSystem: FileSystem;
  readonly asker: Asker;
  readonly position: LogPosition;
  /** Whether the session is a bounded one. */
  readonly isBounded: boolean;
  /** Whether small files are folded on the occasion. */
  readonly fold: boolean;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
}

/** Something stands behind the position: what makes it void. */
export class Continuation {
  /** By tag, the highest step before the position. */
  readonly highest: ReadonlyMap<string, number>;
  readonly #options: ContinuationOptions;
  readonly #resolved: ResolvedPosition;
  readonly #plan: ContinuationPlan;
  readonly #all: readonly FileScan[];

  private constructor(
    options: ContinuationOptions,
    resolved: ResolvedPosition,
    plan: ContinuationPlan,
    all: readonly FileScan[],
  ) {
    this.highest = plan.highest;
    this.#options = options;
    this.#resolved = resolved;
    this.#plan = plan;
    this.#all = all;
  }

  /**
   * What a session has to say first; `undefined` when nothing stands behind the position. Changes nothing.
   *
   * Throws like `resolvePosition`, and a `LogdirError` for the system's errors.
   */
  static of(options: ContinuationOptions): Continuation | undefined {
    const { dir, fileSystem: fs, position, isBounded } = options;
    try {
      const resolved = resolvePosition(dir, position, isBounded, fs);
      const shown = resolved.shown.map((path) => scanVoid(wholeFile(path, fs), fs));
      const behind = resolved.behind.map((part) => scanVoid(part, fs)).filter(isSomething);
      if (behind.length === 0 && !showsMore(shown.at(-1), resolved)) return undefined;
      // What the position itself ends in must be there. In an older file, damage hides from the loaders what it hides from this.
      const isLast = (part: FilePart): boolean => part === resolved.before.at(-1);
      const before = resolved.before.map((part) =>
        withPlaces(scanFile(part, fs, { isLenient: !isLast(part) }), fs),
      );
      const plan = planContinuation(before, behind, fs, firstWanted(before, options));
      return new Continuation(options, resolved, plan, [...before, ...behind, ...shown]);
    } catch (error) {
      throw notReadable(dir, error);
    }
  }

  /** The first bytes of the session's file. Throws a `CorruptFileError` and the system's errors. `now` in milliseconds. */
  pieces(now: number): Iterable<Uint8Array> {
    const { scans, standing, from } = this.#plan;
    const wallTime = now / 1000;
    const startedAt = scans.slice(from).find((scan) => scan.startedAt !== undefined)?.startedAt;
    const held = this.#heldFiles();
    const head = [
      headOf(startedAt ?? wallTime),
      ...(held.length > 0 ? [holdsNote(wallTime, held)] : []),
      ...this.starts(wallTime),
    ];
    return foldedPieces({ scans, standing, from, head, wallTime, fileSystem: this.#options.fileSystem });
  }

  /** The events that make everything void that stands behind the position. `wallTime` in seconds. */
  starts(wallTime: number): Uint8Array[] {
    const { voidTags, step } = this.#plan;
    return step === Infinity ? [] : [...voidings(voidTags, wallTime), ...startOf(wallTime, step)];
  }

  /**
   * Paths of the files that are not needed once those bytes are in a file, in order: those of this package that nobody writes any more. Throws the
   * system's errors.
   */
  needless(): string[] {
    const { asker, fileSystem } = this.#options;
    const damaged = new Set(this.#all.filter(({ isDamaged }) => isDamaged).map(({ path }) => path));
    return this.#replaced().filter((path) => {
      if (damaged.has(path)) return false;
      try {
        const { mtimeMs } = fileSystem.statSync(path);
        return isOurs(path, fileSystem) && isAbandoned(basename(path), asker, mtimeMs);
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return false;
        throw error;
      }
    });
  }

  /** What stands before the position, in order. */
  get before(): readonly FilePart[] {
    return this.#plan.scans;
  }

  /** The first step of everything that any file of the run has; Infinity for none. */
  get firstStep(): Step {
    return this.#all.reduce<Step>((least, { firstStep }) => lesser(least, firstStep), this.#plan.step);
  }

  /** Each tag that any file of the run has, with its lowest step. */
  get tags(): readonly VoidTag[] {
    const forms = formsOf(this.#all);
    return [...lowestOf(this.#all.map(({ tags }) => tags))].flatMap(([tag, step]) => {
      const form = forms.get(tag);
      return form === undefined ? [] : [{ tag, step, form }];
    });
  }

  #replaced(): string[] {
    const { scans, from } = this.#plan;
    const { behind, leftOver } = this.#resolved;
    const whole = behind.filter((part) => part.from === 0).map(({ path }) => path);
    const paths = [...leftOver, ...scans.slice(from).map(({ path }) => path), ...whole];
    return paths.toSorted((a, b) => compareFiles(basename(a), basename(b)));
  }

  #heldFiles(): string[] {
    const { fileSystem } = this.#options;
    return this.#replaced().flatMap((path) => [...heldIn(path, fileSystem), basename(path)]);
  }
}

function wholeFile(path: string, fs: FileSystem): FilePart {
  return { name: basename(path), path, from: 0, to: fs.statSync(path).size };
}

// Of a file that took the place of others, they may stand behind the position.
function withPlaces(scan: FileScan, fs: FileSystem): FileScan {
  const isHolder = scan.places === undefined && heldIn(scan.path, fs).length > 0;
  return isHolder ? { ...scan, places: placesOf(scan.path, fs) } : scan;
}

function scanVoid(part: FilePart, fs: FileSystem): FileScan {
  return scanFile(part, fs, { isLenient: true });
}

// Whether the event file of a bounded run has anything that the record files do not have before the position; each one has all that those
// before it have. It may be ahead of them when the program was killed.
function showsMore(last: FileScan | undefined, { before }: ResolvedPosition): boolean {
  if (last === undefined) return false;
  const { coverage, hasMore, name } = last;
  // Of a session without a record file.
  if (coverage === undefined) return compareFiles(name, before.at(-1)?.name ?? "") > 0;
  const its = before.find((part) => part.name === coverage.recordFile);
  return its === undefined || hasMore || coverage.bytes > its.to;
}

// The small files at the end are written anew on this occasion, if they are many.
function firstWanted(
  before: readonly FileScan[],
  { dir, fileSystem, asker, fold, now }: ContinuationOptions,
): number {
  if (!fold) return before.length;
  const first = firstFoldable(
    before.map(({ name }) => name),
    { dir, fileSystem, asker },
  );
  const small = before.slice(first);
  const paths = small.map(({ path }) => path);
  const isAllOurs = small.every(({ kind }) => kind === "whole" || kind === undefined);
  return small.length >= FEWEST && isAllOurs && isWorthIt(paths, fileSystem, now) ? first : before.length;
}

function isOurs(path: string, fs: FileSystem): boolean {
  if (authorInName(basename(path)) === undefined) return false;
  try {
    return kindOf(path, fs) !== "foreign";
  } catch (error) {
    if (!(error instanceof CorruptFileError)) throw error;
    return false;
  }
}

function heldIn(path: string, fs: FileSystem): string[] {
  try {
    return heldBy(path, fs);
  } catch (error) {
    // One that cannot be read holds nothing.
    if (!(error instanceof CorruptFileError)) throw error;
    return [];
  }
}
