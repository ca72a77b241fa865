// What a run's events have to be beyond whole: steps that rise, and values that the loaders can show under their tags.

import { isVoiding, SessionStatus, type Event } from "../../wire/event.js";
import { EventField, ValueField } from "../../wire/event-fields.js";
import type { EventParser } from "../../wire/event-parser.js";
import { DataClass, type SummaryValue } from "../../wire/summary.js";
import { effectsOf, type Defect, type DefectCode, type Effects } from "./defect.js";
import { hasText, misfitOf, OF_ONE_VALUE, typeOf, type TagType } from "./value-form.js";

const FIRST_TAGS = 64;

/** Where something is. */
interface Place {
  readonly path: string;
  readonly offset: number;
}

/** A defect of a tag, told once for all its places. */
interface TagDefect {
  readonly code: DefectCode;
  readonly tag: string;
  readonly place: Place;
  readonly step: number;
  /** The step before, of steps that go back. */
  readonly from: number;
  readonly effects: Effects;
  count: number;
}

/** Goes through the events of a run in the order of its files. Its memory grows with the tags only. */
export class TagChecks {
  readonly #run: string;
  readonly #parser: EventParser;
  readonly #defects = new Map<string, TagDefect>();
  // By the number of a tag: its last step, whether that is only a bound for it, and whether its plain scalars need no more than that.
  #lastStep = new Float64Array(FIRST_TAGS).fill(-Infinity);
  #isBound = new Uint8Array(FIRST_TAGS);
  #isPlain = new Uint8Array(FIRST_TAGS);
  readonly #types = new Map<number, TagType>();
  // Tags whose first value said nothing of them, and of these the ones of which a later one did.
  readonly #unknown = new Set<number>();
  readonly #saidLater = new Set<number>();
  #hasSeenStart = false;
  // Whether there were points since the last START that made some void.
  #hasNew = false;
  /** Whether the run has said which version of the format it is in, and whether that is told if it has not. */
  hasVersion = false;
  isVersionMissed = false;

  /** `parser`: the one whose events are given to `check`. */
  constructor(run: string, parser: EventParser) {
    this.#run = run;
    this.#parser = parser;
  }

  /** The event that the parser has parsed, of the record at `offset` of `path`. Throws the codec's error when it is none after all. */
  check(path: string, offset: number): void {
    const parser = this.#parser;
    if (parser.what === EventField.SUMMARY) {
      if (!this.#checkPlain(path, offset)) this.#checkAny(parser.event(), path, offset);
    } else {
      this.#checkOther(parser.event());
    }
  }

  // Plain scalars of known tags, of which there are millions.
  #checkPlain(path: string, offset: number): boolean {
    const { tags, forms, metadata, count, step } = this.#parser;
    for (let i = 0; i < count; i++) {
      if (forms[i] !== ValueField.SIMPLE_VALUE || metadata[i]! >= 0 || !this.#isPlain[tags[i]!]) return false;
    }
    for (let i = 0; i < count; i++) this.#checkStep(tags[i]!, step, path, offset);
    return true;
  }

  /** Whether a scalar without metadata is one that the tag with this number may have. */
  isPlain(tag: number): boolean {
    return this.#isPlain[tag] === 1;
  }

  /** A plain scalar of such a tag, in the record at `offset` of `path`. */
  checkScalar(tag: number, step: number, path: string, offset: number): void {
    if (step > this.#lastStep[tag]!) {
      this.#lastStep[tag] = step;
      this.#isBound[tag] = 0;
      this.#hasNew = true;
    } else this.#checkStep(tag, step, path, offset);
  }

  #checkStep(tag: number, step: number, path: string, offset: number): void {
    const last = this.#lastStep[tag]!;
    const isBound = this.#isBound[tag] === 1;
    this.#lastStep[tag] = step;
    this.#isBound[tag] = 0;
    this.#hasNew = true;
    if (step > last) return;
    const type = this.#types.get(tag);
    if (type !== undefined && OF_ONE_VALUE.includes(type.plugin)) return;
    // Where a START was, points below it stay, and the last of these is not known any more.
    if (isBound) return;
    // Beyond that, different steps are the same number.
    if (step === last && Math.abs(step) > Number.MAX_SAFE_INTEGER) return;
    const code = step < last ? "STEPS_GO_BACK" : "REPEATED_STEPS";
    // Of a run without a version the Python loader does as the other one.
    const effects: Effects =
      code === "STEPS_GO_BACK" && !this.hasVersion
        ? { rust: "replaced", python: "replaced" }
        : effectsOf(code);
    this.#add(code, tag, { path, offset }, step, last, effects);
  }

