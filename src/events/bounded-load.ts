// What earlier sessions of a run left, for a bounded one that continues it.

import { join } from "node:path";
import { CorruptFileError, errnoOf } from "../errors.js";
import { isVoiding, SessionStatus, type Event } from "../wire/event.js";
import type { SummaryValue } from "../wire/summary.js";
import { numberIn } from "../wire/tensor-number.js";
import { HEADER_BYTES } from "../wire/tfrecord.js";
import { isAbandoned, type Asker } from "./abandoned.js";
import type { BoundedContent } from "./bounded-content.js";
import type { Continuation } from "./continuation.js";
import { parseWriter, type Coverage } from "./coverage.js";
import { authorInName, compareNames, isEventFileName } from "./file-name.js";
import { kindOf, kindOfWriter, type FileKind } from "./file-kind.js";
import type { FilePart } from "./file-scan.js";
import type { FileSystem } from "./file-system.js";
import { keyOf } from "./other-events.js";
import { storedEvents } from "./stored-events.js";

/** A file of an earlier session. */
export interface EarlierFile {
  readonly path: string;
  /**
   * `bounded`: its session was bounded, so that a new file can take its place. `whole`: written by this package with all events of its
   * session. `foreign`: by another program, or damaged.
   */
  readonly kind: FileKind;
}

/** Where to read. */
export interface LoadOptions {
  readonly dir: string;
  readonly fileSystem: FileSystem;
  readonly asker: Asker;
  /** The first step of the session to come. */
  readonly purgeStep: number | undefined;
}

/** What was found. */
export interface Load {
  readonly files: readonly EarlierFile[];
  /** What is wrong with files that could not be read to their end; what stands before that was read. */
  readonly problems: readonly Error[];
}

/**
 * Reads the earlier files of a run into `content`, as TensorBoard's data server would show them, and of the last session what only its
 * record file has. `undefined` when somebody is writing the run.
 *
 * Throws the system's errors, and an error when a scalar's step is no safe integer. Changes no file.
 */
export function loadEarlierFiles(content: BoundedContent, options: LoadOptions): Load | undefined {
  const { dir, fileSystem, asker, purgeStep } = options;
  const names = fileSystem.readdirSync(dir).filter(isEventFileName).toSorted(compareNames);
  const isLeft = (name: string): boolean => {
    return isAbandoned(name, asker, fileSystem.statSync(join(dir, name)).mtimeMs);
  };
  if (!names.every(isLeft)) return undefined;
  const loader = new Loader(content, fileSystem);
  const files = names.map((name) => loader.addFile(join(dir, name)));
  loader.addTail(dir);
  if (purgeStep !== undefined) content.voidFrom(purgeStep);
  content.finishCurves();
  return { files, problems: loader.problems };
}

/**
 * Reads into `content` what stands before a position that a session continues from: all of it, from the files that have it all. Tells which
 * files are there.
 *
 * Throws a `CorruptFileError`, the system's errors, and an error when a scalar's step is no safe integer. Changes no file.
 */
export function loadBefore(
  content: BoundedContent,
  continuation: Continuation,
  { dir, fileSystem, asker }: Omit<LoadOptions, "purgeStep">,
): readonly EarlierFile[] {
  const loader = new Loader(content, fileSystem);
  for (const part of continuation.before) loader.addPart(part);
  content.firstStep = Math.min(content.firstStep, Number(continuation.firstStep));
  content.voidTags = continuation.tags;
  content.finishCurves();
  const names = fileSystem.readdirSync(dir).filter(isEventFileName).toSorted(compareNames);
  return names.map((name): EarlierFile => {
    const path = join(dir, name);
    const isLeft = isAbandoned(name, asker, fileSystem.statSync(path).mtimeMs);
    return { path, kind: isLeft ? kindOfEarlier(path, fileSystem) : "foreign" };
  });
}

function kindOfEarlier(path: string, fs: FileSystem): FileKind {
  try {
    // One with nothing in it is of a session that was killed at its first write.
    return kindOf(path, fs) ?? (authorInName(path) === undefined ? "foreign" : "bounded");
  } catch (error) {
    if (!(error instanceof CorruptFileError)) throw error;
    return "foreign";
  }
}

/** A scalar's step is beyond what the curves hold exactly. */
class StepError extends Error {}

/** An event and where it stands. */
interface Found {
  readonly event: Event;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

class Loader {
  readonly problems: Error[] = [];
  readonly #content: BoundedContent;
  readonly #fs: FileSystem;
  // The plugin that each tag's first metadata names.
  readonly #plugins = new Map<string, string | undefined>();
  // Of a bounded file: its last mark, and what stands behind it.
  #coverage: Coverage | undefined;
  #behind: Found[] = [];

  constructor(content: BoundedContent, fs: FileSystem) {
    this.#content = content;
    this.#fs = fs;
  }

