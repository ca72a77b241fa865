// Tensors of any shape and type, as numpy reads them.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { decodeTensor, encodeTensor, type ElementType } from "../../src/summary/tensor.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes, hex } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";
import { fixtures } from "../helpers/fixtures.js";
import { describeWithPython, runPython } from "../helpers/python.js";

const content = (...[values, dtype]: [Parameters<typeof encodeTensor>[1], ElementType?]) => {
  const { tensor } = encodeTensor("t", values, dtype);
  return [tensor!.dtype, tensor!.shape, hex(tensor!.content!)];
};

describe("encodeTensor", () => {
  it("has torch's plugin, with explicit data class", () => {
    expect(encodeTensor("t", [1], "float32", { description: "d" })).toEqual({
      tag: "t",
      metadata: { pluginName: "tensor", dataClass: 2, description: "d" },
      tensor: { dtype: 1, shape: [1], content: bytes("0000803f") },
    });
  });

  it.each<[ElementType, number[], number, string]>([
    ["float64", [0.1], 2, "9a9999999999b93f"],
    ["float32", [0.5], 1, "0000003f"],
    ["int8", [-128, 127], 6, "807f"],
    ["int16", [-2], 5, "feff"],
    ["int32", [-2], 3, "feffffff"],
    ["int64", [-2], 9, "feffffffffffffff"],
    ["uint8", [255], 4, "ff"],
    ["uint32", [2 ** 32 - 1], 22, "ffffffff"],
    ["uint64", [2 ** 53], 23, "0000000000002000"],
    ["bool", [0, 1], 10, "0001"],
    [
      "float16",
      [
        1,
        -2,
        65504,
        65519.9,
        65520,
        2 ** -14,
        2 ** -24,
        2 ** -25,
        1.5 * 2 ** -25,
        2049,
        2051,
        -0,
        NaN,
        -Infinity,
      ],
      19,
      "003c 00c0 ff7b ff7b 007c 0004 0100 0000 0100 0068 0268 0080 007e 00fc",
    ],
  ])("writes %s: %j", (dtype, values, code, expected) => {
    expect(content(values, dtype)).toEqual([code, [values.length], hex(bytes(expected))]);
  });

  it("takes the type of the typed array, of bigints and of booleans; float64 for plain numbers", () => {
    expect(content([[1], [2]])).toEqual([2, [2, 1], hex(bytes("000000000000f03f 0000000000000040"))]);
    expect(content(Float32Array.of(0.5))).toEqual([1, [1], "0000003f"]);
    expect(content({ shape: [1, 2], data: Uint8Array.of(1, 2) })).toEqual([4, [1, 2], "0102"]);
    expect(content([Int16Array.of(1), Int16Array.of(-1)])).toEqual([5, [2, 1], "0100ffff"]);
    expect(content(Uint16Array.of(65535))).toEqual([3, [1], "ffff0000"]);
    expect(content([true, false])).toEqual([10, [2], "0100"]);
    expect(content(3)).toEqual([2, [], "0000000000000840"]);
    expect(content({ shape: [0, 3], data: [] })).toEqual([2, [0, 3], ""]);
  });

  it("keeps every bit of 64-bit integers", () => {
    const odd = 2n ** 53n + 1n;
    const expected = [9, [1], hex(bytes("0100000000002000"))];
    expect(content([odd])).toEqual(expected);
    expect(content(BigInt64Array.of(odd))).toEqual(expected);
    expect(content({ shape: [1], data: BigInt64Array.of(odd) })).toEqual(expected);
    expect(content(BigUint64Array.of(2n ** 64n - 1n))).toEqual([23, [1], "f".repeat(16)]);
    expect(content([[BigInt64Array.of(-1n)]])).toEqual([9, [1, 1, 1], "f".repeat(16)]);
  });

  it.each<[string, unknown, string, string]>([
    ["rows of different lengths", [[1], [1, 2]], "float32", "Expected `values[1]`"],
    [
      "a fraction as an integer",
      [1, 0.5],
      "int32",
      "Expected `values` to be whole numbers from -2147483648 to 2147483647, got 0.5 at place 1",
    ],
    [
      "NaN as an integer",
      [Number.NaN],
      "int64",
      "Expected `values` to be whole numbers from -9223372036854775808 to 9223372036854775807, got NaN at place 0",
    ],
    [
      "an integer that is too large",
      [256],
      "uint8",
      "Expected `values` to be whole numbers from 0 to 255, got 256 at place 0",
    ],
    ["a bigint that is too large", [2n ** 63n], "int64", "got 9223372036854775808 at place 0"],
    [
      "what is neither true nor false",
      [2],
      "bool",
      "Expected `values` to be whole numbers from 0 to 1, got 2 at place 0",
    ],
    [
      "a type that is none",
      [1],
      "complex64",
      'Expected `dtype` to be one of float16, float32, float64, int8, int16, int32, uint8, uint32, bool, int64, uint64, got "complex64" (string)',
    ],
    ["texts", ["a"], "float32", "Expected `values[0]`"],
  ])("refuses %s", (_, values, dtype, message) => {
    const body = () => encodeTensor("t", values as number[], dtype as ElementType);
    expect(errorOf(ArgumentError, body).message).toContain(message);
  });
});

