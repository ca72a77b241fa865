// One run that is followed: its files in order, and what of them was there before in another one.

import { basename } from "node:path";
import { LogdirError } from "../../errors.js";
import type { Event } from "../../wire/event.js";
import { EventField } from "../../wire/event-fields.js";
import type { EventParser } from "../../wire/event-parser.js";
import type { FileKind } from "../file-kind.js";
import { eventFileNameOf, isEventFileName, recordFileNameOf } from "../file-name.js";
import { compareFiles } from "../log-position.js";
import { filesBeside, type Run } from "../runs.js";
import { FileSource } from "../reading/byte-source.js";
import { noEventAt, type Damage } from "../reading/damage.js";
import { CopiedPart, type CopiedSource } from "./copied-part.js";
import { lookAtHead, type Copies, type FileHead } from "./file-head.js";
import { AT_ONCE, FollowedFile, PATIENCE } from "./followed-file.js";
import type { HeldFiles } from "./held-files.js";
import { LastSteps } from "./last-steps.js";
import { readEvents } from "../reading/read-events.js";

/** So many files that are gone are remembered: what took their place names them. */
const MOST_GONE = 256;

/** An event that was found, and where it stands. */
export interface FollowedEvent {
  /** The run's name: its path below the logdir, with `/`; the logdir itself, and a single file, is `.`. */
  readonly run: string;
  /** The file. */
  readonly path: string;
  /** The first byte of its record, and the one behind it. */
  readonly offset: number;
  readonly end: number;
  readonly event: Event;
}

/** What all runs share. */
export interface FollowedRunParts {
  readonly held: HeldFiles;
  readonly parser: EventParser;
  readonly tags: ((tag: string) => boolean) | undefined;
  onDamage(damage: Damage): void;
  onWarning(error: LogdirError): void;
}

interface Entry {
  readonly file: FollowedFile;
  name: string;
  head: FileHead | undefined;
  /** What it has now is passed over: it was there before. */
  isSilent: boolean;
  /** Another file has every event of it. */
  isIgnored: boolean;
  isListed: boolean;
  /** What it has from other files. */
  copied: CopiedPart | undefined;
  /** Of a bounded file without a record file that is not the run's first: how many bytes were there at first, all written anew. */
  rewritten: number | undefined;
  failure: string | undefined;
}

/** The events of a run, each once. */
export class FollowedRun {
  readonly name: string;
  readonly #parts: FollowedRunParts;
  readonly #isOneFile: boolean;
  readonly #entries = new Map<string, Entry>();
  // Of bounded files without record files.
  readonly #lastSteps = new LastSteps();
  #hasBounded = false;
  #isSilent: boolean;

  /** `isSilent`: what the files have at the first look is passed over. `isOneFile`: only the one is followed, as it is. */
  constructor(
    name: string,
    parts: FollowedRunParts,
    { isSilent, isOneFile }: { isSilent: boolean; isOneFile: boolean },
  ) {
    this.name = name;
    this.#parts = parts;
    this.#isSilent = isSilent;
    this.#isOneFile = isOneFile;
  }

