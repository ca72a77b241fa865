// Runs that are damaged in one way each: what is wrong, what TensorBoard's two loaders show of them, and what after the repair.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DefectCode, Effect, Effects } from "../../src/events/verify/defect.js";
import { encodeEvent } from "../../src/wire/event.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { concat, frame, frameHeader } from "./bytes.js";
import { eachTag, eventAt, headAt, recordOf, recordsAt, START_S, type ShownSteps } from "./shown-points.js";
import type { Loader } from "./tensorboard.js";

/** A run with one thing wrong. */
export interface DamagedRun {
  /** In the words of docs/damage.md. */
  readonly name: string;
  /** The code of what is wrong; where that has several, the first one. */
  readonly code: DefectCode;
  /** What it means to each loader, by the rule of `verify`. */
  readonly effects: Effects;
  /** Its files by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** What each loader shows; `undefined`: it does not list the run. */
  readonly before: Readonly<Record<Loader, ShownSteps | undefined>>;
  /** What both show after the repair, with what is void left out; `undefined`: nothing is left; `"as before"`: a repair does not change values. */
  readonly after: ShownSteps | "as before" | undefined;
  /** The loaders that end at it, for all runs, with what they write then. */
  readonly fatal?: Readonly<Partial<Record<Loader, RegExp>>>;
}

/** How the thread ends that reads for the Python loader. */
const THREAD_ENDS = /Exception in thread Reloader/;

const FIRST = "events.out.tfevents.1700000000.box.1.0";
const SECOND = "events.out.tfevents.1700000100.box.2.0";

/** Steps 0 to 7 of every tag, and where `rate` of step 4 stands, which most kinds of damage hit. */
const WHOLE = recordsAt(0, 7);
const HIT = WHOLE.at("rate", 4);
const BEFORE_HIT = eachTag("0-3", { loss: "0-4", plain: "0-4" });
const ALL = eachTag("0-7");
const ALL_BUT_HIT = eachTag("0-7", { rate: "0-3 5-7" });

function loaders(rust: Effect, python: Effect): Effects {
  return { rust, python };
}

function both(shown: ShownSteps | undefined): DamagedRun["before"] {
  return { rust: shown, python: shown };
}

/** The file with these bytes in the place of records `from` to `to`. */
function withBytes(from: number, to: number, ...bytes: readonly Uint8Array[]): Record<string, Uint8Array> {
  return { [FIRST]: concat(...WHOLE.all.slice(0, from), ...bytes, ...WHOLE.all.slice(to)) };
}

/** The file with record `place` changed. */
function withRecord(place: number, change: (record: Uint8Array) => Uint8Array): Record<string, Uint8Array> {
  return withBytes(place, place + 1, change(Uint8Array.from(WHOLE.all[place]!)));
}

function flipped(byte: number): (record: Uint8Array) => Uint8Array {
  return (record) => record.with(byte < 0 ? record.length + byte : byte, record.at(byte)! ^ 0x10);
}

function cut(length: number): (record: Uint8Array) => Uint8Array {
  return (record) => record.slice(0, length);
}

function zeroed(from: number, to: number): (record: Uint8Array) => Uint8Array {
  return (record) => record.fill(0, from, to);
}

/** Bytes that look like nothing, the same ones each time. */
export function garbage(length: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
}

const LAST = WHOLE.all.length - 1;
const ALL_BUT_LAST = eachTag("0-7", { note: "0-6" });

/** An event whose tag has a byte that is in no UTF-8. */
function withBrokenTag(): Uint8Array {
  const data = encodeEvent(eventAt("plain", 4));
  return data.with(data.indexOf(0x70), 0xff);
}

