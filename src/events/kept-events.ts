// Which events of a run's files are not void: what is left of the files when they become one.

import { decodeEvent, encodeEvent, SessionStatus } from "../wire/event.js";
import type { SummaryMetadata } from "../wire/summary.js";
import type { FileSystem } from "./file-system.js";
import { readRecords } from "./read-records.js";

/** A step as it stands in a file. */
export type Step = number | bigint;

/** An event of a file, with what a fold needs to know of it. */
export interface StoredEvent {
  readonly bytes: Uint8Array;
  readonly step: Step;
  /** Seconds. */
  readonly wallTime: number;
  /** `head`: the version of the file, which each file has for itself. */
  readonly kind: "head" | "start" | "summary" | "other";
  /** Of a summary's values, in order. */
  readonly tags: readonly string[];
  /** Of those values that have some, by tag. */
  readonly metadata: ReadonlyMap<string, SummaryMetadata> | undefined;
}

/** The events of a file, a torn tail not among them. Throws a `CorruptFileError`, the codec's error, and the system's errors. */
export function readStoredEvents(path: string, fs: FileSystem): StoredEvent[] {
  return Array.from(readRecords(path, fs), toStoredEvent);
}

function toStoredEvent(data: Uint8Array): StoredEvent {
  const { step, wallTime, fileVersion, sessionLog, summary = [] } = decodeEvent(data);
  let kind: StoredEvent["kind"] = summary.length > 0 ? "summary" : "other";
  if (fileVersion !== undefined) kind = "head";
  else if (sessionLog?.status === SessionStatus.START) kind = "start";
  const described = summary.filter((value) => value.metadata !== undefined);
  const metadata =
    described.length === 0 ? undefined : new Map(described.map((value) => [value.tag, value.metadata!]));
  // There are tens of thousands: a slice is many times as fast as a copy by an iterator.
  return { bytes: data.slice(), step, wallTime, kind, tags: summary.map(({ tag }) => tag), metadata };
}

/**
 * The events of some files, which are added in order, without those that a later file made void: by a START, or by logging the tag again from
 * an earlier step on, which is what TensorBoard's data server goes by.
 */
export class KeptEvents {
  /** The first step of any summary or START in the files. */
  firstStep: Step = Infinity;
  /** The first step of a START in them. */
  startStep: Step = Infinity;
  /** When the first of the files began, in seconds. */
  startedAt: number | undefined;
  #events: StoredEvent[] = [];
  // The first of each tag, whether or not its event is void.
  readonly #metadata = new Map<string, SummaryMetadata>();

  addFile(events: readonly StoredEvent[]): void {
    this.startedAt ??= events[0]?.wallTime;
    const firstSteps = new Map<string, Step>();
    let added: StoredEvent[] = [];
    for (const event of events) {
      const { kind, step, tags, metadata } = event;
      if (kind === "head") continue;
      if (kind === "start") {
        this.voidFrom(step);
        added = added.filter((other) => other.step < step);
        continue;
      }
      if (kind === "summary") this.firstStep = lesser(this.firstStep, step);
      for (const tag of tags) firstSteps.set(tag, lesser(step, firstSteps.get(tag) ?? Infinity));
      for (const [tag, its] of metadata ?? []) if (!this.#metadata.has(tag)) this.#metadata.set(tag, its);
      added.push(event);
    }
    this.#events = this.#events.flatMap((event) => withoutVoid(event, firstSteps));
    for (const event of added) this.#events.push(event);
  }

  /** Makes void what has `step` or a later one, as a START does. */
  voidFrom(step: Step): void {
    this.firstStep = lesser(this.firstStep, step);
    this.startStep = lesser(this.startStep, step);
    this.#events = this.#events.filter((event) => event.step < step);
  }

  /** The first step of each tag that is left. */
  firstSteps(): Map<string, Step> {
    const firstSteps = new Map<string, Step>();
    for (const { step, tags } of this.#events) {
      for (const tag of tags) firstSteps.set(tag, lesser(step, firstSteps.get(tag) ?? Infinity));
    }
    return firstSteps;
  }

  /** The data of their records: as they were, but for values that are void, and for a tag's metadata where the value with them is void. */
  *records(): IterableIterator<Uint8Array> {
    const seen = new Set<string>();
    for (const event of this.#events) {
      const isFirst = event.tags.some((tag) => !seen.has(tag));
      yield isFirst ? this.#described(event, seen) : event.bytes;
    }
  }

  // TensorBoard takes a tag's first value for what says what the tag is.
  #described({ bytes, tags, metadata }: StoredEvent, seen: Set<string>): Uint8Array {
    const missing = new Set(tags.filter((tag) => !seen.has(tag) && metadata?.has(tag) !== true));
    for (const tag of tags) seen.add(tag);
    if (![...missing].some((tag) => this.#metadata.has(tag))) return bytes;
    const event = decodeEvent(bytes);
    const summary = event.summary!.map((value) => {
      const its = missing.has(value.tag) ? this.#metadata.get(value.tag) : undefined;
      return its === undefined ? value : { ...value, metadata: its };
    });
    return encodeEvent({ ...event, summary });
  }
}

function withoutVoid(event: StoredEvent, firstSteps: ReadonlyMap<string, Step>): StoredEvent[] {
  const isVoid = (tag: string): boolean => event.step >= (firstSteps.get(tag) ?? Infinity);
  const left = event.tags.filter((tag) => !isVoid(tag));
  if (left.length === event.tags.length) return [event];
  if (left.length === 0) return [];
  const decoded = decodeEvent(event.bytes);
  const summary = decoded.summary!.filter(({ tag }) => !isVoid(tag));
  return [{ ...event, tags: left, bytes: encodeEvent({ ...decoded, summary }) }];
}

/** The lesser of two steps. */
export function lesser(a: Step, b: Step): Step {
  return a <= b ? a : b;
}
