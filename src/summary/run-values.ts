// The values of one run's files, in the order of files and records, by a view of the restarts; not decoded yet.

import type { Damage } from "../events/reading/damage.js";
import { isRecordFile } from "../events/reading/full-resolution.js";
import { readOutlines, type Outline } from "../events/reading/outlines.js";
import { blockOf, Rewinds, standing, type Point } from "../events/reading/restarts.js";
import type { Restarts } from "../events/reading/scalar-columns.js";
import { EventField, EventParser } from "../wire/event-parser.js";
import { SessionStatus, type Event } from "../wire/event.js";
import { tagsOf, type RawValue, type ValueDecoder } from "./value-decoder.js";

/** What to read of a run. */
export interface RunValuesOptions {
  readonly restarts: Restarts;
  /** Whether a tag is wanted; every one is unless given. Asked once a tag. */
  readonly tags: ((tag: string) => boolean) | undefined;
  /** Without it damage is thrown. */
  readonly onDamage: ((damage: Damage) => void) | undefined;
}

/** A value where it stands; a START has none. */
interface FoundValue extends Point {
  readonly raw: RawValue | undefined;
}

/**
 * The values of the wanted tags. `decoder` has taken those up to the one that is yielded, void ones too, so it can decode that one.
 *
 * For the view `shown` the files are read twice, up to where they end at first; memory is for one block of a file and the restarts. In record files
 * a START makes void what it says, as in the event files that are made from them. Throws as `readOutlines`.
 */
export function* runValues(
  files: readonly string[],
  decoder: ValueDecoder,
  options: RunValuesOptions,
): IterableIterator<RawValue> {
  const reader = new RunReader(files, options);
  if (options.restarts === "all") {
    for (const value of reader.values(decoder, options.onDamage)) if (isLogged(value)) yield value.raw;
    return;
  }
  const rewinds = new Rewinds();
  for (const point of reader.points()) rewinds.add(point);
  // Of damage was told the first time.
  const values = reader.values(decoder, () => undefined);
  for (const value of standing(values, rewinds)) if (isLogged(value)) yield value.raw;
}

function isLogged(value: FoundValue): value is FoundValue & { readonly raw: RawValue } {
  return value.raw?.isVoiding === false;
}

/** An event of a file. */
interface FoundEvent {
  readonly event: Event;
  readonly offset: number;
  readonly end: number;
}

class RunReader {
  readonly #files: readonly string[];
  readonly #isShown: boolean;
  readonly #onDamage: ((damage: Damage) => void) | undefined;
  readonly #wants: (tag: string) => boolean;
  readonly #parser = new EventParser();
  // By the parser's number of the tag.
  readonly #isWanted: (boolean | undefined)[] = [];
  // Where each file ended when it was read first.
  readonly #ends: number[] = [];

  constructor(files: readonly string[], { restarts, tags = () => true, onDamage }: RunValuesOptions) {
    this.#files = files;
    this.#isShown = restarts === "shown";
    this.#wants = tags;
    this.#onDamage = onDamage;
  }

  /** Where the wanted values stand, without decoding what need not be. */
  *points(): IterableIterator<Point> {
    const parser = this.#parser;
    for (const [number, path] of this.#files.entries()) {
      this.#ends[number] = 0;
      for (const outline of readOutlines(path, parser, this.#onDamage)) {
        this.#ends[number] = outline.end;
        const block = blockOf(number, outline.offset);
        if (isStart(parser)) {
          if (isRecordFile(path)) yield { tag: undefined, step: parser.exactStep, block };
          continue;
        }
        if (!this.#mayHaveWanted()) continue;
        const step = parser.exactStep;
        // Others may turn out to be no event.
        const tags = this.#isScalars() ? this.#tags() : this.#tagsIn(outline.decode());
        for (const tag of tags) if (this.#wants(tag)) yield { tag, step, block };
      }
    }
  }

  /** The wanted values; after `points` up to where the files ended then. */
  *values(
    decoder: ValueDecoder,
    onDamage: ((damage: Damage) => void) | undefined,
  ): IterableIterator<FoundValue> {
    const parser = this.#parser;
    for (const [number, path] of this.#files.entries()) {
      for (const outline of readOutlines(path, parser, onDamage)) {
        if (outline.offset >= (this.#ends[number] ?? Infinity)) break;
        const block = blockOf(number, outline.offset);
        if (isStart(parser)) {
          const step = parser.exactStep;
          if (isRecordFile(path)) yield { tag: undefined, step, block, raw: undefined };
          continue;
        }
        yield* this.#valuesOf(outline, block, decoder);
      }
    }
  }

  /** The events that have wanted values. */
  *events(): IterableIterator<FoundEvent> {
    for (const path of this.#files) {
      for (const outline of readOutlines(path, this.#parser, this.#onDamage)) {
        if (!this.#mayHaveWanted()) continue;
        const event = outline.decode();
        if (event === undefined || !tagsOf(event).some(this.#wants)) continue;
        yield { event, offset: outline.offset, end: outline.end };
      }
    }
  }

  *#valuesOf(outline: Outline, block: number, decoder: ValueDecoder): IterableIterator<FoundValue> {
    if (!this.#mayHaveWanted()) return;
    const event = outline.decode();
    if (event === undefined) return;
    for (const raw of decoder.rawValues(event)) {
      if (this.#wants(raw.tag)) yield { tag: raw.tag, step: raw.step, block, raw };
    }
  }

  // The data server drops an event without a time as if it were not there.
  #mayHaveWanted(): boolean {
    const { what, count, names, tags, wallTime } = this.#parser;
    if (this.#isShown && !Number.isFinite(wallTime)) return false;
    if (what !== EventField.SUMMARY) return HAVE_TAGS.has(what);
    for (let i = 0; i < count; i++) {
      const tag = tags[i]!;
      const name = names[tag]!;
      // A value without a tag may have another name for it.
      if ((this.#isWanted[tag] ??= name === "" || this.#wants(name))) return true;
    }
    return false;
  }

  #isScalars(): boolean {
    const { what, count, isScalar, names, tags } = this.#parser;
    if (what !== EventField.SUMMARY) return false;
    for (let i = 0; i < count; i++) if (isScalar[i] === 0 || names[tags[i]!] === "") return false;
    return true;
  }

  #tags(): string[] {
    const { names, tags, count } = this.#parser;
    return Array.from({ length: count }, (_, i) => names[tags[i]!]!);
  }

  #tagsIn(event: Event | undefined): string[] {
    return event === undefined ? [] : tagsOf(event);
  }
}

/** What has no values and is given under a tag. */
const HAVE_TAGS: ReadonlySet<number> = new Set([
  EventField.GRAPH_DEF,
  EventField.TAGGED_RUN_METADATA,
  EventField.META_GRAPH_DEF,
]);

function isStart({ what, sessionStatus }: EventParser): boolean {
  return what === EventField.SESSION_LOG && sessionStatus === SessionStatus.START;
}

/** The events of a file that have something under a wanted tag, in the order of the file. Throws as `readOutlines`. */
export function wantedEvents(
  path: string,
  options: Omit<RunValuesOptions, "restarts">,
): IterableIterator<FoundEvent> {
  return new RunReader([path], { ...options, restarts: "all" }).events();
}