/** Bytes of a file that are no event. */
const BYTES: readonly DamagedRun[] = [
  {
    ...{ name: "the last record is torn", code: "TORN_TAIL", effects: loaders("place", "place") },
    files: withRecord(LAST, cut(20)),
    ...{ before: both(ALL_BUT_LAST), after: ALL_BUT_LAST },
  },
  {
    ...{ name: "zeros at the end", code: "ZEROS", effects: loaders("place", "place") },
    files: withBytes(LAST, LAST + 1, new Uint8Array(4096)),
    ...{ before: both(ALL_BUT_LAST), after: ALL_BUT_LAST },
  },
  {
    ...{ name: "a hole of zeros between records", code: "ZEROS", effects: loaders("rest", "rest") },
    files: withRecord(HIT, zeroed(0, 999)),
    ...{ before: both(BEFORE_HIT), after: ALL_BUT_HIT },
  },
  {
    ...{ name: "a hole of zeros that begins in a record", code: "ZEROS", effects: loaders("rest", "rest") },
    files: withBytes(HIT, HIT + 3, WHOLE.all[HIT]!.slice(0, 20), new Uint8Array(512)),
    before: both(BEFORE_HIT),
    after: eachTag("0-7", { rate: "0-3 5-7", weights: "0-3 5-7", picture: "0-3 5-7" }),
  },
  {
    ...{ name: "a bit of a length is flipped", code: "BAD_LENGTH_CRC", effects: loaders("rest", "rest") },
    files: withRecord(HIT, flipped(0)),
    ...{ before: both(BEFORE_HIT), after: ALL_BUT_HIT },
  },
  {
    ...{
      name: "a bit of a length's checksum is flipped",
      code: "BAD_LENGTH_CRC",
      effects: loaders("rest", "rest"),
    },
    files: withRecord(HIT, flipped(9)),
    ...{ before: both(BEFORE_HIT), after: ALL_BUT_HIT },
  },
  {
    ...{ name: "a record that claims 2^62 bytes", code: "RECORD_TOO_LARGE", effects: loaders("all", "all") },
    files: withBytes(HIT, HIT, frameHeader(2n ** 62n)),
    ...{ before: { rust: undefined, python: BEFORE_HIT }, after: ALL },
    fatal: { rust: /memory allocation of \d+ bytes failed/, python: THREAD_ENDS },
  },
  {
    ...{ name: "a bit of a value is flipped", code: "BAD_DATA_CRC", effects: loaders("wrong", "rest") },
    files: withRecord(HIT, flipped(-6)),
    before: { rust: eachTag("0-7", { rate: "0-3 4! 5-7" }), python: BEFORE_HIT },
    after: ALL_BUT_HIT,
  },
  {
    ...{ name: "a byte of the message is changed", code: "BAD_DATA_CRC", effects: loaders("rest", "rest") },
    files: withRecord(HIT, flipped(21)),
    ...{ before: both(BEFORE_HIT), after: ALL_BUT_HIT },
  },
  {
    ...{
      name: "a bit of the data's checksum is flipped",
      code: "BAD_DATA_CRC",
      effects: loaders("wrong", "rest"),
    },
    files: withRecord(HIT, flipped(-2)),
    before: { rust: ALL, python: BEFORE_HIT },
    after: ALL_BUT_HIT,
  },
  {
    ...{ name: "a record that is no Event", code: "BAD_EVENT", effects: loaders("rest", "all") },
    files: withBytes(HIT, HIT, frame(garbage(30))),
    fatal: { python: THREAD_ENDS },
    before: both(BEFORE_HIT),
    after: ALL,
  },
  {
    ...{ name: "a tag that is no UTF-8", code: "BAD_EVENT", effects: loaders("rest", "all") },
    files: withBytes(HIT, HIT, frame(withBrokenTag())),
    fatal: { python: THREAD_ENDS },
    before: both(BEFORE_HIT),
    after: ALL,
  },
  {
    ...{ name: "garbage between records", code: "BAD_LENGTH_CRC", effects: loaders("rest", "rest") },
    files: withBytes(HIT, HIT, garbage(100)),
    ...{ before: both(BEFORE_HIT), after: ALL },
  },
  {
    ...{ name: "bytes are missing", code: "BAD_DATA_CRC", effects: loaders("rest", "rest") },
    files: withBytes(HIT, HIT + 2, WHOLE.all[HIT]!.slice(0, 30), WHOLE.all[HIT + 1]!.slice(40)),
    before: both(BEFORE_HIT),
    after: eachTag("0-7", { rate: "0-3 5-7", weights: "0-3 5-7" }),
  },
  {
    ...{ name: "records are appended to a torn one", code: "BAD_DATA_CRC", effects: loaders("rest", "rest") },
    files: withRecord(HIT, cut(30)),
    ...{ before: both(BEFORE_HIT), after: ALL_BUT_HIT },
  },
  {
    ...{ name: "the first record is destroyed", code: "BAD_LENGTH_CRC", effects: loaders("rest", "rest") },
    files: withRecord(0, flipped(0)),
    ...{ before: { rust: undefined, python: {} }, after: ALL },
  },
  {
    ...{
      name: "the first records are destroyed, metadata among them",
      code: "ZEROS",
      effects: loaders("rest", "rest"),
    },
    files: withBytes(0, 7, new Uint8Array(1024)),
    ...{ before: { rust: undefined, python: {} }, after: eachTag("1-7") },
  },
  {
    ...{
      name: "the same, where another file of the run has the metadata",
      code: "ZEROS",
      effects: loaders("rest", "rest"),
    },
    files: { ...withBytes(0, 7, new Uint8Array(1024)), [SECOND]: concat(...recordsAt(8, 9).all) },
    ...{ before: both(eachTag("8-9")), after: eachTag("1-9") },
  },
  {
    ...{ name: "an empty file", code: "NO_EVENTS", effects: loaders("run", "empty") },
    files: { [FIRST]: new Uint8Array() },
    ...{ before: { rust: undefined, python: {} }, after: undefined },
  },
  {
    ...{ name: "a file of something else", code: "NO_EVENTS", effects: loaders("run", "empty") },
    files: { "mine.tfevents.gz": garbage(3000) },
    ...{ before: { rust: undefined, python: {} }, after: undefined },
  },
];

