// The elements of tensors, to raw bytes and back from every form that writers use.
import { describe, expect, it } from "vitest";
import { numbersOf, numberTensor, stringsOf, textTensor } from "../../src/summary/tensor-values.js";
import { DataType, type Tensor } from "../../src/wire/tensor.js";
import { bytes } from "../helpers/bytes.js";

const tensor = (fields: Partial<Tensor>): Tensor => ({ dtype: DataType.FLOAT, shape: [2], ...fields });
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("numberTensor and numbersOf", () => {
  it.each<[string, number, number[], string]>([
    ["float", DataType.FLOAT, [0.5, -2], "0000003f 000000c0"],
    ["double", DataType.DOUBLE, [0.1, Number.NaN], "9a9999999999b93f 000000000000f87f"],
    ["int32", DataType.INT32, [-2, 2_147_483_647], "feffffff ffffff7f"],
    ["uint32", DataType.UINT32, [1, 4_294_967_295], "01000000 ffffffff"],
    ["int16", DataType.INT16, [-2, 258], "feff 0201"],
    ["int8", DataType.INT8, [-1, 127], "ff 7f"],
    ["uint8", DataType.UINT8, [0, 255], "00 ff"],
    ["int64", DataType.INT64, [-2, 2 ** 40], "feffffffffffffff 0000000000010000"],
    ["uint64", DataType.UINT64, [1, 2 ** 63], "0100000000000000 0000000000000080"],
    ["bool", DataType.BOOL, [0, 1], "00 01"],
  ])("keep %s as raw little-endian bytes", (_, dtype, numbers, content) => {
    const made = numberTensor(dtype, [2], Float64Array.from(numbers));
    expect(made).toEqual({ dtype, shape: [2], content: bytes(content) });
    expect(numbersOf(made)).toEqual({ shape: [2], data: Float64Array.from(numbers) });
    // From the middle of a buffer, at an odd place.
    const inside = new Uint8Array(made.content!.length + 3);
    inside.set(made.content!, 3);
    expect(numbersOf({ ...made, content: inside.subarray(3) })!.data).toEqual(Float64Array.from(numbers));
  });

  it.each<[string, Partial<Tensor>]>([
    ["floats", { floatVal: [3, 4] }],
    ["doubles", { dtype: DataType.DOUBLE, doubleVal: [3, 4] }],
    ["ints", { dtype: DataType.INT16, intVal: [3, 4] }],
    ["64-bit ints", { dtype: DataType.INT64, int64Val: [3, 4n] }],
    ["unsigned ints", { dtype: DataType.UINT32, uint32Val: [3, 4] }],
    ["unsigned 64-bit ints", { dtype: DataType.UINT64, uint64Val: [3n, 4] }],
    ["halves", { dtype: DataType.HALF, halfVal: [0x4200, 0x4400] }],
    ["raw halves", { dtype: DataType.HALF, content: bytes("0042 0044") }],
  ])("read a list of %s", (_, fields) => {
    expect(numbersOf(tensor(fields))).toEqual({ shape: [2], data: Float64Array.of(3, 4) });
  });

  it("read booleans, single elements and nothing at all", () => {
    const booleans = { dtype: DataType.BOOL, boolVal: [true, false] };
    expect(numbersOf(tensor(booleans))!.data).toEqual(Float64Array.of(1, 0));
    expect(numbersOf(tensor({ shape: [], floatVal: [3] }))).toEqual({ shape: [], data: Float64Array.of(3) });
    expect(numbersOf(tensor({ shape: [0, 3] }))).toEqual({ shape: [0, 3], data: new Float64Array(0) });
  });

  // By IEEE 754: the largest, the smallest normal and subnormal, one third, and what is no number.
  it.each([
    [0x7bff, 65_504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x83ff, -1023 * 2 ** -24],
    [0x3555, 0.333251953125],
    [0x8000, -0],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
  ])("read the half-precision number %i as %d", (bits, number) => {
    expect(numbersOf(tensor({ dtype: DataType.HALF, shape: [], halfVal: [bits] }))!.data[0]).toBe(number);
  });

  it("let the last element of a list stand for all that follow", () => {
    const repeated = numbersOf(tensor({ shape: [2, 2], floatVal: [7, 8] }));
    expect(repeated).toEqual({ shape: [2, 2], data: Float64Array.of(7, 8, 8, 8) });
    expect(stringsOf({ dtype: DataType.STRING, shape: [3], stringVal: [utf8("a")] })).toEqual({
      shape: [3],
      data: [utf8("a"), utf8("a"), utf8("a")],
    });
  });

  it.each<[string, Partial<Tensor>]>([
    ["no elements for its shape", {}],
    ["too many elements", { floatVal: [1, 2, 3] }],
    ["raw bytes of another length", { content: bytes("0000003f 00") }],
    ["texts", { dtype: DataType.STRING, stringVal: [bytes("31"), bytes("32")] }],
    ["an unknown type", { dtype: 14, content: bytes("803f 803f") }],
    // A few bytes of a damaged file must not take gigabytes of memory.
    ["a shape that no file fills", { shape: [2 ** 20, 2 ** 20], floatVal: [1] }],
    ["a shape beyond all numbers", { shape: [2 ** 52, 2 ** 52], content: bytes("00") }],
    ["a negative size", { shape: [-2], floatVal: [1] }],
  ])("give nothing for a tensor with %s", (_, fields) => {
    expect(numbersOf(tensor(fields))).toBeUndefined();
    expect(stringsOf({ ...tensor(fields), dtype: DataType.STRING, shape: [5e8] })).toBeUndefined();
  });
});

describe("textTensor and stringsOf", () => {
  it("keep texts as UTF-8, and half a surrogate pair as U+FFFD", () => {
    const made = textTensor([2], ["größe", "a\ud800b"]);
    expect(made).toEqual({
      dtype: DataType.STRING,
      shape: [2],
      stringVal: [utf8("größe"), utf8("a\ufffdb")],
    });
    expect(stringsOf(made)!.data).toEqual([utf8("größe"), utf8("a\ufffdb")]);
  });

  it("give nothing for numbers", () => {
    expect(stringsOf(tensor({ floatVal: [1, 2] }))).toBeUndefined();
  });
});
