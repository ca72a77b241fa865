// Histograms: the program's values and buckets, how they are written, and reading every form that writers use.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import {
  bucketsOf,
  decodeHistogram,
  encodeHistogram,
  histogramOf,
  type EdgesAndCounts,
  type HistogramBucket,
  type LimitsAndCounts,
} from "../../src/summary/histogram.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { decodedOf } from "./decoded.js";

type Row = [left: number, right: number, count: number];
const buckets = (...rows: Row[]): HistogramBucket[] =>
  rows.map(([left, right, count]) => ({ left, right, count }));
const rowsOf = (found: readonly HistogramBucket[]): Row[] =>
  found.map(({ left, right, count }): Row => [left, right, count]);

describe("histogramOf", () => {
  it("counts what any array has, and what was left out", () => {
    const expected = { buckets: buckets([1, 2, 1], [2, 3, 2]), skipped: 0 };
    expect(histogramOf([1, 2, 3], 2)).toEqual(expected);
    expect(histogramOf(Float32Array.of(1, 2, 3), 2)).toEqual(expected);
    expect(histogramOf([[1], [2], [3]], 2)).toEqual(expected);
    expect(histogramOf([1, Number.NaN, 2, Infinity, 3], 2)).toEqual({ ...expected, skipped: 2 });
  });

  it("has 30 buckets unless told otherwise", () => {
    expect(histogramOf([0, 30]).buckets).toHaveLength(30);
    expect(histogramOf([]).buckets).toEqual(buckets(...Array.from({ length: 30 }, (): Row => [0, 0, 0])));
  });

  it.each([0, -1, 1.5, 100_001, Number.NaN, "30"])("refuses %s buckets", (bins) => {
    const { message } = errorOf(ArgumentError, () => histogramOf([1], bins as number));
    expect(message).toMatch(/^Expected `bins` to be an integer from 1 to 100,000, got /);
  });

  it("refuses what is no number", () => {
    const { message } = errorOf(ArgumentError, () => histogramOf([1, "2"] as never));
    expect(message).toBe('Expected `values[1]` to be a number, got "2" (string)');
  });
});

