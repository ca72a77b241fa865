// The values of one run's files, in the order of files and records, by a view of the restarts; not decoded yet.

import type { Damage } from "../events/reading/damage.js";
import { isRecordFile } from "../events/reading/full-resolution.js";
import type { LogSource } from "../events/reading/log-source.js";
import { readOutlines, type Outline } from "../events/reading/outlines.js";
import { blockOf, Rewinds, standing, type Point } from "../events/reading/restarts.js";
import type { Restarts } from "../events/reading/scalar-columns.js";
import { EventField } from "../wire/event-fields.js";
import { EventParser } from "../wire/event-parser.js";
import type { Event } from "../wire/event.js";
import { tagsOf, type RawValue, type ValueDecoder } from "./value-decoder.js";

/** What to read of a run. */
export interface RunValuesOptions {
  /** Where its files are. */
  readonly source: LogSource;
  readonly restarts: Restarts;
  /** Whether a tag is wanted; every one is unless given. Asked once a tag. */
  readonly tags: ((tag: string) => boolean) | undefined;
  /** Without it damage is thrown. */
  readonly onDamage: ((damage: Damage) => void) | undefined;
}

/** An event of a file. */
interface FoundEvent {
  readonly event: Event;
  readonly offset: number;
  readonly end: number;
}

/** A value where it stands; a START has none. */
interface FoundValue extends Point {
  readonly raw: RawValue | undefined;
}

/**
 * The values of the wanted tags. `decoder` has taken those up to the one that is yielded, void ones too, so it can decode that one.
 *
 * For the view `shown` the files are read twice, first by this call, up to where they end at first; memory is for one block of a file and the restarts. In record files
 * a START makes void what it says, as in the event files that are made from them. Throws as `readOutlines`.
 */
export function runValues(
  files: readonly string[],
  decoder: ValueDecoder,
  options: RunValuesOptions,
): IterableIterator<RawValue> {
  const reader = new RunReader(files, options);
  if (options.restarts === "all") return reader.values(decoder, options.onDamage);
  const rewinds = reader.rewinds();
  // Of damage was told the first time.
  const onDamage = (): undefined => undefined;
  if (!rewinds.isNeeded) return reader.values(decoder, onDamage);
  return loggedOf(standing(reader.places(decoder, onDamage), rewinds));
}

function* loggedOf(places: Iterable<FoundValue>): IterableIterator<RawValue> {
  for (const { raw } of places) if (raw?.isVoiding === false) yield raw;
}

/** The events of a file that have something under a wanted tag, in the order of the file. Throws as `readOutlines`. */
export function wantedEvents(
  path: string,
  options: Omit<RunValuesOptions, "restarts">,
): IterableIterator<FoundEvent> {
  return new RunReader([path], { ...options, restarts: "all" }).events();
}

class RunReader {
  readonly #source: LogSource;
  readonly #files: readonly string[];
  readonly #isShown: boolean;
  readonly #onDamage: ((damage: Damage) => void) | undefined;
  readonly #wants: (tag: string) => boolean;
  readonly #parser = new EventParser();
  // By the parser's number of the tag.
  readonly #isWanted: (boolean | undefined)[] = [];
  // Where each file ended when it was read first.
  readonly #ends: number[] = [];

  constructor(files: readonly string[], { source, restarts, tags = () => true, onDamage }: RunValuesOptions) {
    this.#source = source;
    this.#files = files;
    this.#isShown = restarts === "shown";
    this.#wants = tags;
    this.#onDamage = onDamage;
  }

