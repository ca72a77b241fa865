// The numbers of the tags of a file while it is read: columns, so that a value makes no garbage.

import type { EventParser } from "../../wire/event-parser.js";
import { ValueField } from "../../wire/event-fields.js";
import type { SummaryMetadata } from "../../wire/summary.js";
import type { ScalarRange, Step, TagSummary } from "./file-summary.js";

/** Places of a tag's numbers in its row. */
const COUNT = 0;
const BYTES = 1;
const FIRST_STEP = 2;
const LAST_STEP = 3;
const MIN_STEP = 4;
const MAX_STEP = 5;
const STEPS_BACK = 6;
const FIRST_TIME = 7;
const LAST_TIME = 8;
const SCALARS = 9;
const MIN = 10;
const MAX = 11;
const LAST = 12;
const NON_FINITE = 13;
const ROW = 14;

const STEP_PLACES = [FIRST_STEP, LAST_STEP, MIN_STEP, MAX_STEP];

/** The plugins that show values in old forms. */
const OLD_FORMS: Readonly<Record<number, string>> = {
  [ValueField.SIMPLE_VALUE]: "scalars",
  [ValueField.HISTO]: "histograms",
  [ValueField.IMAGE]: "images",
  [ValueField.AUDIO]: "audio",
};

/** Counts the values that one parser finds. */
export class TagTable {
  readonly #parser: EventParser;
  readonly #tags: string[] = [];
  readonly #dashboards: (string | undefined)[] = [];
  #rows = new Float64Array(16 * ROW);
  // The parser's number of a tag to ours.
  readonly #places: number[] = [];
  readonly #placeOf = new Map<string, number>();
  // Steps beyond 2^53, by their place in `#rows`.
  readonly #exact = new Map<number, bigint>();

  /** `known`: what was counted before. */
  constructor(parser: EventParser, known: readonly TagSummary[]) {
    this.#parser = parser;
    for (const summary of known) this.#restore(summary);
  }

  /** Adds value `i` of the event that the parser is at; `bytes`: what it takes. */
  add(i: number, bytes: number): void {
    const parser = this.#parser;
    const name = parser.tags[i]!;
    const tag = this.#places[name] ?? this.#placeFor(name, i);
    const at = tag * ROW;
    const rows = this.#rows;
    rows[at + BYTES]! += bytes;
    this.#addStep(at);
    const { wallTime } = parser;
    if (wallTime - wallTime === 0) {
      if (!(wallTime >= rows[at + FIRST_TIME]!)) rows[at + FIRST_TIME] = wallTime;
      if (!(wallTime <= rows[at + LAST_TIME]!)) rows[at + LAST_TIME] = wallTime;
    }
    if (parser.isScalar[i] === 1) this.#addNumber(at, parser.numbers[i]!);
    rows[at + COUNT]!++;
  }

