// Where what a bounded run's event files say of their record files has come to stand: a repaired record file may be shorter.

import { basename } from "node:path";
import type { Event } from "../../wire/event.js";
import { boundedHeadOf, parseWriter, type Coverage } from "../coverage.js";

/** The places in record files that event files name. Take them all from the event files, repair the record files, and then the event files. */
export class RecordPlaces {
  // By the name of a record file: the places in it, and where they are in the copy.
  readonly #places = new Map<string, Map<number, number>>();

  /** Takes the place that an event names, if it names one. */
  take(event: Event): void {
    const coverage = coverageOf(event);
    if (coverage === undefined) return;
    const { recordFile, bytes } = coverage;
    const places = this.#places.get(recordFile) ?? new Map<number, number>();
    this.#places.set(recordFile, places.set(bytes, bytes));
  }

  /** Tells of a record file's copy, record by record. */
  of(recordFile: string): PlacesOfFile {
    return new PlacesOfFile(this.#places.get(basename(recordFile)) ?? new Map());
  }

  /** The event that names the place in the copy; `undefined` when the place is the same, or the event names none. */
  moved(event: Event, wallTime: number): Uint8Array | undefined {
    const coverage = coverageOf(event);
    if (coverage === undefined) return undefined;
    const bytes = this.#places.get(coverage.recordFile)?.get(coverage.bytes) ?? coverage.bytes;
    if (bytes === coverage.bytes) return undefined;
    return boundedHeadOf(wallTime, { recordFile: coverage.recordFile, bytes });
  }
}

/** The places in one record file. */
export class PlacesOfFile {
  readonly #places: Map<number, number>;
  readonly #wanted: readonly number[];
  #next = 0;

  constructor(places: Map<number, number>) {
    this.#places = places;
    this.#wanted = [...places.keys()].toSorted((a, b) => a - b);
  }

  /** What stands at byte `from` of the file, or next behind it, stands at byte `to` of the copy. Both rise. */
  tell(from: number, to: number): void {
    for (; this.#next < this.#wanted.length && this.#wanted[this.#next]! <= from; this.#next++) {
      this.#places.set(this.#wanted[this.#next]!, to);
    }
  }
}

function coverageOf({ fileVersion, sourceMetadata }: Event): Coverage | undefined {
  return fileVersion === undefined ? undefined : parseWriter(sourceMetadata?.writer)?.coverage;
}