  addFile(path: string): EarlierFile {
    let kind: FileKind | undefined;
    try {
      for (const found of this.#eventsOf(path)) {
        const writer = parseWriter(found.event.sourceMetadata?.writer);
        if (kind === undefined) {
          const { wallTime } = found.event;
          if (Number.isFinite(wallTime)) this.#content.startedAt ??= wallTime;
          this.#addBehind();
          this.#coverage = undefined;
          kind = kindOfWriter(writer);
        }
        if (kind === "bounded" && writer?.coverage !== undefined) {
          this.#addBehind();
          this.#coverage = writer.coverage;
        } else if (this.#coverage !== undefined) this.#behind.push(found);
        else this.#add(found);
      }
      // One with nothing in it is of a session that was killed at its first write.
      return { path, kind: kind ?? "bounded" };
    } catch (error) {
      this.#keepProblem(error);
      return { path, kind: "foreign" };
    }
  }

  /** Adds everything that a part of a file has. */
  addPart({ path, from, to }: FilePart): void {
    for (const found of this.#eventsOf(path, from, to)) {
      const { wallTime } = found.event;
      if (Number.isFinite(wallTime)) this.#content.startedAt ??= wallTime;
      this.#add(found);
    }
  }

  /**
   * Adds what the last bounded session logged behind its last mark: from its record file, and what that has not, as when it was deleted, from
   * the event file.
   */
  addTail(dir: string): void {
    const coverage = this.#coverage;
    if (coverage === undefined) return;
    const behind = new Set(this.#behind.flatMap(({ event }) => placesOf(event)));
    const recorded = new Set<string>();
    try {
      for (const found of this.#eventsOf(join(dir, coverage.recordFile), coverage.bytes)) {
        this.#add(found);
        for (const place of placesOf(found.event)) if (behind.has(place)) recorded.add(place);
      }
    } catch (error) {
      // It was deleted, or moved to an archive.
      if (errnoOf(error) !== "ENOENT") this.#keepProblem(error);
    }
    for (const found of this.#behind) {
      const { event } = found;
      const [first] = event.summary ?? [];
      const isOld =
        first?.simpleValue !== undefined && event.step <= this.#content.curves.of(first.tag).curve.lastStep;
      if (!isOld && !placesOf(event).some((place) => recorded.has(place))) this.#add(found);
    }
  }

  *#eventsOf(path: string, from = 0, to = Infinity): IterableIterator<Found> {
    for (const { event, data, offset } of storedEvents(path, this.#fs, from, to)) {
      yield { event, path, offset: offset + HEADER_BYTES, length: data.length };
    }
  }

  #addBehind(): void {
    for (const found of this.#behind) this.#add(found);
    this.#behind = [];
  }

  #add({ event, path, offset, length }: Found): void {
    const content = this.#content;
    const step = Number(event.step);
    if (event.sessionLog?.status === SessionStatus.START) {
      content.firstStep = Math.min(content.firstStep, step);
      content.voidFrom(step);
      return;
    }
    const { summary } = event;
    // It says what a START behind it says as well, and is nothing to be kept.
    if (isVoiding(event)) return;
    if (summary !== undefined) content.firstStep = Math.min(content.firstStep, step);
    const others: SummaryValue[] = [];
    const scalars: string[] = [];
    for (const value of summary ?? []) {
      const number = this.#numberOf(value);
      if (number === undefined) {
        others.push(value);
        continue;
      }
      if (typeof event.step === "bigint") throw new StepError(`${path} has a scalar at step ${event.step}`);
      content.curves.of(value.tag, value.metadata).curve.add(step, event.wallTime, number);
      scalars.push(value.tag);
    }
    const key = keyOf(summary === undefined ? event : { summary: others });
    if (key !== undefined) content.addOther({ key, step, path, offset, length, scalars });
  }

  // Of a scalar in either of its forms.
  #numberOf({ tag, metadata, simpleValue, tensor }: SummaryValue): number | undefined {
    if (metadata !== undefined && !this.#plugins.has(tag)) this.#plugins.set(tag, metadata.pluginName);
    if (simpleValue !== undefined || tensor === undefined) return simpleValue;
    return this.#plugins.get(tag) === "scalars" ? numberIn(tensor) : undefined;
  }

  #keepProblem(error: unknown): void {
    const isDamage =
      error instanceof CorruptFileError || (error as NodeJS.ErrnoException).syscall === undefined;
    if (!isDamage || error instanceof StepError) throw error;
    this.problems.push(error as Error);
  }
}

/** What tells an event's values, or an event without values, from others of a run. */
function placesOf(event: Event): string[] {
  const { step, summary } = event;
  return summary === undefined ? [`${step} ${keyOf(event)}`] : summary.map(({ tag }) => `${step} tag ${tag}`);
}