/** An event whose wall time is no time, in the place of `rate` at step 4. */
function wallTime(time: number): Record<string, Uint8Array> {
  return withBytes(HIT, HIT + 1, recordOf({ ...eventAt("rate", 4), wallTime: time }));
}

/** A file of `loss` and `note` at these steps. */
function stepsOf(file: string, ...steps: readonly number[]): Record<string, Uint8Array> {
  const records = steps.flatMap((step, i) => [
    recordOf(eventAt("loss", step, i === 0)),
    recordOf(eventAt("note", step, i === 0)),
  ]);
  return { [file]: concat(recordOf(headAt(steps[0])), ...records) };
}

function lossAndNote(steps: string): ShownSteps {
  return { loss: steps, note: steps };
}

function startAt(step: number): Uint8Array {
  return recordOf({ wallTime: START_S + step, step, sessionLog: { status: 1 } });
}

/** Whole events that a loader does not show as they were logged. */
const EVENTS: readonly DamagedRun[] = [
  {
    ...{ name: "a wall time that is NaN", code: "BAD_WALL_TIME", effects: loaders("rest", "none") },
    files: wallTime(Number.NaN),
    ...{ before: { rust: BEFORE_HIT, python: ALL }, after: ALL },
  },
  {
    ...{ name: "an infinite wall time", code: "BAD_WALL_TIME", effects: loaders("place", "none") },
    files: wallTime(Infinity),
    ...{ before: { rust: ALL_BUT_HIT, python: ALL }, after: ALL },
  },
  {
    ...{
      name: "steps that go back within a file",
      code: "STEPS_GO_BACK",
      effects: loaders("replaced", "zigzag"),
    },
    files: stepsOf(FIRST, 0, 1, 2, 3, 2, 3, 4),
    before: { rust: lossAndNote("0-4"), python: lossAndNote("0-3 2-4") },
    after: lossAndNote("0-4"),
  },
  {
    ...{
      name: "steps that go back from one file to the next",
      code: "STEPS_GO_BACK",
      effects: loaders("replaced", "zigzag"),
    },
    files: { ...stepsOf(FIRST, 0, 1, 2, 3), ...stepsOf(SECOND, 2, 3, 4) },
    before: { rust: lossAndNote("0-4"), python: lossAndNote("0-3 2-4") },
    after: lossAndNote("0-4"),
  },
  {
    ...{
      name: "the same behind a START, the first one of the run",
      code: "STEPS_GO_BACK",
      effects: loaders("replaced", "zigzag"),
    },
    files: {
      ...stepsOf(FIRST, 0, 1, 2, 3),
      [SECOND]: concat(startAt(2), ...Object.values(stepsOf(SECOND, 2, 3, 4))),
    },
    before: { rust: lossAndNote("0-4"), python: lossAndNote("0-3 2-4") },
    after: lossAndNote("0-4"),
  },
  {
    ...{ name: "a step several times", code: "REPEATED_STEPS", effects: loaders("replaced", "none") },
    files: stepsOf(FIRST, 0, 0, 0),
    before: { rust: lossAndNote("0"), python: lossAndNote("0 0 0") },
    after: lossAndNote("0"),
  },
];

