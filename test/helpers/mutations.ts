// Event files changed at random, in ways that know what a file is made of, and the property of all that read them.
import * as fc from "fast-check";
import { expect } from "vitest";
import { MemorySource } from "../../src/events/reading/byte-source.js";
import { readEvents } from "../../src/events/reading/read-events.js";
import { readScalarColumns } from "../../src/events/reading/scalar-columns.js";
import { encodeEvent, type Event } from "../../src/wire/event.js";
import { DataType } from "../../src/wire/tensor.js";
import { numberIn } from "../../src/wire/tensor-number.js";
import { formOf } from "../../src/events/tag-forms.js";
import { concat, frame, frameHeader } from "./bytes.js";
import { readAll, recordFile, type RecordFile } from "./records.js";

const plain = (step: number, ...tags: string[]): Uint8Array =>
  encodeEvent({
    wallTime: 1e9 + step,
    step,
    summary: tags.map((tag) => ({ tag, simpleValue: step / 8 })),
  });
const tensor = (step: number): Uint8Array =>
  encodeEvent({
    wallTime: 1e9 + step,
    step,
    summary: [
      {
        tag: "accuracy",
        metadata: { pluginName: "scalars", dataClass: 1 },
        tensor: { dtype: DataType.FLOAT, shape: [], floatVal: [0.5] },
      },
    ],
  });
const picture = encodeEvent({
  wallTime: 1e9,
  step: 2,
  summary: [
    {
      tag: "image",
      metadata: { pluginName: "images", dataClass: 3 },
      tensor: {
        dtype: DataType.STRING,
        shape: [3],
        stringVal: [Buffer.from("8"), Buffer.from("8"), Uint8Array.from({ length: 90 }, (_, i) => i * 7)],
      },
    },
  ],
});

/** A file with a version, scalars in both forms, several in one event, a picture and a START. */
export const whole: RecordFile = recordFile([
  encodeEvent({ wallTime: 1e9, fileVersion: "brain.Event:2" }),
  plain(1, "loss"),
  plain(2, "loss"),
  plain(3, "loss"),
  tensor(1),
  tensor(2),
  picture,
  plain(1, "a", "b", "c"),
  plain(2, "a", "b", "c"),
  plain(3, "a", "b", "c"),
  encodeEvent({ wallTime: 1e9, step: 3, sessionLog: { status: 1 } }),
  encodeEvent({ wallTime: 1e9 }),
  plain(4, "loss"),
]);

/** A file, and of each byte its place in `whole`; -1 for a byte that is none of its. */
class Mutated {
  bytes: Uint8Array = Uint8Array.from(whole.bytes);
  origins = Int32Array.from(whole.bytes, (_, i) => i);

  /** Puts bytes in the place of others. */
  replace(
    from: number,
    to: number,
    bytes: Uint8Array,
    origins = new Int32Array(bytes.length).fill(-1),
  ): void {
    this.bytes = concat(this.bytes.subarray(0, from), bytes, this.bytes.subarray(to));
    const all = new Int32Array(this.bytes.length);
    all.set(this.origins.subarray(0, from));
    all.set(origins, from);
    all.set(this.origins.subarray(to), from + origins.length);
    this.origins = all;
  }

  /** The records of `whole` that are there as they were. */
  survivors(): { offset: number; data: string }[] {
    const found: { offset: number; data: string }[] = [];
    for (const { offset, end, data } of whole.records) {
      for (let i = this.origins.indexOf(offset); i >= 0; i = this.origins.indexOf(offset, i + 1)) {
        let k = 0;
        while (k < end - offset && this.origins[i + k] === offset + k) k++;
        if (k === end - offset) found.push({ offset: i, data });
      }
    }
    return found.toSorted((a, b) => a.offset - b.offset);
  }
}

/** Where a mutation takes place: anywhere, or at the border of a record, which is where files break. */
type Place = (length: number) => number;
const place: fc.Arbitrary<Place> = fc.oneof(
  fc.nat(1_000_000).map(
    (at): Place =>
      (length) =>
        at % (length + 1),
  ),
  fc.tuple(fc.nat(whole.records.length - 1), fc.integer({ min: -13, max: 13 })).map(
    ([i, by]): Place =>
      (length) =>
        Math.min(length, Math.max(0, whole.records[i]!.offset + by)),
  ),
);
const size = fc.oneof(fc.nat(16), fc.nat(300));
const fewBytes = fc.uint8Array({ maxLength: 24 });