describeWithPython("histogramOf and TensorBoard's histogram_pb", () => {
  it("count alike", async () => {
    const sets = [
      [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
      [-3.3, -1.1, 0, 2.2, 4.4, 1e-9],
      [7, 7, 7],
      [1e300, -1e300, 3],
      Array.from({ length: 500 }, () => Math.random() ** 3 - 0.2),
    ];
    const cases = sets.flatMap((values) => [1, 2, 10, 30, 31].map((bins) => ({ values, bins })));
    const theirs = await runPython(
      `import json, sys
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.util.tensor_util import make_ndarray
cases = json.loads(sys.argv[1])
print(json.dumps([make_ndarray(histogram_pb("a", c["values"], c["bins"]).value[0].tensor).tolist() for c in cases]))`,
      [JSON.stringify(cases)],
    );
    const ours = cases.map(({ values, bins }) => rowsOf(histogramOf(values, bins).buckets));
    expect(ours).toEqual(JSON.parse(theirs));
  });
});

describe("bucketsOf", () => {
  it("takes edges and counts", () => {
    const edges = Float32Array.of(0, 1, 1, 4);
    expect(bucketsOf({ edges, counts: [3, 0, 2.5] })).toEqual(buckets([0, 1, 3], [1, 1, 0], [1, 4, 2.5]));
    expect(bucketsOf({ edges: [0, 1], counts: [0] })).toEqual(buckets([0, 1, 0]));
    expect(bucketsOf({ edges: [5], counts: [] })).toEqual([]);
  });

  it("takes limits, without the empty buckets at both ends, from min to max", () => {
    const limits = [-1e12, 0, 1, Number.MAX_VALUE, Infinity];
    const raw = { min: -1, max: 2, limits, counts: BigInt64Array.of(0n, 2n, 0n, 1n, 0n) };
    expect(bucketsOf(raw)).toEqual(buckets([-1, 0, 2], [0, 1, 0], [1, 2, 1]));
    expect(bucketsOf({ min: 0, max: 0, limits: [1, 2], counts: [0, 0] })).toEqual([]);
    expect(bucketsOf({ min: 3, max: 3, limits: [9], counts: [4] })).toEqual(buckets([3, 3, 4]));
  });

  it.each<[string, unknown, string]>([
    [
      "nothing",
      null,
      "Expected `histogram` to be an object with edges and counts, or min, max, limits and counts, got null",
    ],
    [
      "no counts",
      { edges: [0, 1] },
      "Expected `counts` to be a number, or numbers in an array, got undefined",
    ],
    [
      "too few edges",
      { edges: [0, 1], counts: [1, 2] },
      "Expected `edges` to be 3 numbers, for 2 counts, got 2",
    ],
    [
      "edges that fall",
      { edges: [0, 2, 1], counts: [1, 2] },
      "Expected `edges` to be numbers that do not fall, got 1 after 2",
    ],
    [
      "an edge that is NaN",
      { edges: [0, Number.NaN], counts: [1] },
      "Expected `edges[1]` to be a number, got NaN (number)",
    ],
    [
      "an infinite edge",
      { edges: [0, Infinity], counts: [1] },
      "Expected `edges[1]` to be a finite number, got Infinity (number)",
    ],
    [
      "a negative count",
      { edges: [0, 1], counts: [-1] },
      "Expected `counts[0]` to be a finite number from 0, got -1 (number)",
    ],
    [
      "a count that is NaN",
      { edges: [0, 1, 2], counts: [1, Number.NaN] },
      "Expected `counts[1]` to be a finite number from 0, got NaN (number)",
    ],
    [
      "counts in rows",
      { edges: [0, 1], counts: [[1]] },
      "Expected `counts` to be a flat array of numbers, got an array of shape [1, 1]",
    ],
    [
      "too many limits",
      { min: 0, max: 1, limits: [1, 2], counts: [1] },
      "Expected `limits` to be 1 numbers, for 1 counts, got 2",
    ],
    [
      "a min that is none",
      { min: "0", max: 1, limits: [1], counts: [1] },
      'Expected `min` to be a finite number, got "0" (string)',
    ],
    [
      "a max that is infinite",
      { min: 0, max: Infinity, limits: [1], counts: [1] },
      "Expected `max` to be a finite number, got Infinity (number)",
    ],
    [
      "limits below min",
      { min: 5, max: 9, limits: [1, 10], counts: [1, 1] },
      "Expected `limits` to be limits between min 5 and max 9, got a bucket from 5 to 1",
    ],
    [
      "min above max",
      { min: 5, max: 4, limits: [10], counts: [1] },
      "Expected `limits` to be limits between min 5 and max 4, got a bucket from 5 to 4",
    ],
  ])("refuses %s", (_, raw, message) => {
    const body = () => bucketsOf(raw as EdgesAndCounts | LimitsAndCounts);
    expect(errorOf(ArgumentError, body).message).toBe(message);
  });
});

describe("encodeHistogram", () => {
  it("gives a tensor of float64 rows, with all that the loaders ask for", () => {
    const value = encodeHistogram("h", buckets([0, 1, 2]), { displayName: "H", description: "d" });
    expect(value).toStrictEqual({
      tag: "h",
      metadata: { pluginName: "histograms", dataClass: 2, displayName: "H", description: "d" },
      tensor: {
        dtype: 2,
        shape: [1, 3],
        content: bytes("0000000000000000 000000000000f03f 0000000000000040"),
      },
    });
  });

  it.each<[string, readonly HistogramBucket[]]>([
    ["buckets", buckets([-0.1, 0.2, 3], [0.2, 0.5, 1e15])],
    ["no bucket", []],
    ["a million values", histogramOf(Float32Array.from({ length: 1e6 }, (_, i) => Math.sin(i))).buckets],
  ])("keeps %s", (_, written) => {
    const event = decodeEvent(encodeEvent({ wallTime: 1, summary: [encodeHistogram("h", written)] }));
    expect(decodeHistogram(event.summary![0]!)).toEqual(written);
  });
});

describe("decodeHistogram", () => {
  // WEIGHTS of scripts/generate-peer-fixtures.py: -1, -0.5, 0, 0.25, 2. TensorFlow 2 and 1 chose three and very many buckets.
  it.each(["peer-torch", "peer-tensorboardx", "peer-tensorflow", "peer-tensorflow-1"])(
    "reads the same five values from %s, in the buckets that it chose",
    (name) => {
      proves(
        forPeer(["torch", "tensorboardX", "TensorFlow", "TensorFlow `compat.v1`"], "addHistogram", "read"),
      );
      const found = decodedOf(name, decodeHistogram);
      expect(found.map(([tag, step]) => [tag, step])).toEqual([2, 7, 12].map((step) => ["weights", step]));
      for (const [, , read] of found) {
        expect([read[0]!.left, read.at(-1)!.right]).toEqual([-1, 2]);
        expect(read.reduce((sum, { count }) => sum + count, 0)).toBe(5);
        for (const [i, { left, right }] of read.entries()) {
          expect(left).toBeLessThan(right);
          expect(left).toBe(i === 0 ? -1 : read[i - 1]!.right);
        }
      }
    },
  );

  it("reads from torch what we count from the same values and take from the same counts", () => {
    proves(forPeer("torch", ["addHistogram", "addHistogramRaw"], "read"));
    const ours = histogramOf([-1, -0.75, 0, 0.5, 0.625, 1.25, 3], 4);
    expect(rowsOf(ours.buckets)).toEqual([
      [-1, 0, 2],
      [0, 1, 3],
      [1, 2, 1],
      [2, 3, 1],
    ]);
    const raw = bucketsOf({ min: -1, max: 2, limits: [-1e12, 0, 1, 1e12, 1e13], counts: [0, 2, 1, 2, 0] });
    expect(decodedOf("peer-torch-plots", decodeHistogram)).toEqual([
      ["weights", 7, ours.buckets],
      ["raw", 7, raw],
    ]);
  });

  it("goes by the tag's metadata where the value has none", () => {
    const { metadata, ...bare } = encodeHistogram("h", buckets([0, 1, 2]));
    expect(decodeHistogram(bare)).toBeUndefined();
    expect(decodeHistogram(bare, metadata)).toEqual(buckets([0, 1, 2]));
  });

  const histograms = { pluginName: "histograms" };
  it.each<[string, Omit<SummaryValue, "tag">]>([
    ["another plugin's tensor", { ...encodeHistogram("h", []), metadata: { pluginName: "mesh" } }],
    [
      "a tensor of another shape",
      { metadata: histograms, tensor: { dtype: 2, shape: [3], doubleVal: [0, 1, 2] } },
    ],
    [
      "rows of another length",
      { metadata: histograms, tensor: { dtype: 2, shape: [1, 2], doubleVal: [0, 1] } },
    ],
    ["a tensor without elements", { metadata: histograms, tensor: { dtype: 2, shape: [1, 3] } }],
    ["a scalar", { metadata: histograms, simpleValue: 1 }],
    [
      "limits that do not fit the counts",
      { histo: { min: 0, max: 1, num: 1, sum: 1, sumSquares: 1, bucketLimit: [1, 2], bucket: [1] } },
    ],
  ])("gives nothing for %s", (_, value) => {
    expect(decodeHistogram({ tag: "h", ...value })).toBeUndefined();
  });
});