/** The file with values of another form for `rate`, at all steps or at one. */
function ratesAs(change: (step: number) => Partial<SummaryValue>, step?: number): Record<string, Uint8Array> {
  const records = [...WHOLE.all];
  for (const each of step === undefined ? [0, 1, 2, 3, 4, 5, 6, 7] : [step]) {
    const event = eventAt("rate", each, each === 0);
    records[WHOLE.at("rate", each)] = recordOf({
      ...event,
      summary: [{ ...event.summary![0]!, ...change(each) }],
    });
  }
  return { [FIRST]: concat(...records) };
}

/** The file without metadata of `picture`. */
function undescribed(first: number, last: number): Uint8Array {
  const records = [...recordsAt(first, last).all];
  const place = recordsAt(first, last).at("picture", first);
  records[place] = recordOf(eventAt("picture", first));
  return concat(...records);
}

function double(step: number): Partial<SummaryValue> {
  return { tensor: { dtype: 2, shape: [], doubleVal: [1 + step / 8] } };
}

const NO_UTF8 = Uint8Array.of(0x66, 0xfc, 0x72);

/** Values that a loader cannot show. */
const VALUES: readonly DamagedRun[] = [
  {
    ...{ name: "scalars of 64 bits", code: "WRONG_FORM", effects: loaders("place", "none") },
    files: ratesAs(double),
    ...{ before: { rust: eachTag("0-7", { rate: "" }), python: ALL }, after: "as before" },
  },
  {
    ...{ name: "a scalar with a dimension", code: "WRONG_FORM", effects: loaders("place", "none") },
    files: ratesAs(() => ({ tensor: { dtype: 1, shape: [1], floatVal: [1.5] } }), 4),
    ...{ before: { rust: ALL_BUT_HIT, python: ALL }, after: "as before" },
  },
  {
    ...{ name: "a text under the tag of a scalar", code: "TWO_TYPES", effects: loaders("place", "wrong") },
    files: ratesAs(() => ({ tensor: { dtype: 7, shape: [], stringVal: [NO_UTF8.subarray(0, 1)] } }), 4),
    before: { rust: ALL_BUT_HIT, python: eachTag("0-7", { rate: "0-3 4! 5-7" }) },
    after: "as before",
  },
  {
    ...{ name: "a tag without metadata", code: "NO_METADATA", effects: loaders("tag", "tag") },
    files: { [FIRST]: undescribed(0, 7) },
    ...{ before: both(eachTag("0-7", { picture: "" })), after: ALL },
  },
  {
    ...{
      name: "a tag whose metadata come in a later file",
      code: "NO_METADATA",
      effects: loaders("tag", "none"),
    },
    files: { [FIRST]: undescribed(0, 4), [SECOND]: concat(...recordsAt(5, 7).all) },
    ...{ before: { rust: eachTag("0-7", { picture: "" }), python: ALL }, after: ALL },
  },
  {
    ...{ name: "a text that is no UTF-8", code: "BAD_TEXT", effects: loaders("tag", "tag") },
    files: withBytes(
      WHOLE.at("note", 4),
      WHOLE.at("note", 4) + 1,
      recordOf({
        ...{ wallTime: START_S + 4, step: 4 },
        summary: [{ tag: "note", tensor: { dtype: 7, shape: [], stringVal: [NO_UTF8] } }],
      }),
    ),
    before: both(eachTag("0-7", { note: "" })),
    after: eachTag("0-7", { note: "0-3 5-7" }),
  },
];

/** All of them. */
export const DAMAGED_RUNS: readonly DamagedRun[] = [...BYTES, ...EVENTS, ...VALUES];

/** Writes the runs below `logdir`, each in a directory of its name. */
export function writeRuns(logdir: string, runs: readonly DamagedRun[]): void {
  for (const { name, files } of runs) {
    mkdirSync(join(logdir, name), { recursive: true });
    for (const [file, bytes] of Object.entries(files)) writeFileSync(join(logdir, name, file), bytes);
  }
}
