// Smoothing beside the function in TensorBoard's own page, which is taken out of it and run.
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { smoothed } from "../../src/plot/smoothing.js";
import { describeWithPython, runPython } from "../helpers/python.js";

/** Prints the body of the page's `classicSmoothing(series, weight)`, with the names that it has for its two arguments. */
const SCRIPT = String.raw`
import json, os, re, zipfile
import tensorboard
page = zipfile.ZipFile(os.path.join(os.path.dirname(tensorboard.__file__), "webfiles.zip")).read("index.js").decode()
pattern = r"function\((\w+),(\w+)\)\{return \w+\(this,null,function\*\(\)\{(Number\.isFinite\(\2\)\|\|.*?return \w+)\}\)\}"
[(series, weight, body)] = set(re.findall(pattern, page))
print("ANSWER" + json.dumps([series, weight, body]))
`;

type Smooth = (series: { id: string; points: { x: number; y: number }[] }[], weight: number) => typeof series;

describeWithPython("smoothing", () => {
  let theirs: Smooth;

  beforeAll(async () => {
    const answer = await runPython(SCRIPT);
    const [series, weight, body] = JSON.parse(answer.slice(answer.indexOf("ANSWER") + 6)) as string[];
    theirs = runInNewContext(`(function (${series}, ${weight}) { ${body} })`) as Smooth;
  });

  it("gives TensorBoard's numbers, bit for bit", () => {
    const y = fc.oneof(fc.double(), fc.double({ min: -10, max: 10 }), fc.constantFrom(NaN, Infinity, 3));
    const weight = fc.oneof(fc.constantFrom(0, 0.6, 0.999), fc.double({ min: 0, max: 0.9999, noNaN: true }));
    fc.assert(
      fc.property(fc.array(y, { maxLength: 60 }), weight, (ys, at) => {
        const [answer] = theirs([{ id: "a", points: ys.map((one, x) => ({ x, y: one })) }], at);
        expect([...smoothed(ys, at)]).toEqual(answer!.points.map((point) => point.y));
      }),
      { numRuns: 500 },
    );
  });
});
