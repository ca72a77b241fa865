// The hand-written encoder: literal bytes, and byte-equal to the generated codec.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeEvent } from "../../src/wire/event.js";
import { RecordBuffer } from "../../src/wire/record-buffer.js";
import { ScalarEventEncoder } from "../../src/wire/scalar-event.js";
import { bytes, concat, frame, hex } from "../helpers/bytes.js";

/** One record as `ScalarEventEncoder` writes it; `at` other records stand before it. */
function written(tags: readonly string[], wallTime: number, step: number, values: ArrayLike<number>): string {
  const buffer = new RecordBuffer(0);
  new ScalarEventEncoder(tags).write(buffer, Float64Array.of(wallTime), step, values);
  return hex(buffer.bytes.subarray(0, buffer.length));
}

/** The same event by the generated codec, framed by the reference. */
function reference(
  tags: readonly string[],
  wallTime: number,
  step: number,
  values: ArrayLike<number>,
): string {
  const summary = tags.map((tag, i) => ({ tag, simpleValue: values[i]! }));
  return hex(frame(encodeEvent({ wallTime, step, summary })));
}

const anyTag = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
  // Around the lengths at which the size of a tag, a value or a summary takes one byte more.
  fc.integer({ min: 100, max: 140 }).map((length) => "t".repeat(length)),
  fc.integer({ min: 16_360, max: 16_400 }).map((length) => "ß/".repeat(length / 3)),
);
const anyStep = fc.oneof(
  fc.maxSafeInteger(),
  fc.nat(),
  fc.integer({ min: 0, max: 53 }).map((bits) => 2 ** bits - 1),
  fc.integer({ min: 0, max: 52 }).map((bits) => 2 ** bits),
  fc.integer({ min: 0, max: 52 }).map((bits) => -(2 ** bits)),
  fc.constantFrom(
    0,
    -0,
    -1,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 32 + 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ),
);
const anyValue = fc.oneof(
  fc.double(),
  fc.float(),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    3.4028235e38,
    3.4028236e38,
    1e300,
    -1e300,
    1e-45,
    1e-46,
  ),
);
// The codec leaves a wall time of 0 out, as it leaves out all of proto3's defaults; no writer gives one.
const anyWallTime = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 2e9 }))
  .filter((time) => !Object.is(time, 0));