  /** Whether a file is open: one of a run that is not there any more may still have something. */
  get isOpen(): boolean {
    return [...this.#entries.values()].some(({ file }) => file.isOpen);
  }

  /**
   * What there is of it now that was not given before; `run`: where it is, `undefined` when it is nowhere. Now and then it gives `undefined`, so
   * that nobody has to wait while it looks.
   */
  *look(run: Run | undefined): IterableIterator<FollowedEvent | undefined> {
    this.#list(run);
    const entries = [...this.#entries.values()].toSorted((a, b) => compareFiles(a.name, b.name));
    const newest = entries.findLast(({ isListed, isIgnored }) => isListed && !isIgnored);
    for (const entry of entries) {
      if (entry.isIgnored || (!entry.isListed && !entry.file.isOpen)) continue;
      entry.file.isKept = entry === newest;
      yield* this.#read(entry);
      if (entry !== newest) entry.file.release();
    }
    this.#isSilent = false;
    this.#forget(entries);
  }

  /** Closes all files. */
  close(): void {
    for (const { file } of this.#entries.values()) file.release();
  }

  #list(run: Run | undefined): void {
    for (const entry of this.#entries.values()) entry.isListed = false;
    if (run === undefined) return;
    for (const path of run.files) this.#enter(path);
    if (this.#isOneFile) return;
    this.#hasBounded ||= [...this.#entries.values()].some((entry) => this.#isBounded(entry));
    if (!this.#hasBounded) return;
    try {
      for (const path of filesBeside(run.dir)) {
        if (eventFileNameOf(basename(path)) !== undefined) this.#enter(path);
      }
    } catch (error) {
      // It has just been deleted.
      if (!(error instanceof LogdirError)) throw error;
    }
  }

  #isBounded({ head, file, isListed }: Entry): boolean {
    return isListed && (head?.kind ?? kindAt(file.path)) === "bounded";
  }

  #enter(path: string): void {
    const name = basename(path);
    let entry = this.#entries.get(name) ?? this.#renamed(name);
    if (entry === undefined) {
      const file = new FollowedFile(path, this.#parts.held, this.#parts.onDamage);
      entry = { ...FRESH, file, name, isSilent: this.#isSilent };
      this.#entries.set(name, entry);
    }
    entry.isListed = true;
    entry.file.path = path;
  }

  // An event file becomes a record file when its run goes on as a bounded one.
  #renamed(name: string): Entry | undefined {
    const before = eventFileNameOf(name);
    const entry = before === undefined ? undefined : this.#entries.get(before);
    if (entry === undefined || entry.isListed || entry.head?.kind !== "whole") return undefined;
    this.#entries.delete(entry.name);
    entry.name = name;
    this.#entries.set(name, entry);
    return entry;
  }

  *#read(entry: Entry): IterableIterator<FollowedEvent | undefined> {
    const { file } = entry;
    try {
      file.isSilent = entry.isSilent;
      file.begin();
      for (let passed = 0, state = file.next(); state !== "end"; state = file.next()) {
        if (state === "busy") {
          yield undefined;
          continue;
        }
        if (!file.isBegun) entry.head = undefined;
        entry.head ??= this.#headOf(entry);
        if (entry.isIgnored) break;
        if (entry.head === undefined) {
          file.putBack();
          return;
        }
        const event = this.#eventIn(entry, entry.head);
        const { offset, recordEnd: end } = file.record;
        file.take();
        if (event !== undefined) yield { run: this.name, path: file.path, offset, end, event };
        else if (++passed % AT_ONCE === 0) yield undefined;
      }
      if (entry.isIgnored) file.release();
      entry.failure = undefined;
      entry.isSilent = false;
    } catch (error) {
      if (!(error instanceof LogdirError)) throw error;
      if (entry.failure !== error.message) this.#parts.onWarning(error);
      entry.failure = error.message;
    }
  }

  #headOf(entry: Entry): FileHead | undefined {
    const { file } = entry;
    if (this.#isOneFile) return { kind: "foreign" };
    const head = lookAtHead(file.source, file.quiet >= PATIENCE);
    if (head === undefined) return undefined;
    const { kind, recordFile, copies } = head;
    entry.isIgnored = recordFile !== undefined && this.#hasRecords(recordFile);
    if (kind === "bounded" && !entry.isIgnored) entry.rewritten = this.#isAnyBegun(entry) ? file.size : 0;
    if (entry.rewritten !== undefined && this.#lastSteps.isEmpty) this.#readLastSteps();
    entry.copied = copies && new CopiedPart(copies, this.#sourcesOf(copies));
    return head;
  }

  // Whether it is there, or one that may have taken its place.
  #hasRecords(recordFile: string): boolean {
    return [...this.#entries.keys()].some(
      (name) => eventFileNameOf(name) !== undefined && compareFiles(name, recordFile) >= 0,
    );
  }

  #isAnyBegun(but: Entry): boolean {
    return [...this.#entries.values()].some((entry) => entry !== but && entry.file.isBegun);
  }

  #sourcesOf({ holds }: Copies): CopiedSource[] {
    const entries = holds.flatMap((name) => this.#find(name) ?? []);
    return entries.map(({ name, file, head }) => ({ name, file, holds: head?.copies?.holds ?? [] }));
  }

  #find(name: string): Entry | undefined {
    const other = isEventFileName(name) ? recordFileNameOf(name) : eventFileNameOf(name);
    const found = this.#entries.get(name) ?? (other === undefined ? undefined : this.#entries.get(other));
    return found?.file.isBegun === true && found.head?.kind !== "bounded" ? found : undefined;
  }

  // `undefined` for one that is not given.
  #eventIn(entry: Entry, { kind, copies }: FileHead): Event | undefined {
    const { parser, tags } = this.#parts;
    const { bytes, start, end, recordEnd } = entry.file.record;
    if (entry.isSilent && kind !== "bounded") return undefined;
    if (!parser.parse(bytes, start, end)) return this.#tellBadEvent(entry);
    if (copies === undefined && kind !== "bounded" && !hasWanted(parser, tags)) return undefined;
    let event: Event | undefined;
    try {
      event = parser.event();
    } catch {
      return this.#tellBadEvent(entry);
    }
    if (entry.copied?.has(event, recordEnd, entry.file.checksum) === true) return undefined;
    if (kind === "bounded") event = this.#newIn(entry, event, recordEnd);
    if (entry.isSilent || event === undefined) return undefined;
    return isWanted(event, tags) ? event : undefined;
  }

  #newIn({ rewritten = 0 }: Entry, event: Event, end: number): Event | undefined {
    if (end <= rewritten) return this.#lastSteps.whatIsNew(event);
    this.#lastSteps.add(event);
    return event;
  }

  // Of a run that was a plain one before.
  #readLastSteps(): void {
    for (const { file } of this.#entries.values()) {
      try {
        if (!file.isBegun) continue;
        for (const { event, end } of readEvents(file.path, { onDamage: () => {} })) {
          if (end > file.end) break;
          this.#lastSteps.add(event);
        }
      } catch (error) {
        // It was deleted: then some values come twice.
        if (!(error instanceof LogdirError)) throw error;
      }
    }
  }

