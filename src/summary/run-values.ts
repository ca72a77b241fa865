// The values of one run's files, in the order of files and records, by a view of the restarts; not decoded yet.

import type { Damage } from "../events/reading/damage.js";
import { isRecordFile } from "../events/reading/full-resolution.js";
import { readEvents } from "../events/reading/read-events.js";
import { blockOf, Rewinds, standing, type Point, type RestartView } from "../events/reading/restarts.js";
import type { StoredEvent } from "../events/stored-events.js";
import type { Step } from "../events/steps.js";
import { SessionStatus } from "../wire/event.js";
import { ValueDecoder, type RawValue } from "./value-decoder.js";

/** What to read of a run. */
export interface RunValuesOptions {
  readonly restarts: RestartView;
  /** Whether a tag is wanted; every one is unless given. */
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
 * a START makes void what it says, as in the event files that are made from them. Throws as `readEvents`.
 */
export function* runValues(
  files: readonly string[],
  decoder: ValueDecoder,
  options: RunValuesOptions,
): IterableIterator<RawValue> {
  if (options.restarts === "all") {
    for (const [number, path] of files.entries()) {
      for (const stored of readWanted(path, options)) {
        for (const { raw } of valuesOf(stored, number, false, decoder, options)) if (isShown(raw)) yield raw;
      }
    }
    return;
  }
  const rewinds = new Rewinds();
  const first = new ValueDecoder(decoder.run);
  const ends = files.map((path, number) => {
    let end = 0;
    for (const stored of readWanted(path, options)) {
      for (const value of shownValuesOf(stored, number, path, first, options)) rewinds.add(value);
      ({ end } = stored);
    }
    return end;
  });
  for (const { raw } of standing(again(), rewinds)) if (isShown(raw)) yield raw;

  function* again(): IterableIterator<FoundValue> {
    for (const [number, path] of files.entries()) {
      // It was said the first time.
      for (const stored of readWanted(path, { ...options, onDamage: () => undefined })) {
        if (stored.offset >= ends[number]!) break;
        yield* shownValuesOf(stored, number, path, decoder, options);
      }
    }
  }
}

/** The events of a file that may have a value of a wanted tag. Throws as `readEvents`. */
export function readWanted(
  path: string,
  { tags, onDamage }: Omit<RunValuesOptions, "restarts">,
): IterableIterator<StoredEvent> {
  return readEvents(path, {
    // A value without a tag may have another name for it.
    ...(tags !== undefined && { tags: (tag: string) => tag === "" || tags(tag) }),
    ...(onDamage !== undefined && { onDamage }),
  });
}

function isShown(raw: RawValue | undefined): raw is RawValue {
  return raw?.isVoiding === false;
}

// The data server drops an event without a time as if it were not there.
function shownValuesOf(
  stored: StoredEvent,
  number: number,
  path: string,
  decoder: ValueDecoder,
  options: RunValuesOptions,
): FoundValue[] {
  if (!Number.isFinite(stored.event.wallTime)) return [];
  return valuesOf(stored, number, isRecordFile(path), decoder, options);
}

function valuesOf(
  { event, offset }: StoredEvent,
  number: number,
  hasStarts: boolean,
  decoder: ValueDecoder,
  { tags }: RunValuesOptions,
): FoundValue[] {
  const block = blockOf(number, offset);
  const { step, sessionLog } = event;
  if (sessionLog !== undefined) {
    const isStart = hasStarts && sessionLog.status === SessionStatus.START;
    return isStart ? [{ tag: undefined, step, block, raw: undefined }] : [];
  }
  return decoder
    .rawValues(event)
    .filter(({ tag }) => tags === undefined || tags(tag))
    .map((raw) => ({ tag: raw.tag, step, block, raw }));
}

/** Columns of scalars that grow. */
export class GrowingColumns {
  #length = 0;
  #steps = new Float64Array(64);
  #wallTimes = new Float64Array(64);
  #values = new Float64Array(64);

  add(step: Step, wallTime: number, value: number): void {
    if (this.#length === this.#steps.length) {
      this.#steps = doubled(this.#steps);
      this.#wallTimes = doubled(this.#wallTimes);
      this.#values = doubled(this.#values);
    }
    this.#steps[this.#length] = Number(step);
    this.#wallTimes[this.#length] = wallTime;
    this.#values[this.#length++] = value;
  }

  /** What was added. */
  finish(): {
    readonly steps: Float64Array;
    readonly wallTimes: Float64Array;
    readonly values: Float64Array;
  } {
    return {
      steps: this.#steps.slice(0, this.#length),
      wallTimes: this.#wallTimes.slice(0, this.#length),
      values: this.#values.slice(0, this.#length),
    };
  }
}

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(2 * column.length);
  twice.set(column);
  return twice;
}