describe("ScalarEventEncoder", () => {
  it("writes the literal bytes of an Event with one value", () => {
    expect(written(["loss"], 1, 77, [0.5])).toBe(
      hex(
        frame(
          bytes(
            "09 000000000000f03f", // wall_time: 1.0
            "10 4d", // step: 77
            "2a 0d", // summary, 13 bytes
            "0a 0b", // value, 11 bytes
            "0a 04 6c6f7373", // tag: "loss"
            "15 0000003f", // simple_value: 0.5
          ),
        ),
      ),
    );
  });

  it("writes the literal bytes of a whole record with its checksums", () => {
    // As the RecordWriter of TensorBoard 2.21.0 writes Event(wall_time, step, Value(tag="accuracy", simple_value=0.99)).
    expect(written(["accuracy"], 1700000000.25, 77, [0.99])).toBe(
      hex(
        bytes(
          "1e00000000000000", // length 30
          "d9dc1232", // masked CRC-32C of the length
          "09 00001040fc54d941", // wall_time: 1700000000.25
          "10 4d", // step: 77
          "2a 11 0a 0f", // summary, 17 bytes; value, 15 bytes
          "0a 08 6163637572616379", // tag: "accuracy"
          "15 a4707d3f", // simple_value: 0.99 as float32
          "9229f9b8", // masked CRC-32C of the data
        ),
      ),
    );
  });

  it("writes several values in the order of their tags, a 0 too, and leaves a step of 0 out", () => {
    expect(written(["a", "b"], 1, 0, [0, 2])).toBe(
      hex(
        frame(
          bytes(
            "09 000000000000f03f", // wall_time: 1.0
            "2a 14", // summary, 20 bytes
            "0a 08 0a 01 61 15 00000000", // value: tag "a", simple_value 0.0
            "0a 08 0a 01 62 15 00000040", // value: tag "b", simple_value 2.0
          ),
        ),
      ),
    );
  });

  it.each([
    [-1, "10 ff ff ff ff ff ff ff ff ff 01"],
    [127, "10 7f"],
    [128, "10 80 01"],
    [2 ** 32, "10 80 80 80 80 10"],
    [Number.MAX_SAFE_INTEGER, "10 ff ff ff ff ff ff ff 0f"],
    // The two's complement of 2^53 - 1 in 64 bits: 0xffe0000000000001.
    [Number.MIN_SAFE_INTEGER, "10 81 80 80 80 80 80 80 f0 ff 01"],
  ])("writes step %d as a varint", (step, varint) => {
    const event = bytes("09 000000000000f03f", varint, "2a 0a 0a 08 0a 01 61 15 0000803f");
    expect(written(["a"], 1, step, [1])).toBe(hex(frame(event)));
  });

  it.each([
    [Number.NaN, "0000c07f"],
    [-0, "00000080"],
    [Infinity, "0000807f"],
    [-1e39, "000080ff"], // beyond float32: -Infinity
    [0.1, "cdcccc3d"], // 0.100000001490116...
    [1e-46, "00000000"],
  ])("stores %d as float32", (value, float) => {
    const event = bytes("09 000000000000f03f 2a 0a 0a 08 0a 01 61 15", float);
    expect(written(["a"], 1, 0, [value])).toBe(hex(frame(event)));
  });

  it("equals the generated codec, byte for byte, for any tags, times, steps and values", () => {
    const anyValues = fc.array(fc.tuple(anyTag, anyValue), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(anyValues, anyWallTime, anyStep, (pairs, wallTime, step) => {
        const tags = pairs.map(([tag]) => tag);
        const values = pairs.map(([, value]) => value);
        expect(written(tags, wallTime, step, values)).toBe(reference(tags, wallTime, step, values));
      }),
      { numRuns: 200 },
    );
  });

  it("equals it at every length of a tag where a size takes a byte more", () => {
    // Sizes nest: a tag of 127 bytes, a value of 127, a summary of 127; and the same at 16,383.
    for (const length of [...range(110, 130), ...range(16_370, 16_390), 20_000]) {
      const tag = "x".repeat(length);
      expect(written([tag], 5, 1, [1]), `${length}`).toBe(reference([tag], 5, 1, [1]));
      expect(written([tag, "é"], 5, 1, [1, 2]), `${length}`).toBe(reference([tag, "é"], 5, 1, [1, 2]));
    }
  });

  it("writes one event after another, with writeOne as with write, from any place of the values", () => {
    const several = new ScalarEventEncoder(["a", "b"]);
    const single = new ScalarEventEncoder(["a"]);
    const buffer = new RecordBuffer(10);
    const time = Float64Array.of(3);
    const values = Float64Array.of(9, 8, 7, 6);
    several.write(buffer, time, 1, values);
    single.writeOne(buffer, time, 300, -0.5);
    time[0] = 4;
    several.write(buffer, time, 2 ** 40, values, 2);
    single.write(buffer, time, 300, values, 3);
    const expected = [
      {
        wallTime: 3,
        step: 1,
        summary: [
          { tag: "a", simpleValue: 9 },
          { tag: "b", simpleValue: 8 },
        ],
      },
      { wallTime: 3, step: 300, summary: [{ tag: "a", simpleValue: -0.5 }] },
      {
        wallTime: 4,
        step: 2 ** 40,
        summary: [
          { tag: "a", simpleValue: 7 },
          { tag: "b", simpleValue: 6 },
        ],
      },
      { wallTime: 4, step: 300, summary: [{ tag: "a", simpleValue: 6 }] },
    ];
    const records = concat(...expected.map((event) => frame(encodeEvent(event))));
    expect(hex(buffer.bytes.subarray(0, buffer.length))).toBe(hex(records));
  });

  it("is not changed by what happens to the list of tags it was given", () => {
    const tags = ["a"];
    const encoder = new ScalarEventEncoder(tags);
    tags[0] = "b";
    expect(encoder.tags).toEqual(["a"]);
  });

  it("writes a tag with half a surrogate pair as valid UTF-8", () => {
    // A value with an invalid string ends both of TensorBoard's loaders: U+FFFD, the replacement character, stands for it.
    const event = bytes("09 000000000000f03f 2a 0e 0a 0c 0a 05 61 efbfbd 62 15 0000803f");
    expect(written(["a\ud800b"], 1, 0, [1])).toBe(hex(frame(event)));
    expect(reference(["a\ud800b"], 1, 0, [1])).toBe(hex(frame(event)));
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
