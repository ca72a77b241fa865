// Tensors in bytes: every list both ways, packed and one by one.
import { describe, expect, it } from "vitest";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { DataType, type Tensor } from "../../src/wire/tensor.js";
import { bytes, concat, hex } from "../helpers/bytes.js";

function written(tensor: Tensor): string {
  const event = encodeEvent({ wallTime: 1, summary: [{ tag: "", tensor }] });
  // wall_time (9), summary (2), value (2), an empty tag (2) or none, 42 and the tensor's size.
  const at = event.indexOf(0x42, 13);
  expect(event[at + 1]).toBe(event.length - at - 2);
  return hex(event.subarray(at + 2));
}

function read(...tensor: readonly string[]): Tensor {
  const data = bytes(...tensor);
  const value = concat(Uint8Array.of(0x42, data.length), data);
  const summary = concat(Uint8Array.of(0x0a, value.length), value);
  return decodeEvent(concat(Uint8Array.of(0x2a, summary.length), summary)).summary![0]!.tensor!;
}

const RANK_0 = "12 00"; // tensor_shape {}

describe("a tensor", () => {
  const cases: [string, Tensor, string[]][] = [
    [
      "raw content",
      { dtype: DataType.FLOAT, shape: [], content: bytes("0000003f") },
      ["08 01", RANK_0, "22 04 0000003f"],
    ],
    [
      "a shape",
      { dtype: DataType.UINT8, shape: [2, 300], content: bytes("07") },
      ["08 04", "12 09 12 02 08 02 12 03 08 ac02", "22 01 07"],
    ],
    [
      "floats",
      { dtype: DataType.FLOAT, shape: [], floatVal: [0.5, -0] },
      ["08 01", RANK_0, "2a 08 0000003f 00000080"],
    ],
    [
      "doubles",
      { dtype: DataType.DOUBLE, shape: [], doubleVal: [0.1, Infinity] },
      ["08 02", RANK_0, "32 10 9a9999999999b93f 000000000000f07f"],
    ],
    [
      "integers",
      { dtype: DataType.INT32, shape: [], intVal: [300, -1] },
      ["08 03", RANK_0, "3a 0c ac02 ffffffffffffffffff01"],
    ],
    [
      "strings",
      { dtype: DataType.STRING, shape: [2], stringVal: [bytes("6162"), bytes()] },
      ["08 07", "12 04 12 02 08 02", "42 02 6162", "42 00"],
    ],
    [
      "64-bit integers, exact beyond 2^53",
      { dtype: DataType.INT64, shape: [], int64Val: [5, -(2n ** 63n), 2n ** 53n + 1n] },
      ["08 09", RANK_0, "52 13 05 80808080808080808001 8180808080808010"],
    ],
    [
      "booleans",
      { dtype: DataType.BOOL, shape: [], boolVal: [true, false] },
      ["08 0a", RANK_0, "5a 02 01 00"],
    ],
    [
      "half-precision bits",
      { dtype: DataType.HALF, shape: [], halfVal: [15360] },
      ["08 13", RANK_0, "6a 02 8078"],
    ],
    [
      "unsigned integers",
      { dtype: DataType.UINT32, shape: [], uint32Val: [4294967295] },
      ["08 16", RANK_0, "8201 05 ffffffff0f"],
    ],
    [
      "unsigned 64-bit integers",
      { dtype: DataType.UINT64, shape: [], uint64Val: [1, 2n ** 64n - 1n] },
      ["08 17", RANK_0, "8a01 0b 01 ffffffffffffffffff01"],
    ],
  ];

  it.each(cases)("is written with %s", (_, tensor, data) => {
    expect(written(tensor)).toBe(hex(bytes(...data)));
  });

  it.each(cases)("is read with %s", (_, tensor, data) => {
    expect(read(...data)).toStrictEqual(tensor);
  });

  it.each([
    ["floats", "2d 0000003f 2d 00000080", { floatVal: [0.5, -0] }],
    ["doubles", "31 9a9999999999b93f 31 000000000000f07f", { doubleVal: [0.1, Infinity] }],
    ["integers", "38 ac02 38 07", { intVal: [300, 7] }],
    ["64-bit integers", "50 05 50 ffffffffffffffffff01", { int64Val: [5, -1] }],
    ["booleans", "58 01 58 00", { boolVal: [true, false] }],
    ["half-precision bits", "68 8078", { halfVal: [15360] }],
    ["unsigned integers", "8001 ffffffff0f", { uint32Val: [4294967295] }],
    ["unsigned 64-bit integers", "8801 01 8801 02", { uint64Val: [1, 2] }],
  ])("is read with a list of %s that is not packed", (_, list, expected) => {
    expect(read("08 01", RANK_0, list)).toStrictEqual({ dtype: 1, shape: [], ...expected });
  });

  it("is read without a shape, as rank 0, and without anything", () => {
    expect(read("08 01", "2a 04 0000003f")).toStrictEqual({ dtype: 1, shape: [], floatVal: [0.5] });
    expect(read()).toStrictEqual({ dtype: 0, shape: [] });
  });

  it("is read with a type that has no name here", () => {
    expect(read("08 0e", RANK_0).dtype).toBe(14); // bfloat16
  });

  it("is read with a dimension of unknown size and one of more than 2^32", () => {
    expect(read("08 01", "12 15 12 0b 08 ffffffffffffffffff01 12 06 08 808080 8020").shape).toEqual([
      -1,
      2 ** 33,
    ]);
  });
});