describe("decodeTensor", () => {
  it.each<ElementType>([
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint32",
    "uint64",
    "bool",
  ])("gives back what was written: %s", (dtype) => {
    const values = { shape: [2, 2], data: [0, 1, 1, 0] };
    const [value] = decodeEvent(
      encodeEvent({ wallTime: 1, summary: [encodeTensor("t", values, dtype)] }),
    ).summary!;
    const read = decodeTensor(value!)!;
    expect([read.dtype, read.shape, Array.from(read.data, Number)]).toEqual([dtype, [2, 2], [0, 1, 1, 0]]);
    expect(encodeTensor("t", read, dtype)).toEqual(encodeTensor("t", values, dtype));
  });

  it("reads torch's", () => {
    proves(forPeer("torch", "addTensor", "read"));
    const { events } = fixtures.find(({ name }) => name === "peer-torch-plugins")!;
    const values = events
      .flatMap(({ summary = [] }) => summary)
      .filter(({ metadata }) => metadata?.pluginName === "tensor");
    expect(values.map((value) => [value.tag, decodeTensor(value)])).toEqual([
      ["double", { dtype: "float64", shape: [1, 3], data: Float64Array.of(0.1, -2, 65504) }],
      ["long", { dtype: "int64", shape: [2], data: BigInt64Array.of(2n ** 53n + 1n, -1n) }],
    ]);
  });

  it("reads one element that stands for all", () => {
    const uint64Val = [2n ** 64n - 1n];
    expect(decodeTensor({ tag: "t", tensor: { dtype: 23, shape: [2], uint64Val } })!.data).toEqual(
      BigUint64Array.of(2n ** 64n - 1n, 2n ** 64n - 1n),
    );
  });

  it("gives nothing for other values", () => {
    expect(decodeTensor({ tag: "t", simpleValue: 1 })).toBeUndefined();
    expect(
      decodeTensor({ tag: "t", tensor: { dtype: 7, shape: [], stringVal: [bytes("61")] } }),
    ).toBeUndefined();
    expect(
      decodeTensor({ tag: "t", tensor: { dtype: 1, shape: [3], content: bytes("00") } }),
    ).toBeUndefined();
  });
});

describeWithPython("numpy", () => {
  it("reads the same numbers of every type; half precision is numpy's for every number between two", async () => {
    const script = `
import json, sys
import numpy as np
from tensorboard.compat.proto import event_pb2
from tensorboard.util import tensor_util
event = event_pb2.Event.FromString(bytes.fromhex(sys.argv[1]))
arrays = {value.tag: tensor_util.make_ndarray(value.tensor) for value in event.summary.value}
halves = np.frombuffer(bytes.fromhex(sys.argv[2]), np.float64).astype(np.float16)
print(json.dumps({
    "arrays": {tag: [str(array.dtype), list(array.shape), [str(x) for x in array.flatten()]] for tag, array in arrays.items() if tag != "half"},
    "halves": bool((arrays["half"].view(np.uint16) == halves.view(np.uint16)).all()),
}))
`;
    const values = {
      double: encodeTensor("double", [[0.1, -1]]),
      long: encodeTensor("long", [2n ** 63n - 1n, -1n]),
      flags: encodeTensor("flags", [true, false]),
      bytes: encodeTensor("bytes", Uint8Array.of(0, 255)),
      none: encodeTensor("none", { shape: [0, 3], data: [] }, "float32"),
    };
    // Every half-precision number, and what lies a little below, at and above the middle of two.
    const halves = Array.from({ length: 0x7c00 }, (_, bits) => {
      const half = decodeTensor({ tag: "t", tensor: { dtype: 19, shape: [], halfVal: [bits] } })!
        .data[0] as number;
      const next = decodeTensor({ tag: "t", tensor: { dtype: 19, shape: [], halfVal: [bits + 1] } })!
        .data[0] as number;
      const middle = Number.isFinite(next) ? (half + next) / 2 : 65_520;
      return [half, middle * (1 - 2 ** -40), middle, middle * (1 + 2 ** -40), -middle];
    }).flat();
    const half = encodeTensor("half", halves, "float16");
    const event = encodeEvent({ wallTime: 1, summary: [...Object.values(values), half] });
    const input = Buffer.from(Float64Array.from(halves).buffer).toString("hex");
    // Too long for an argument.
    const body = script
      .replace("sys.argv[1]", JSON.stringify(hex(event)))
      .replace("sys.argv[2]", JSON.stringify(input));
    expect(JSON.parse(await runPython(body))).toEqual({
      arrays: {
        double: ["float64", [1, 2], ["0.1", "-1.0"]],
        long: ["int64", [2], ["9223372036854775807", "-1"]],
        flags: ["bool", [2], ["True", "False"]],
        bytes: ["uint8", [2], ["0", "255"]],
        none: ["float32", [0, 3], []],
      },
      halves: true,
    });
  });
});