/** A change of a file. */
export type Mutation = (file: Mutated) => void;

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(([at, bit]): Mutation => (file) => {
    if (file.bytes.length === 0) return;
    const i = at(file.bytes.length - 1);
    file.replace(i, i + 1, Uint8Array.of(file.bytes[i]! ^ (1 << bit)));
  }),
  fc.tuple(place, fewBytes).map(([at, bytes]): Mutation => (file) => {
    const i = at(file.bytes.length);
    file.replace(i, Math.min(file.bytes.length, i + bytes.length), bytes);
  }),
  fc.tuple(place, fewBytes).map(([at, bytes]): Mutation => (file) => {
    const i = at(file.bytes.length);
    file.replace(i, i, bytes);
  }),
  fc.tuple(place, size).map(([at, length]): Mutation => (file) => {
    const i = at(file.bytes.length);
    file.replace(i, Math.min(file.bytes.length, i + length), new Uint8Array());
  }),
  fc.tuple(place, size).map(([at, length]): Mutation => (file) => {
    const i = at(file.bytes.length);
    const end = Math.min(file.bytes.length, i + length);
    file.replace(i, end, new Uint8Array(end - i));
  }),
  // A part of the file once more, elsewhere: what two writers of one file leave.
  fc.tuple(place, place, size).map(([at, from, length]): Mutation => (file) => {
    const i = at(file.bytes.length);
    const k = from(file.bytes.length);
    file.replace(i, i, file.bytes.slice(k, k + length), file.origins.slice(k, k + length));
  }),
  fc.tuple(place).map(([at]): Mutation => (file) => {
    file.replace(at(file.bytes.length), file.bytes.length, new Uint8Array());
  }),
  // A header with the right checksum and any length.
  fc
    .tuple(
      place,
      fc.oneof(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: 0n, max: 700n }),
        fc.constant(8n),
      ),
    )
    .map(([at, length]): Mutation => (file) => {
      const i = at(file.bytes.length);
      file.replace(i, i, frameHeader(length));
    }),
  // A whole record that is no Event, or a strange one.
  fc.tuple(place, fewBytes).map(([at, bytes]): Mutation => (file) => {
    const i = at(file.bytes.length);
    file.replace(i, i, frame(bytes));
  }),
);

/** Some mutations one after the other. */
export const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

/** `whole` after these mutations. */
export function mutated(changes: readonly Mutation[]): Uint8Array {
  const file = new Mutated();
  for (const change of changes) change(file);
  return file.bytes;
}

/**
 * Whatever was done to a file: nothing throws, each byte is a record's or damage, every record that is as it was is given, in order, and the
 * readers above give what is in them.
 */
export function checkReading(changes: readonly Mutation[]): void {
  const file = new Mutated();
  for (const change of changes) change(file);
  const { records } = readAll(file.bytes);
  const read = new Map(records.map(({ offset, data }) => [offset, data]));
  for (const { offset, data } of file.survivors()) {
    if (read.get(offset) !== data) expect({ offset, data: read.get(offset) }).toEqual({ offset, data });
  }
  const events = [...readEvents(new MemorySource("file", file.bytes), { onDamage: () => undefined })];
  const given = events.map(({ offset }) => offset);
  // What is missing is no Event.
  for (const { offset } of file.survivors()) {
    if (!given.includes(offset)) expect(given).toContain(offset);
  }
  const columns = readScalarColumns([new MemorySource("file", file.bytes)], {
    restarts: "all",
    onDamage: () => undefined,
  });
  expect(
    Object.fromEntries([...columns].map(([tag, { steps, values }]) => [tag, [...steps, ...values]])),
  ).toEqual(columnsIn(events.map(({ event }) => event)));
}

/** By tag, steps and then values of what is a scalar by the tag's first value. */
function columnsIn(events: readonly Event[]): Record<string, number[]> {
  const isOfScalars = new Map<string, boolean>();
  const steps = new Map<string, number[]>();
  const values = new Map<string, number[]>();
  for (const { step, summary = [] } of events) {
    for (const value of summary) {
      const number = value.simpleValue ?? (value.tensor && numberIn(value.tensor));
      const plugin = formOf(value)?.pluginName;
      if (!isOfScalars.has(value.tag)) {
        isOfScalars.set(value.tag, plugin === "scalars" || (plugin === undefined && number !== undefined));
      }
      if (!isOfScalars.get(value.tag) || number === undefined) continue;
      steps.set(value.tag, [...(steps.get(value.tag) ?? []), Number(step)]);
      values.set(value.tag, [...(values.get(value.tag) ?? []), number]);
    }
  }
  return Object.fromEntries([...steps].map(([tag, all]) => [tag, [...all, ...values.get(tag)!]]));
}