  #tellBadEvent({ file, isSilent }: Entry): undefined {
    if (!isSilent) this.#parts.onDamage(noEventAt(file.record));
    return undefined;
  }

  #forget(entries: readonly Entry[]): void {
    const gone = entries.filter(({ isListed, file }) => !isListed && !file.isOpen);
    for (const { name } of gone.slice(0, -MOST_GONE)) this.#entries.delete(name);
  }
}

function kindAt(path: string): FileKind | undefined {
  try {
    const source = new FileSource(path);
    try {
      return lookAtHead(source, true)?.kind;
    } finally {
      source.close();
    }
  } catch (error) {
    // It is told when it is read.
    if (!(error instanceof LogdirError)) throw error;
    return undefined;
  }
}

const FRESH = {
  head: undefined,
  isIgnored: false,
  isListed: true,
  copied: undefined,
  rewritten: undefined,
  failure: undefined,
};

function hasWanted(parser: EventParser, tags: ((tag: string) => boolean) | undefined): boolean {
  if (tags === undefined) return true;
  if (parser.what !== EventField.SUMMARY) return false;
  for (let i = 0; i < parser.count; i++) if (tags(parser.names[parser.tags[i]!]!)) return true;
  return false;
}

function isWanted({ summary }: Event, tags: ((tag: string) => boolean) | undefined): boolean {
  return tags === undefined || summary?.some(({ tag }) => tags(tag)) === true;
}
