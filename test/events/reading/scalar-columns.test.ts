// Scalars in columns: every point, in both views of a run that was restarted, and of the wanted tags alone.
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { CorruptFileError } from "../../../src/errors.js";
import { MemorySource } from "../../../src/events/reading/byte-source.js";
import { readScalarColumns, type ReadScalarsOptions } from "../../../src/events/reading/scalar-columns.js";
import { encodeEvent, type Event } from "../../../src/wire/event.js";
import { DataType } from "../../../src/wire/tensor.js";
import { concat, frame } from "../../helpers/bytes.js";
import { byRustRule } from "../../helpers/loader-rules.js";

const memory = (events: readonly Event[], ...more: Uint8Array[]): MemorySource =>
  new MemorySource("file", concat(...events.map((event) => frame(encodeEvent(event))), ...more));

const scalar = (step: number | bigint, simpleValue: number, tag = "loss", wallTime = 1): Event => ({
  wallTime,
  step,
  summary: [{ tag, simpleValue }],
});

function read(files: readonly MemorySource[], options: ReadScalarsOptions = {}): object {
  const columns = readScalarColumns(files, options);
  return Object.fromEntries(
    [...columns].map(([tag, { steps, wallTimes, values }]) => [
      tag,
      [...steps].map((step, i) => [step, values[i], wallTimes[i]]),
    ]),
  );
}

describe("scalars in columns", () => {
  it("has every point of each tag, in order, of several files", () => {
    const first = memory([scalar(1, 0.5), scalar(2, Number.NaN, "lr", 3), scalar(2, -Infinity, "loss", 2.5)]);
    const second = memory([scalar(3, 7, "loss", 4)]);
    expect(read([first, second])).toEqual({
      loss: [
        [1, 0.5, 1],
        [2, -Infinity, 2.5],
        [3, 7, 4],
      ],
      lr: [[2, Number.NaN, 3]],
    });
    expect(read([])).toEqual({});
  });

  it("has 100,000 points, and nothing behind them", () => {
    const records = Array.from({ length: 100_000 }, (_, i) => frame(encodeEvent(scalar(i, i % 1000))));
    const file = new MemorySource("file", Buffer.concat(records));
    const { steps, values, wallTimes } = readScalarColumns([file]).get("loss")!;
    expect([steps.length, values.length, wallTimes.length]).toEqual([100_000, 100_000, 100_000]);
    expect(steps.every((step, i) => step === i && values[i] === i % 1000)).toBe(true);
  });

  it("reads tensors of one element, of any real type, as TensorBoard and TensorFlow write them", () => {
    const metadata = { pluginName: "scalars", dataClass: 1 };
    const event = (step: number, tensor: object): Event => ({
      wallTime: 1,
      step,
      summary: [{ tag: "loss", metadata, tensor: { dtype: 0, shape: [], ...tensor } }],
    });
    const float = { dtype: DataType.FLOAT, floatVal: [0.5] };
    const double = { dtype: DataType.DOUBLE, doubleVal: [0.1] };
    const long = { dtype: DataType.INT64, int64Val: [7] };
    expect(read([memory([event(1, float), event(2, double), event(3, long), scalar(4, 2)])])).toEqual({
      loss: [
        [1, 0.5, 1],
        [2, 0.1, 1],
        [3, 7, 1],
        [4, 2, 1],
      ],
    });
  });

  it("leaves out tags of other dashboards, by their first value", () => {
    const metadata = { pluginName: "text", dataClass: 2 };
    const text = { dtype: DataType.STRING, shape: [], stringVal: [Buffer.from("a")] };
    const first: Event = { wallTime: 1, step: 0, summary: [{ tag: "note", metadata, tensor: text }] };
    expect(read([memory([first, scalar(1, 1, "note"), scalar(1, 1)])])).toEqual({ loss: [[1, 1, 1]] });
  });

  it("asks once for each tag whether it is wanted, and reads no other", () => {
    const tags = vi.fn((tag: string) => tag === "loss");
    const events = [scalar(1, 1), scalar(1, 2, "lr"), scalar(2, 3), scalar(2, 4, "lr")];
    expect(read([memory(events), memory(events)], { tags, restarts: "all" })).toEqual({
      loss: [
        [1, 1, 1],
        [2, 3, 1],
        [1, 1, 1],
        [2, 3, 1],
      ],
    });
    expect(tags.mock.calls).toEqual([["loss"], ["lr"]]);
  });

  it("rounds steps beyond 2^53 and reads negative ones", () => {
    const events = [scalar(-3, 1), scalar(2n ** 62n + 1n, 2)];
    expect(read([memory(events)])).toEqual({
      loss: [
        [-3, 1, 1],
        [2 ** 62, 2, 1],
      ],
    });
  });

  it("shows of a run that went back what the data server shows, or all of it", () => {
    const step = fc.oneof(fc.integer({ min: -2, max: 9 }), fc.integer({ min: 0, max: 300 }));
    const event = fc.tuple(fc.constantFrom("loss", "lr", "x"), step, fc.integer({ min: 0, max: 99 }));
    fc.assert(
      fc.property(fc.array(fc.array(event)), (files) => {
        const events = files.map((file) => file.map(([tag, at, value]) => scalar(at, value, tag)));
        const sources = events.map((file) => memory(file));
        const shown = Object.entries(byRustRule(events)).map(([tag, points]) => [
          tag,
          points.map(({ step: at, value }) => [at, value, 1]),
        ]);
        expect(read(sources)).toEqual(Object.fromEntries(shown));
        const all: Record<string, number[][]> = {};
        for (const [tag, at, value] of files.flat()) (all[tag] ??= []).push([at, value, 1]);
        expect(read(sources, { restarts: "all" })).toEqual(all);
      }),
    );
  });

  it("throws for damage, but for a torn tail, unless somebody is told of it", () => {
    const events = [scalar(1, 1), scalar(2, 2), scalar(3, 3)];
    const torn = memory(events);
    torn.bytes = torn.bytes.subarray(0, -1);
    expect(read([torn])).toEqual({
      loss: [
        [1, 1, 1],
        [2, 2, 1],
      ],
    });
    const flipped = memory(events);
    flipped.bytes[20]! ^= 1;
    expect(() => read([flipped])).toThrow(CorruptFileError);
    const noEvent = memory(events, frame(Uint8Array.of(0xff)));
    expect(() => read([noEvent])).toThrow(/file at byte \d+: a record's data are no Event/);
    const onDamage = vi.fn();
    read([torn, flipped, noEvent], { onDamage });
    expect(onDamage.mock.calls.map(([{ code }]) => code as string)).toEqual([
      "TORN_TAIL",
      "BAD_DATA_CRC",
      "BAD_EVENT",
    ]);
  });
});
