// Scalars: their metadata, and reading them in every form that writers use.
import { describe, expect, it } from "vitest";
import { decodeScalar, encodeScalar, scalarMetadata } from "../../src/summary/scalar.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { DataType, type Tensor } from "../../src/wire/tensor.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes, hex } from "../helpers/bytes.js";
import { readEventFile } from "../helpers/events.js";
import { fixtures } from "../helpers/fixtures.js";

describe("encodeScalar", () => {
  it("gives a plain value, with metadata only if asked for", () => {
    expect(encodeScalar("a", 0.5)).toStrictEqual({ tag: "a", simpleValue: 0.5 });
    expect(encodeScalar("a", 0, scalarMetadata())).toStrictEqual({
      tag: "a",
      simpleValue: 0,
      metadata: { pluginName: "scalars", dataClass: 1 },
    });
  });

  it("comes out as TensorBoard's own protobuf would write it, with display name and description", () => {
    const metadata = scalarMetadata({ displayName: "A", description: "*b*" });
    const event = encodeEvent({ wallTime: 1, step: 77, summary: [encodeScalar("a", 0, metadata)] });
    const metadataBytes = "4a 15 0a 09 0a 07 7363616c617273 12 01 41 1a 03 2a622a 20 01";
    const head = "09 000000000000f03f 10 4d 2a 21 0a 1f 0a 01 61"; // wall_time 1, step 77, summary, value, tag "a"
    // By field number, as tensorboard 2.21.0 and protobuf 7.36.2 write it, or with the value last: both are right.
    expect([
      hex(bytes(head, "15 00000000", metadataBytes)),
      hex(bytes(head, metadataBytes, "15 00000000")),
    ]).toContain(hex(event));
  });

  it.each([
    [0.1, 0.10000000149011612],
    [1e39, Infinity],
    [Number.NaN, Number.NaN],
    [-0, -0],
    [16_777_217, 16_777_216],
  ])("keeps %d as float32: %d", (value, stored) => {
    const event = decodeEvent(encodeEvent({ wallTime: 1, summary: [encodeScalar("a", value)] }));
    expect(decodeScalar(event.summary![0]!)).toBe(stored);
  });
});

describe("decodeScalar", () => {
  it.each(fixtures)("reads the numbers that numpy reads: $name, by $program", ({ path, scalars }) => {
    proves(forPeer(["torch", "tensorboardX", "TensorFlow", "TensorFlow `compat.v1`"], "addScalar", "read"));
    const { events } = readEventFile(path);
    const found = events.flatMap(({ step, summary = [] }) =>
      summary.flatMap((value) => {
        const number = decodeScalar(value);
        return number === undefined ? [] : [[value.tag, step, number]];
      }),
    );
    expect(found).toEqual(scalars);
  });

  const scalar = (tensor: Partial<Tensor>): number | undefined =>
    decodeScalar({ tag: "a", tensor: { dtype: DataType.FLOAT, shape: [], ...tensor } });

  it.each([
    [DataType.FLOAT, "0000003f", 0.5],
    [DataType.DOUBLE, "9a9999999999b93f", 0.1],
    [DataType.INT32, "feffffff", -2],
    [DataType.UINT8, "ff", 255],
    [DataType.INT16, "feff", -2],
    [DataType.INT8, "fe", -2],
    [DataType.INT64, "feffffffffffffff", -2],
    [DataType.UINT32, "feffffff", 4_294_967_294],
    [DataType.UINT64, "feffffffffffffff", 2 ** 64],
  ])("reads raw content of type %d", (dtype, content, expected) => {
    expect(scalar({ dtype, content: bytes(content) })).toBe(expected);
    // From the middle of a buffer, at an odd place.
    const inside = new Uint8Array(bytes(content).length + 3);
    inside.set(bytes(content), 3);
    expect(scalar({ dtype, content: inside.subarray(3) })).toBe(expected);
  });

  it("takes 64-bit integers that are bigints as the nearest number", () => {
    expect(scalar({ dtype: DataType.INT64, int64Val: [2n ** 53n + 1n] })).toBe(2 ** 53);
    expect(scalar({ dtype: DataType.UINT64, uint64Val: [2n ** 64n - 1n] })).toBe(2 ** 64);
  });

  it.each<[string, Partial<Tensor>]>([
    ["more than one element", { shape: [2], floatVal: [1, 2] }],
    ["one element that stands for two", { shape: [2], floatVal: [1] }],
    ["no element", { shape: [0], content: bytes() }],
    ["a shape of one element and nothing in it", {}],
    ["a string", { dtype: DataType.STRING, stringVal: [bytes("31")] }],
    ["content of a wrong length", { content: bytes("0000003f00") }],
    ["content of too few bytes", { dtype: DataType.DOUBLE, content: bytes("0000003f") }],
    ["content of a type that is no number", { dtype: DataType.STRING, content: bytes("31") }],
    ["content of a type that is not known", { dtype: 14, content: bytes("803f") }],
  ])("gives nothing for a tensor with %s", (_, tensor) => {
    expect(scalar(tensor)).toBeUndefined();
  });

  it("gives nothing for other values", () => {
    expect(decodeScalar({ tag: "a" })).toBeUndefined();
    expect(decodeScalar({ tag: "a", oldStyleHistogram: bytes("01") })).toBeUndefined();
    const image = { height: 1, width: 1, colorspace: 1, encoded: bytes() };
    expect(decodeScalar({ tag: "a", image })).toBeUndefined();
  });

  it("takes a shape of ones as one element", () => {
    expect(scalar({ shape: [1, 1], floatVal: [3] })).toBe(3);
  });
});
