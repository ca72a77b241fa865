// What has to be known of a run's files before the first of them can be copied.

import { EventField } from "../../wire/event-fields.js";
import { EventParser } from "../../wire/event-parser.js";
import type { SummaryMetadata, SummaryValue } from "../../wire/summary.js";
import { blockOf, Rewinds, type Point } from "../reading/restarts.js";
import type { RecordCursor } from "../reading/record-cursor.js";
import { OF_ONE_VALUE, typeOf } from "../verify/value-form.js";
import { inferMetadata } from "./infer-metadata.js";
import { RecordPlaces } from "./record-places.js";

/** What is known of a tag. */
export interface TagSurvey {
  /** The first metadata in the run that say what the tag is, and where they stand. */
  metadata: SummaryMetadata | undefined;
  file: number;
  path: string;
  offset: number;
  /** What it is by its first value, where none say so. */
  inferred: SummaryMetadata | undefined;
}

/** Goes through the events of a run in their order, before they are copied. Its memory grows with the tags and with the restarts. */
export class RunSurvey {
  /** Of both passes, so that a tag has one number. */
  readonly parser = new EventParser();
  readonly rewinds = new Rewinds();
  readonly places = new RecordPlaces();
  /** Of each file the first wall time that is a time. */
  readonly firstTimes = new Map<string, number>();
  readonly #findsVoid: boolean;
  // By the number of a tag.
  readonly #tags: (TagSurvey | undefined)[] = [];
  #hasSeenStart = false;

  /** `findsVoid`: whether `rewinds` are to be known. */
  constructor(findsVoid: boolean) {
    this.#findsVoid = findsVoid;
  }

  /** Takes the next record of file number `file`; one that is no event is passed over. */
  add(cursor: RecordCursor, file: number): void {
    const { parser } = this;
    if (!parser.parse(cursor.bytes, cursor.start, cursor.end)) return;
    const time = parser.wallTime;
    if (Number.isFinite(time) && !this.firstTimes.has(cursor.path)) this.firstTimes.set(cursor.path, time);
    if (parser.what === EventField.SUMMARY) this.#addTags(cursor, file);
    if (parser.what === EventField.FILE_VERSION) this.places.take(parser.event());
    if (!this.#findsVoid) return;
    for (const { tag, step, block } of this.pointsOf(file, cursor.offset)) this.rewinds.add(tag, step, block);
  }

  /** What is known of the tag with this number. */
  tag(number: number): TagSurvey | undefined {
    return this.#tags[number];
  }

  /**
   * The values of the event that the parser has parsed, with their places in it, and what makes others void. By both loaders' rules: a value its tag's
   * later steps, each START but the run's first those of all tags.
   */
  pointsOf(file: number, offset: number): ValuePoint[] {
    const block = blockOf(file, offset);
    const { what, count, tags, names, exactStep: step } = this.parser;
    if (this.parser.isStart) {
      if (this.#hasSeenStart) return [{ tag: undefined, step, block, offset, value: -1 }];
      this.#hasSeenStart = true;
    }
    if (what !== EventField.SUMMARY) return [];
    const points: ValuePoint[] = [];
    for (let value = 0; value < count; value++) {
      const number = tags[value]!;
      const known = this.#tags[number];
      const plugin = (known?.metadata ?? known?.inferred)?.pluginName ?? "";
      if (!OF_ONE_VALUE.includes(plugin)) points.push({ tag: names[number]!, step, block, offset, value });
    }
    return points;
  }

  /** The next event is the first of the run again. */
  startAgain(): void {
    this.#hasSeenStart = false;
  }

  #addTags(cursor: RecordCursor, file: number): void {
    const { parser } = this;
    for (let i = 0; i < parser.count; i++) {
      const number = parser.tags[i]!;
      const known = this.#tags[number];
      // Nearly always there is nothing more to be known.
      if (known !== undefined && (parser.metadata[i]! < 0 || known.metadata !== undefined)) continue;
      const value = this.#valueAt(i);
      if (value !== undefined) this.#addTag(number, value, file, cursor);
    }
  }

  #addTag(number: number, value: SummaryValue, file: number, { path, offset }: RecordCursor): void {
    const says = value.metadata !== undefined && typeOf(value).dataClass !== 0;
    const metadata = says ? value.metadata : undefined;
    const known = this.#tags[number];
    if (known === undefined) {
      const inferred = value.metadata === undefined ? inferMetadata(value) : undefined;
      this.#tags[number] = { metadata, file, path, offset, inferred };
    } else if (metadata !== undefined) {
      Object.assign(known, { metadata, file, path, offset });
    }
  }

  #valueAt(i: number): SummaryValue | undefined {
    try {
      return this.parser.event().summary?.[i];
    } catch {
      return undefined;
    }
  }
}

/** A point with its place: its record's in the file, and its value's in the event; -1 for a START. */
export interface ValuePoint extends Point {
  readonly offset: number;
  readonly value: number;
}
