// Numbers in whatever a program keeps them, as one shape and one flat array.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { toArray, toVector, type ArrayInput } from "../../src/summary/arrays.js";
import { errorOf } from "../helpers/errors.js";

const f64 = (...values: number[]): Float64Array => Float64Array.from(values);

describe("toArray", () => {
  it.each<[string, ArrayInput, number[], Float64Array]>([
    ["a number", 3, [], f64(3)],
    ["true", true, [], f64(1)],
    ["a bigint", 7n, [], f64(7)],
    ["an empty list", [], [0], f64()],
    ["a flat list", [1, Number.NaN, -0], [3], f64(1, Number.NaN, -0)],
    ["booleans and bigints among numbers", [true, 2n, 3.5, false], [4], f64(1, 2, 3.5, 0)],
    [
      "two dimensions",
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [2, 3],
      f64(1, 2, 3, 4, 5, 6),
    ],
    [
      "three dimensions",
      [
        [[1], [2]],
        [[3], [4]],
        [[5], [6]],
      ],
      [3, 2, 1],
      f64(1, 2, 3, 4, 5, 6),
    ],
    ["rows that are typed arrays", [Float32Array.of(0.5, 1), [2, 3]], [2, 2], f64(0.5, 1, 2, 3)],
    ["rows of 64-bit integers", [BigInt64Array.of(-1n), BigInt64Array.of(2n)], [2, 1], f64(-1, 2)],
    ["64-bit integers", BigInt64Array.of(-5n, 2n ** 53n + 1n), [2], f64(-5, 2 ** 53)],
    ["unsigned 64-bit integers", BigUint64Array.of(2n ** 64n - 1n), [1], f64(2 ** 64)],
    ["empty rows", [[], []], [2, 0], f64()],
    ["a shape and a list", { shape: [2, 1], data: [1, true] }, [2, 1], f64(1, 1)],
    ["a shape without dimensions", { shape: [], data: [9] }, [], f64(9)],
    ["a shape of nothing", { shape: [0, 4], data: [] }, [0, 4], f64()],
  ])("takes %s", (_, input, shape, data) => {
    const array = toArray(input);
    expect(array.shape).toEqual(shape);
    expect(array.data).toStrictEqual(data);
  });

  it.each([
    Float64Array,
    Float32Array,
    Int32Array,
    Int16Array,
    Int8Array,
    Uint32Array,
    Uint16Array,
    Uint8Array,
    Uint8ClampedArray,
  ])("gives a %o as it is, without a copy", (type) => {
    const data = new type([1, 2, 3, 4]);
    expect(toArray(data)).toEqual({ shape: [4], data });
    expect(toArray(data).data).toBe(data);
    expect(toArray({ shape: [2, 2], data }).data).toBe(data);
    const view = data.subarray(1, 3);
    expect([...toArray(view).data]).toEqual([2, 3]);
  });

  it("keeps what it gives when the input changes, unless it is a typed array", () => {
    const list = [1, 2];
    const shape = [2];
    const fromList = toArray(list);
    const shaped = toArray({ shape, data: Float32Array.of(1, 2) });
    list[0] = 9;
    shape[0] = 9;
    expect([...fromList.data]).toEqual([1, 2]);
    expect(shaped.shape).toEqual([2]);
  });

  const ragged = (input: unknown) => input as ArrayInput;
  const circle: unknown[] = [];
  circle.push(circle);

  it.each<[string, ArrayInput, string]>([
    ["a string", ragged("1"), 'Expected `v` to be a number, or numbers in an array, got "1" (string)'],
    ["nothing", ragged(undefined), "Expected `v` to be a number, or numbers in an array, got undefined"],
    ["an object", ragged({}), "Expected `v` to be a number, or numbers in an array, got an object (Object)"],
    [
      "bytes without a type",
      ragged(new DataView(new ArrayBuffer(2))),
      "Expected `v` to be a number, or numbers in an array, got an object (DataView)",
    ],
    ["a string among numbers", ragged([1, "2"]), 'Expected `v[1]` to be a number, got "2" (string)'],
    // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tried
    ["a hole", ragged([1, , 3]), "Expected `v[1]` to be a number, got undefined"],
    ["an array behind a number", ragged([1, [2]]), "Expected `v[1]` to be a number, got an array"],
    [
      "a shorter row",
      [[1, 2], [3, 4], [5]],
      "Expected `v[2]` to be an array of 2, like the ones before it, got an array of 1",
    ],
    [
      "a typed row that is longer",
      [Float32Array.of(1), Float32Array.of(1, 2)],
      "Expected `v[1]` to be an array of 1, like the ones before it, got an array of 2",
    ],
    [
      "a number behind an array",
      ragged([[1], 2]),
      "Expected `v[1]` to be an array of 1, like the ones before it, got 2 (number)",
    ],
    [
      "a row that is deeper",
      [
        [[1], [2]],
        [[3], [[4]]],
      ],
      "Expected `v[1][1][0]` to be a number, like the ones before it, got an array",
    ],
    [
      "null deep inside",
      ragged([[[1, 2]], [[3, null]]]),
      "Expected `v[1][0][1]` to be a number, like the ones before it, got null",
    ],
    [
      "an array in itself",
      ragged(circle),
      "Expected `v` to be an array of at most 32 dimensions, got an array",
    ],
    [
      "a shape that is none",
      { shape: [2, -1], data: [] },
      "Expected `v.shape` to be a list of sizes, integers from 0, got an array",
    ],
    [
      "data that are nested",
      ragged({ shape: [1, 1], data: [[1]] }),
      "Expected `v.data[0]` to be a number, got an array",
    ],
    [
      "data that are none",
      ragged({ shape: [1], data: 1 }),
      "Expected `v.data` to be a flat array of numbers, got 1 (number)",
    ],
    [
      "a shape that does not fit",
      { shape: [2, 2], data: Float32Array.of(1, 2, 3) },
      "Expected `v.data` to be 4 numbers, for shape [2, 2], got 3",
    ],
  ])("refuses %s", (_, input, message) => {
    expect(errorOf(ArgumentError, () => toArray(input, "v")).message).toBe(message);
  });
});

describe("toVector", () => {
  it("gives the elements of what has one dimension", () => {
    expect(toVector([1, 2], "v")).toEqual(f64(1, 2));
    expect(toVector({ shape: [2], data: [1, 2] }, "v")).toEqual(f64(1, 2));
  });

  it("refuses any other", () => {
    expect(errorOf(ArgumentError, () => toVector([[1, 2]], "v")).message).toBe(
      "Expected `v` to be a flat array of numbers, got an array of shape [1, 2]",
    );
    expect(errorOf(ArgumentError, () => toVector(5, "v")).message).toBe(
      "Expected `v` to be a flat array of numbers, got a single number",
    );
  });
});