  /** In the order of their first values. */
  summaries(): TagSummary[] {
    return this.#tags.map((tag, i) => {
      const at = i * ROW;
      const number = (place: number): number => this.#rows[at + place]!;
      return {
        tag,
        dashboard: this.#dashboards[i],
        count: number(COUNT),
        bytes: number(BYTES),
        firstStep: this.#step(at + FIRST_STEP),
        lastStep: this.#step(at + LAST_STEP),
        minStep: this.#step(at + MIN_STEP),
        maxStep: this.#step(at + MAX_STEP),
        stepsBack: number(STEPS_BACK),
        firstWallTime: number(FIRST_TIME),
        lastWallTime: number(LAST_TIME),
        scalar: this.#scalar(at),
      };
    });
  }

  #addStep(at: number): void {
    const rows = this.#rows;
    const { step } = this.#parser;
    if (this.#exact.size > 0 || !Number.isSafeInteger(step)) {
      this.#addExactStep(at);
      return;
    }
    if (rows[at + COUNT] === 0) {
      rows[at + FIRST_STEP] = rows[at + MIN_STEP] = rows[at + MAX_STEP] = step;
    } else {
      if (step < rows[at + LAST_STEP]!) rows[at + STEPS_BACK]!++;
      if (step < rows[at + MIN_STEP]!) rows[at + MIN_STEP] = step;
      if (step > rows[at + MAX_STEP]!) rows[at + MAX_STEP] = step;
    }
    rows[at + LAST_STEP] = step;
  }

  #addExactStep(at: number): void {
    const step = this.#parser.exactStep;
    if (this.#rows[at + COUNT] === 0) {
      for (const place of STEP_PLACES) this.#setStep(at + place, step);
      return;
    }
    if (step < this.#step(at + LAST_STEP)) this.#rows[at + STEPS_BACK]!++;
    if (step < this.#step(at + MIN_STEP)) this.#setStep(at + MIN_STEP, step);
    if (step > this.#step(at + MAX_STEP)) this.#setStep(at + MAX_STEP, step);
    this.#setStep(at + LAST_STEP, step);
  }

  #step(at: number): Step {
    return this.#exact.get(at) ?? this.#rows[at]!;
  }

  #setStep(at: number, step: Step): void {
    this.#rows[at] = Number(step);
    if (typeof step === "bigint") this.#exact.set(at, step);
    else this.#exact.delete(at);
  }

  #addNumber(at: number, number: number): void {
    const rows = this.#rows;
    rows[at + SCALARS]!++;
    rows[at + LAST] = number;
    if (number - number !== 0) {
      rows[at + NON_FINITE]!++;
      return;
    }
    // What is there first is NaN.
    if (!(number >= rows[at + MIN]!)) rows[at + MIN] = number;
    if (!(number <= rows[at + MAX]!)) rows[at + MAX] = number;
  }

  #scalar(at: number): ScalarRange | undefined {
    const count = this.#rows[at + SCALARS]!;
    if (count === 0) return undefined;
    const number = (place: number): number => this.#rows[at + place]!;
    return { count, min: number(MIN), max: number(MAX), last: number(LAST), nonFinite: number(NON_FINITE) };
  }

  #placeFor(name: number, i: number): number {
    const parser = this.#parser;
    const tag = parser.names[name]!;
    const known = this.#placeOf.get(tag);
    const metadata = parser.metadataList[parser.metadata[i]!];
    const place = known ?? this.#addTag(tag, dashboardOf(parser.forms[i]!, metadata));
    this.#places[name] = place;
    return place;
  }

  #addTag(tag: string, dashboard: string | undefined): number {
    const place = this.#tags.push(tag) - 1;
    this.#dashboards.push(dashboard);
    this.#placeOf.set(tag, place);
    const at = place * ROW;
    if (at === this.#rows.length) {
      const larger = new Float64Array(at * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    for (const time of [FIRST_TIME, LAST_TIME, MIN, MAX, LAST]) this.#rows[at + time] = NaN;
    return place;
  }

  #restore(summary: TagSummary): void {
    const at = this.#addTag(summary.tag, summary.dashboard) * ROW;
    this.#rows[at + COUNT] = summary.count;
    this.#rows[at + BYTES] = summary.bytes;
    this.#setStep(at + FIRST_STEP, summary.firstStep);
    this.#setStep(at + LAST_STEP, summary.lastStep);
    this.#setStep(at + MIN_STEP, summary.minStep);
    this.#setStep(at + MAX_STEP, summary.maxStep);
    this.#rows[at + STEPS_BACK] = summary.stepsBack;
    this.#rows[at + FIRST_TIME] = summary.firstWallTime;
    this.#rows[at + LAST_TIME] = summary.lastWallTime;
    if (summary.scalar === undefined) return;
    this.#rows[at + SCALARS] = summary.scalar.count;
    this.#rows[at + MIN] = summary.scalar.min;
    this.#rows[at + MAX] = summary.scalar.max;
    this.#rows[at + LAST] = summary.scalar.last;
    this.#rows[at + NON_FINITE] = summary.scalar.nonFinite;
  }
}

// As `formOf` of the same values (tag-forms.ts).
function dashboardOf(form: number, metadata: SummaryMetadata | undefined): string | undefined {
  if (metadata?.dataClass) return metadata.pluginName;
  return OLD_FORMS[form] ?? metadata?.pluginName;
}
