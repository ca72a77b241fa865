// Precision-recall curves: computing them, how they are written, and reading what other programs write.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import {
  decodePrCurve,
  encodePrCurve,
  prCurveOf,
  rawPrCurve,
  type PrCurve,
  type PrCurveOptions,
  type RawPrCurve,
} from "../../src/summary/pr-curve.js";
import type { ArrayInput } from "../../src/summary/arrays.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { decodedOf } from "./decoded.js";

const rowsOf = (curve: PrCurve): number[][] =>
  [
    curve.truePositives,
    curve.falsePositives,
    curve.trueNegatives,
    curve.falseNegatives,
    curve.precision,
    curve.recall,
  ].map((row) => [...row]);

describe("prCurveOf", () => {
  const labels = [0, 1, 1, 0, 1];
  const predictions = [0.1, 0.5, 0.8, 0.6, 1];

  it("counts at each threshold who says yes, and is right", () => {
    const { curve, skipped } = prCurveOf(labels, predictions, { numThresholds: 3 });
    // At 0 all say yes; at 0.5 all but the first; at 1 only the last.
    expect(rowsOf(curve)).toEqual([
      [3, 3, 1],
      [2, 1, 0],
      [0, 1, 2],
      [0, 0, 2],
      [3 / 5, 3 / 4, 1],
      [1, 1, 1 / 3],
    ]);
    expect(skipped).toBe(0);
  });

  it("has 201 thresholds unless told otherwise, and more than 127 if told so", () => {
    expect(prCurveOf(labels, predictions).curve.recall).toHaveLength(201);
    expect(prCurveOf(labels, predictions, { numThresholds: 1000 }).curve.recall).toHaveLength(1000);
  });

  it("takes booleans and arrays of any kind and shape", () => {
    const { curve } = prCurveOf(labels, predictions, { numThresholds: 3 });
    const same: [ArrayInput, ArrayInput][] = [
      [labels.map((label) => label === 1), Float64Array.from(predictions)],
      [Uint8Array.from(labels), predictions],
      [BigInt64Array.from(labels.map(BigInt)), [predictions]],
    ];
    for (const [a, b] of same) expect(prCurveOf(a, b, { numThresholds: 3 }).curve).toEqual(curve);
  });

  it("weighs examples", () => {
    const twice = prCurveOf(labels, predictions, { numThresholds: 3, weights: 2 }).curve;
    expect(rowsOf(twice)[0]).toEqual([6, 6, 2]);
    const each = prCurveOf(labels, predictions, { numThresholds: 3, weights: [1, 0.5, 0, 4, 2] }).curve;
    expect(rowsOf(each).slice(0, 2)).toEqual([
      [2.5, 2.5, 2],
      [5, 4, 0],
    ]);
  });

  it("leaves out NaN and infinities, and counts them", () => {
    const bad = [...predictions, Number.NaN, Infinity, -Infinity];
    const { curve, skipped } = prCurveOf([...labels, 1, 0, 1], bad, { numThresholds: 3 });
    expect(skipped).toBe(3);
    expect(curve).toEqual(prCurveOf(labels, predictions, { numThresholds: 3 }).curve);
  });

  it("rounds what is outside by a rounding error", () => {
    const { curve } = prCurveOf([1, 1], Float32Array.of(-1e-7, 1.000001), { numThresholds: 2 });
    expect(rowsOf(curve)[0]).toEqual([2, 1]);
  });

  it("is of no example all zeros", () => {
    const { curve } = prCurveOf([], [], { numThresholds: 2 });
    expect(rowsOf(curve)).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it.each<[string, ArrayInput, ArrayInput, PrCurveOptions, string]>([
    ["unequal lists", [0, 1], [0.5], {}, "Expected `predictions` to be 2 numbers, as many as labels, got 1"],
    [
      "a label that is none",
      [0, 2],
      [0, 0],
      {},
      "Expected `labels[1]` to be 0, 1 or a boolean, got 2 (number)",
    ],
    [
      "a label that is NaN",
      [Number.NaN],
      [0],
      {},
      "Expected `labels[0]` to be 0, 1 or a boolean, got NaN (number)",
    ],
    [
      "a logit",
      [0, 1],
      [0.5, 3.5],
      {},
      "Expected `predictions[1]` to be a number from 0 to 1, got 3.5 (number)",
    ],
    [
      "a negative logit",
      [0],
      [-0.1],
      {},
      "Expected `predictions[0]` to be a number from 0 to 1, got -0.1 (number)",
    ],
    ["a text", ["0" as never], [0], {}, 'Expected `labels[0]` to be a number, got "0" (string)'],
    [
      "one threshold",
      [0],
      [0],
      { numThresholds: 1 },
      "Expected `numThresholds` to be an integer from 2 to 100,000, got 1 (number)",
    ],
    [
      "half a threshold",
      [0],
      [0],
      { numThresholds: 2.5 },
      "Expected `numThresholds` to be an integer from 2 to 100,000, got 2.5 (number)",
    ],
    [
      "too few weights",
      [0, 1],
      [0, 1],
      { weights: [1] },
      "Expected `weights` to be 2 numbers, as many as labels, got 1",
    ],
    [
      "a negative weight",
      [0, 1],
      [0, 1],
      { weights: [1, -1] },
      "Expected `weights[1]` to be a finite number from 0, got -1 (number)",
    ],
    [
      "a weight that is NaN",
      [0],
      [0],
      { weights: Number.NaN },
      "Expected `weights` to be a finite number from 0, got NaN (number)",
    ],
  ])("refuses %s", (_, labels, predictions, options, message) => {
    expect(errorOf(ArgumentError, () => prCurveOf(labels, predictions, options)).message).toBe(message);
  });
});

describeWithPython("prCurveOf and tensorboardX's compute_curve, which is TensorBoard's", () => {
  it("compute alike", async () => {
    const cases = [2, 9, 127, 201].flatMap((numThresholds) =>
      [1, 0.25, "each"].map((weights) => {
        const examples = Array.from({ length: 100 }, () => Math.random());
        const grid = Array.from({ length: 11 }, (_, k) => k / 10);
        const predictions = [...examples, ...grid];
        return {
          numThresholds,
          predictions,
          labels: predictions.map((guess, i) => (guess + (i % 7) / 7 > 1 ? 1 : 0)),
          weights: weights === "each" ? predictions.map((_, i) => (i % 4) / 4) : (weights as number),
        };
      }),
    );
    const theirs = await runPython(
      `import json, sys
import numpy as np
from tensorboardX.summary import compute_curve
def curve(c):
    weights = np.array(c["weights"]) if isinstance(c["weights"], list) else c["weights"]
    return compute_curve(np.array(c["labels"]), np.array(c["predictions"]), c["numThresholds"], weights).tolist()
print(json.dumps([curve(c) for c in json.loads(sys.argv[1])]))`,
      [JSON.stringify(cases)],
    );
    const ours = cases.map(({ labels, predictions, ...options }) =>
      rowsOf(prCurveOf(labels, predictions, options).curve),
    );
    expect(ours).toEqual(JSON.parse(theirs));
  });
});

describe("rawPrCurve", () => {
  const counts: RawPrCurve = {
    truePositives: [4, 3, 1],
    falsePositives: Int32Array.of(4, 1, 0),
    trueNegatives: [0, 3, 4],
    falseNegatives: [0, 1, 3],
  };

  it("computes precision and recall unless they are given", () => {
    expect(rowsOf(rawPrCurve(counts)).slice(4)).toEqual([
      [0.5, 0.75, 1],
      [1, 0.75, 0.25],
    ]);
    const given = rawPrCurve({ ...counts, precision: [0.1, 0.2, 0.3], recall: Float32Array.of(1, 0.5, 0) });
    expect(rowsOf(given).slice(4)).toEqual([
      [0.1, 0.2, 0.3],
      [1, 0.5, 0],
    ]);
    expect(given.falsePositives).toEqual(Float64Array.of(4, 1, 0));
  });

  it.each<[string, unknown, string]>([
    [
      "nothing",
      undefined,
      "Expected `curve` to be an object with truePositives, falsePositives, trueNegatives, falseNegatives, got undefined",
    ],
    [
      "no threshold",
      { ...counts, truePositives: [] },
      "Expected `truePositives` to be a count for each threshold, at least one, got none",
    ],
    [
      "a missing list",
      { ...counts, trueNegatives: undefined },
      "Expected `trueNegatives` to be a number, or numbers in an array, got undefined",
    ],
    [
      "a shorter list",
      { ...counts, falseNegatives: [1] },
      "Expected `falseNegatives` to be 3 numbers, as many as truePositives, got 1",
    ],
    [
      "a negative count",
      { ...counts, trueNegatives: [0, -1, 0] },
      "Expected `trueNegatives[1]` to be a finite number from 0, got -1 (number)",
    ],
    [
      "a count that is NaN",
      { ...counts, truePositives: [1, 1, Number.NaN] },
      "Expected `truePositives[2]` to be a finite number from 0, got NaN (number)",
    ],
    [
      "a precision above 1",
      { ...counts, precision: [1, 2, 0] },
      "Expected `precision[1]` to be a number from 0 to 1, got 2 (number)",
    ],
    [
      "a recall that is NaN",
      { ...counts, recall: [Number.NaN, 1, 0] },
      "Expected `recall[0]` to be a number from 0 to 1, got NaN (number)",
    ],
  ])("refuses %s", (_, raw, message) => {
    expect(errorOf(ArgumentError, () => rawPrCurve(raw as RawPrCurve)).message).toBe(message);
  });
});

describe("encodePrCurve", () => {
  const curve = rawPrCurve({
    truePositives: [2, 1],
    falsePositives: [2, 0],
    trueNegatives: [0, 2],
    falseNegatives: [0, 1],
  });

  it("gives a tensor of six float32 rows, with all that the loaders ask for", () => {
    expect(encodePrCurve("p", curve, { displayName: "P", description: "d" })).toStrictEqual({
      tag: "p",
      metadata: {
        pluginName: "pr_curves",
        dataClass: 2,
        pluginContent: bytes("1002"),
        displayName: "P",
        description: "d",
      },
      tensor: {
        dtype: 1,
        shape: [6, 2],
        content: bytes(
          "00000040 0000803f  00000040 00000000  00000000 00000040",
          "00000000 0000803f  0000003f 0000803f  0000803f 0000003f",
        ),
      },
    });
  });

  it("keeps a curve, as float32", () => {
    const { curve: written } = prCurveOf([1, 0, 1], [0.2, 0.4, 0.9]);
    const event = decodeEvent(encodeEvent({ wallTime: 1, summary: [encodePrCurve("p", written)] }));
    expect(rowsOf(decodePrCurve(event.summary![0]!)!)).toEqual(
      rowsOf(written).map((row) => row.map(Math.fround)),
    );
  });
});

describe("decodePrCurve", () => {
  it("reads from torch what we compute from the same examples and take from the same counts", () => {
    proves(forPeer("torch", ["addPrCurve", "addPrCurveRaw"], "read"));
    // Those of scripts/generate-peer-fixtures.py.
    const labels = [0, 1, 1, 0, 1, 0, 1];
    const predictions = [0.125, 0.25, 0.375, 0.4375, 0.625, 0.75, 0.8125];
    const ours = rowsOf(prCurveOf(labels, predictions, { numThresholds: 9 }).curve);
    const found = decodedOf("peer-torch-plots", decodePrCurve);
    expect(found.map(([tag, step]) => [tag, step])).toEqual([
      ["curve", 7],
      ["raw curve", 7],
    ]);
    expect(rowsOf(found[0]![2])).toEqual(ours.map((row) => row.map(Math.fround)));
    expect(rowsOf(found[1]![2])).toEqual([
      [4, 3, 1],
      [3, 1, 0],
      [0, 2, 3],
      [0, 1, 3],
      [0.5, 0.75, 1],
      [1, 0.75, 0.25],
    ]);
  });

  it("reads tensorboardX's, goes by the tag's metadata, and gives nothing for other values", () => {
    proves(forPeer("tensorboardX", "addPrCurve", "read"));
    expect(decodedOf("tensorboardx-dashboards", decodePrCurve).map(([tag]) => tag)).toEqual(["pr"]);
    const tensor = { dtype: 1, shape: [6, 1], floatVal: [1, 2, 3, 4, 5, 6] };
    expect(decodePrCurve({ tag: "p", tensor })).toBeUndefined();
    const metadata = { pluginName: "pr_curves" };
    expect(rowsOf(decodePrCurve({ tag: "p", tensor }, metadata)!)).toEqual([[1], [2], [3], [4], [5], [6]]);
    expect(decodePrCurve({ tag: "p", tensor: { ...tensor, shape: [6] } }, metadata)).toBeUndefined();
    expect(decodePrCurve({ tag: "p", tensor: { ...tensor, shape: [1, 6] } }, metadata)).toBeUndefined();
    expect(decodePrCurve({ tag: "p", simpleValue: 1 }, metadata)).toBeUndefined();
  });
});
