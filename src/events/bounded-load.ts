// What earlier sessions of a run left, for a bounded one that continues it.

import { basename, join } from "node:path";
import { CorruptFileError } from "../errors.js";
import { decodeEvent, SessionStatus, type Event } from "../wire/event.js";
import { FOOTER_BYTES, HEADER_BYTES } from "../wire/tfrecord.js";
import { isAbandoned, type Asker } from "./abandoned.js";
import type { BoundedContent } from "./bounded-content.js";
import { compareNames, isEventFileName } from "./file-name.js";
import type { FileSystem } from "./file-system.js";
import { BOUNDED, WRITER } from "./head.js";
import { keyOf } from "./other-events.js";
import { readRecords } from "./read-records.js";
import { eventsAtEnd } from "./record-tail.js";

/** A file of an earlier session. */
export interface EarlierFile {
  readonly path: string;
  /**
   * `bounded`: its session was bounded, so that a new file can take its place. `whole`: written by this package with all events of its
   * session. `foreign`: by another program, or damaged.
   */
  readonly kind: "bounded" | "whole" | "foreign";
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
 * Reads the earlier files of a run into `content`, as TensorBoard's data server would show them, and behind them what only the last
 * session's record file has. `undefined` when somebody is writing the run.
 *
 * Throws the system's errors. Changes no file.
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
  if (loader.recordFile !== undefined) loader.addTail(join(dir, loader.recordFile));
  if (purgeStep !== undefined) {
    content.firstStep = Math.min(content.firstStep, purgeStep);
    content.voidFrom(purgeStep);
  }
  for (const { curve } of content.curves) curve.finish();
  return { files, problems: loader.problems };
}

class Loader {
  readonly problems: Error[] = [];
  /** The record file of the last session, if it was a bounded one. */
  recordFile: string | undefined;
  readonly #content: BoundedContent;
  readonly #fs: FileSystem;

  constructor(content: BoundedContent, fs: FileSystem) {
    this.#content = content;
    this.#fs = fs;
  }

  addFile(path: string): EarlierFile {
    let kind: EarlierFile["kind"] = "foreign";
    this.recordFile = undefined;
    let offset = 0;
    try {
      for (const data of readRecords(path, this.#fs)) {
        const event = decodeEvent(data);
        const writer = event.sourceMetadata?.writer;
        if (writer?.startsWith(WRITER) === true) {
          const [, recordFile] = writer.split(` ${BOUNDED} `);
          kind = writer.includes(` ${BOUNDED}`) ? "bounded" : "whole";
          this.recordFile = recordFile;
        }
        this.#add(event, path, offset + HEADER_BYTES, data.length);
        offset += HEADER_BYTES + data.length + FOOTER_BYTES;
      }
      // Nothing in it: killed at its first write.
      return { path, kind: offset === 0 ? "bounded" : kind };
    } catch (error) {
      if (!(error instanceof CorruptFileError) && (error as NodeJS.ErrnoException).syscall !== undefined)
        throw error;
      this.problems.push(error as Error);
      return { path, kind: "foreign" };
    }
  }

  /** Adds what `path` has behind the curves: what was logged within a stride that was not finished. */
  addTail(path: string): void {
    const { curves } = this.#content;
    try {
      const lastSteps = new Map([...curves].map(({ tag, curve }) => [tag, curve.lastStep]));
      const earliest = Math.min(...lastSteps.values());
      for (const { step, wallTime, summary } of eventsAtEnd(
        path,
        this.#fs,
        (first) => first.step <= earliest,
      )) {
        for (const { tag, simpleValue, metadata } of summary ?? []) {
          if (simpleValue === undefined || step <= (lastSteps.get(tag) ?? -Infinity)) continue;
          curves.of(tag, metadata).curve.add(Number(step), wallTime, simpleValue);
        }
      }
    } catch (error) {
      // It was deleted, or moved to an archive.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.problems.push(error as Error);
    }
  }

  #add(event: Event, path: string, offset: number, length: number): void {
    const content = this.#content;
    const step = Number(event.step);
    if (event.sessionLog?.status === SessionStatus.START) {
      content.firstStep = Math.min(content.firstStep, step);
      content.voidFrom(step);
      return;
    }
    const { summary } = event;
    if (summary?.every(({ simpleValue }) => simpleValue !== undefined) === true) {
      content.firstStep = Math.min(content.firstStep, step);
      for (const { tag, simpleValue, metadata } of summary) {
        content.curves.of(tag, metadata).curve.add(step, event.wallTime, simpleValue!);
      }
      return;
    }
    const key = keyOf(event);
    if (key !== undefined) content.addOther({ key, step, path, offset, length });
  }
}

/** The name of a file, as a bounded event file says which record file goes with it. */
export function recordFileKind(path: string | undefined): string {
  return path === undefined ? BOUNDED : `${BOUNDED} ${basename(path)}`;
}