  #checkAny(event: Event, path: string, offset: number): void {
    // It shows nothing itself, and a START is behind it.
    if (isVoiding(event)) return;
    const { tags, step } = this.#parser;
    const place = { path, offset };
    for (const [i, value] of event.summary!.entries()) {
      const tag = tags[i]!;
      this.#makeRoom(tag);
      const type = this.#types.get(tag) ?? this.#firstOf(tag, value, place, step);
      if (this.#unknown.has(tag) && value.metadata !== undefined && typeOf(value).dataClass !== 0) {
        this.#saidLater.add(tag);
      }
      this.#checkStep(tag, step, path, offset);
      const misfit = misfitOf(value, type);
      if (misfit !== undefined) this.#add(misfit, tag, place, step, 0, effectsOf(misfit));
      if (type.plugin === "text" && !hasText(value))
        this.#add("BAD_TEXT", tag, place, step, 0, effectsOf("BAD_TEXT"));
    }
  }

  #firstOf(tag: number, value: SummaryValue, place: Place, step: number): TagType {
    const type = typeOf(value);
    this.#types.set(tag, type);
    if (type.dataClass === DataClass.SCALAR) this.#isPlain[tag] = 1;
    if (type.dataClass === DataClass.UNKNOWN) {
      this.#unknown.add(tag);
      this.#add("NO_METADATA", tag, place, step, 0, effectsOf("NO_METADATA"));
    }
    return type;
  }

  #checkOther(event: Event): void {
    if (event.fileVersion !== undefined) this.hasVersion = true;
    if (event.sessionLog?.status !== SessionStatus.START) return;
    // The Python loader's rule: the first START of a run makes nothing void.
    if (!this.#hasSeenStart) {
      this.#hasSeenStart = true;
      return;
    }
    const step = Number(event.step);
    if (!this.#hasNew) return;
    this.#hasNew = false;
    for (let tag = 0; tag < this.#lastStep.length; tag++) {
      if (this.#lastStep[tag]! < step) continue;
      this.#lastStep[tag] = step - 1;
      this.#isBound[tag] = 1;
    }
  }

  #add(code: DefectCode, tag: number, place: Place, step: number, from: number, effects: Effects): void {
    const key = `${code} ${tag}`;
    const known = this.#defects.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    this.#defects.set(key, { code, tag: this.#parser.names[tag]!, place, step, from, effects, count: 1 });
  }

  /** What was found, in the order of the first places. */
  *defects(): IterableIterator<Defect> {
    for (const [key, { code, tag, place, step, from, effects, count }] of this.#defects) {
      const isSaidLater = code === "NO_METADATA" && this.#saidLater.has(Number(key.split(" ")[1]));
      yield {
        ...{ code, run: this.#run, ...place, ...(count > 1 && { count }), tag, step },
        message: messageOf(code, JSON.stringify(tag), step, from, count),
        ...effects,
        ...(isSaidLater && { python: "none" }),
      };
    }
  }

  #makeRoom(tag: number): void {
    const size = this.#lastStep.length;
    if (tag < size) return;
    const larger = Math.max(tag + 1, size * 2);
    const steps = new Float64Array(larger).fill(-Infinity);
    steps.set(this.#lastStep);
    this.#lastStep = steps;
    this.#isBound = grown(this.#isBound, larger);
    this.#isPlain = grown(this.#isPlain, larger);
  }
}

function grown(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}

function messageOf(code: DefectCode, tag: string, step: number, from: number, count: number): string {
  const times = count === 1 ? "" : `${count.toLocaleString("en")} times, first `;
  switch (code) {
    case "STEPS_GO_BACK":
      return `the steps of ${tag} go back ${times}from ${from} to ${step}, and no START says so`;
    case "REPEATED_STEPS":
      return `${tag} has another value at a step it had already, ${times}at step ${step}`;
    case "NO_METADATA":
      return `the first value of ${tag} does not say which dashboard it is for`;
    case "WRONG_FORM":
      return `a value of ${tag} has a type or shape that its dashboard does not take, ${times}at step ${step}`;
    case "TWO_TYPES":
      return `a value of ${tag} is for another dashboard than its first one, ${times}at step ${step}`;
    default:
      return `a text of ${tag} is no UTF-8, ${times}at step ${step}`;
  }
}
