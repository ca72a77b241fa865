// What a value says of its tag where the event that did is lost.
import { describe, expect, test } from "vitest";
import { inferMetadata } from "../../../src/events/repair/infer-metadata.js";
import { encodeAudio } from "../../../src/summary/audio.js";
import { encodeHistogram, histogramOf } from "../../../src/summary/histogram.js";
import { encodeImage, toEncodedImage } from "../../../src/summary/image.js";
import { encodePrCurve, prCurveOf } from "../../../src/summary/pr-curve.js";
import { encodeText } from "../../../src/summary/text.js";
import { encodeWav } from "../../../src/summary/wav.js";
import { DataType, type Tensor } from "../../../src/wire/tensor.js";
import type { SummaryValue } from "../../../src/wire/summary.js";

describe("what our encoders made is what they said", () => {
  const picture = toEncodedImage({ data: new Uint8Array(12), width: 2, height: 2 }, {}, "picture");
  const curve = (thresholds: number) =>
    prCurveOf([0, 1, 1], [0.1, 0.8, 0.4], { numThresholds: thresholds }).curve;

  test.each<[string, SummaryValue]>([
    ["a histogram", encodeHistogram("t", histogramOf([1, 2, 3]).buckets)],
    ["a histogram of six buckets", encodeHistogram("t", histogramOf([1, 2, 3], 6).buckets)],
    ["a picture", encodeImage("t", [picture])],
    ["a clip", encodeAudio("t", [encodeWav(new Int16Array(8), 8000, 1)])],
    ["a text", encodeText("t", "words")],
    ["a table", encodeText("t", [["a", "b"]])],
    ["a PR curve", encodePrCurve("t", curve(201))],
    ["a PR curve of three thresholds", encodePrCurve("t", curve(3))],
  ])("%s", (_, value) => {
    expect(inferMetadata(value)).toEqual(value.metadata);
  });
});

describe("what could be anything", () => {
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

  test.each<[string, Tensor]>([
    ["points of a mesh", { dtype: DataType.FLOAT, shape: [1, 2, 3], floatVal: [0, 0, 0, 1, 1, 1] }],
    ["a vector", { dtype: DataType.FLOAT, shape: [3], floatVal: [1, 2, 3] }],
    ["whole numbers in rows of three", { dtype: DataType.INT32, shape: [2, 3], intVal: [1, 2, 3, 4, 5, 6] }],
    ["a tensor without elements", { dtype: DataType.FLOAT, shape: [0] }],
    ["no UTF-8", { dtype: DataType.STRING, shape: [], stringVal: [Uint8Array.of(0xff)] }],
    ["strings of rank 3", { dtype: DataType.STRING, shape: [1, 1, 1], stringVal: [utf8("a")] }],
  ])("%s", (_, tensor) => {
    expect(inferMetadata({ tag: "t", tensor })).toBeUndefined();
  });

  test("and old forms need none", () => {
    expect(inferMetadata({ tag: "t", simpleValue: 1 })).toBeUndefined();
  });
});

test.each<[string, string, Tensor]>([
  ["scalars", "t", { dtype: DataType.FLOAT, shape: [], floatVal: [1] }],
  ["scalars", "t", { dtype: DataType.INT64, shape: [], int64Val: [1] }],
  [
    "custom_scalars",
    "custom_scalars__config__",
    { dtype: DataType.STRING, shape: [], stringVal: [Uint8Array.of(0xff)] },
  ],
])("a tag of %s", (plugin, tag, tensor) => {
  expect(inferMetadata({ tag, tensor })?.pluginName).toBe(plugin);
});