  /** Where the wanted values go back, found without decoding what need not be. */
  rewinds(): Rewinds {
    const parser = this.#parser;
    const rewinds = new Rewinds();
    for (const [number, path] of this.#files.entries()) {
      let end = 0;
      for (const outline of this.#read(path, this.#onDamage)) {
        ({ end } = outline);
        const block = blockOf(number, outline.offset);
        if (parser.isStart) {
          if (isRecordFile(path)) rewinds.add(undefined, parser.exactStep, block);
        } else if (this.#mayHaveWanted()) {
          const step = parser.exactStep;
          if (this.#hasOnlyNumbers()) {
            for (let i = 0; i < parser.count; i++) {
              if (this.#isWantedTag(parser.tags[i]!))
                rewinds.add(parser.names[parser.tags[i]!]!, step, block);
            }
          } else {
            // It may turn out to be no event.
            const event = outline.decode();
            if (event === undefined) continue;
            for (const tag of tagsOf(event)) if (this.#wants(tag)) rewinds.add(tag, step, block);
          }
        }
      }
      this.#ends[number] = end;
    }
    return rewinds;
  }

  /** The wanted values; after `rewinds` up to where the files ended then. */
  *values(
    decoder: ValueDecoder,
    onDamage: ((damage: Damage) => void) | undefined,
  ): IterableIterator<RawValue> {
    for (const [number, path] of this.#files.entries()) {
      for (const { offset, decode } of this.#read(path, onDamage)) {
        if (offset >= (this.#ends[number] ?? Infinity)) break;
        if (!this.#mayHaveWanted()) continue;
        const event = decode();
        if (event === undefined) continue;
        for (const raw of decoder.rawValues(event)) if (!raw.isVoiding && this.#wants(raw.tag)) yield raw;
      }
    }
  }

  /** The wanted values and the STARTs that count, with their places, as `values`. */
  *places(
    decoder: ValueDecoder,
    onDamage: ((damage: Damage) => void) | undefined,
  ): IterableIterator<FoundValue> {
    const parser = this.#parser;
    for (const [number, path] of this.#files.entries()) {
      for (const { offset, decode } of this.#read(path, onDamage)) {
        if (offset >= this.#ends[number]!) break;
        const block = blockOf(number, offset);
        if (parser.isStart) {
          const step = parser.exactStep;
          if (isRecordFile(path)) yield { tag: undefined, step, block, raw: undefined };
          continue;
        }
        const event = this.#mayHaveWanted() ? decode() : undefined;
        if (event === undefined) continue;
        for (const raw of decoder.rawValues(event)) {
          const { tag, step } = raw;
          if (this.#wants(tag)) yield { tag, step, block, raw };
        }
      }
    }
  }

  /** The events that have wanted values. */
  *events(): IterableIterator<FoundEvent> {
    for (const path of this.#files) {
      for (const { offset, end, decode } of this.#read(path, this.#onDamage)) {
        const event = this.#mayHaveWanted() ? decode() : undefined;
        if (event !== undefined && tagsOf(event).some(this.#wants)) yield { event, offset, end };
      }
    }
  }

  #read(path: string, onDamage: ((damage: Damage) => void) | undefined): IterableIterator<Outline> {
    return readOutlines(this.#source.open(path), this.#parser, onDamage);
  }

  // The data server drops an event without a time as if it were not there.
  #mayHaveWanted(): boolean {
    const { what, count, tags } = this.#parser;
    if (this.#isShown && !Number.isFinite(this.#parser.wallTime)) return false;
    if (what !== EventField.SUMMARY) return HAVE_TAGS.has(what);
    for (let i = 0; i < count; i++) if (this.#isWantedTag(tags[i]!)) return true;
    return false;
  }

  // A value without a tag may have another name for it.
  #isWantedTag(tag: number): boolean {
    const known = this.#isWanted[tag];
    if (known !== undefined) return known;
    const name = this.#parser.names[tag]!;
    return (this.#isWanted[tag] = name === "" || this.#wants(name));
  }

  #hasOnlyNumbers(): boolean {
    const { what, count, isScalar, names, tags } = this.#parser;
    if (what !== EventField.SUMMARY) return false;
    for (let i = 0; i < count; i++) if (isScalar[i] === 0 || names[tags[i]!] === "") return false;
    return true;
  }
}

/** What has no values and is given under a tag. */
const HAVE_TAGS: ReadonlySet<number> = new Set([
  EventField.GRAPH_DEF,
  EventField.TAGGED_RUN_METADATA,
  EventField.META_GRAPH_DEF,
]);
