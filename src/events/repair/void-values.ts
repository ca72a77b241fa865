// Which values of a file later ones have made void, a little ahead of who copies it.

import { blockOf, standing } from "../reading/restarts.js";
import { RecordCursor } from "../reading/record-cursor.js";
import type { RunSurvey, ValuePoint } from "./run-survey.js";

const NONE: ReadonlySet<number> = new Set();

/** Reads the file a block at a time. Asked record by record, in the order of the file. */
export class VoidValues {
  readonly #survey: RunSurvey;
  readonly #file: number;
  readonly #cursor: RecordCursor;
  // By the offset of a record, the places of its values that are void.
  #void = new Map<number, Set<number>>();
  #block = -1;
  #hasRecord: boolean;

  /** `file`: its number in the run. The survey's parser is used at each call of `at`. */
  constructor(survey: RunSurvey, path: string, file: number) {
    this.#survey = survey;
    this.#file = file;
    this.#cursor = new RecordCursor(path);
    this.#cursor.finish();
    this.#hasRecord = this.#cursor.next();
  }

  /** The places of the void values in the event whose record begins at `offset`. */
  at(offset: number): ReadonlySet<number> {
    const block = blockOf(this.#file, offset);
    if (block !== this.#block) this.#read(block);
    return this.#void.get(offset) ?? NONE;
  }

  close(): void {
    this.#cursor.close();
  }

  #read(block: number): void {
    const { parser } = this.#survey;
    const cursor = this.#cursor;
    const points: ValuePoint[] = [];
    while (this.#hasRecord && blockOf(this.#file, cursor.offset) <= block) {
      if (parser.parse(cursor.bytes, cursor.start, cursor.end)) {
        points.push(...this.#survey.pointsOf(this.#file, cursor.offset));
      }
      this.#hasRecord = cursor.next();
    }
    const kept = new Set(standing(points, this.#survey.rewinds));
    this.#block = block;
    this.#void = new Map();
    for (const point of points) {
      if (point.tag === undefined || kept.has(point)) continue;
      const values = this.#void.get(point.offset) ?? new Set();
      this.#void.set(point.offset, values.add(point.value));
    }
  }
}
