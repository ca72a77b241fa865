// The calls that log texts, histograms and curves: what one event has, and what is refused before anything is written.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import type { EventSink } from "../../../src/events/event-sink.js";
import { MemorySink } from "../../../src/events/memory-sink.js";
import { addHistogram, addHistogramRaw } from "../../../src/summary/dashboards/histogram.js";
import { addPrCurve, addPrCurveRaw } from "../../../src/summary/dashboards/pr-curve.js";
import { addText } from "../../../src/summary/dashboards/text.js";
import type { DashboardOptions } from "../../../src/summary/dashboards/write.js";
import { decodeHistogram } from "../../../src/summary/histogram.js";
import { decodePrCurve } from "../../../src/summary/pr-curve.js";
import { decodeText } from "../../../src/summary/text.js";
import { eventsOf } from "../../helpers/events.js";
import { errorOf } from "../../helpers/errors.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("plots");
const counts = { truePositives: [1], falsePositives: [0], trueNegatives: [0], falseNegatives: [0] };

type Call = (sink: EventSink, tag: string, step: number, options?: DashboardOptions) => unknown;
const CALLS: [name: string, plugin: string, call: Call][] = [
  ["addText", "text", (sink, tag, step, options) => addText(sink, tag, "a", step, options)],
  ["addHistogram", "histograms", (sink, tag, step, options) => addHistogram(sink, tag, [1], step, options)],
  [
    "addHistogramRaw",
    "histograms",
    (sink, tag, step, options) => addHistogramRaw(sink, tag, { edges: [0, 1], counts: [1] }, step, options),
  ],
  ["addPrCurve", "pr_curves", (sink, tag, step, options) => addPrCurve(sink, tag, [1], [0.5], step, options)],
  [
    "addPrCurveRaw",
    "pr_curves",
    (sink, tag, step, options) => addPrCurveRaw(sink, tag, counts, step, options),
  ],
];

describe.each(CALLS)("%s", (_, pluginName, call) => {
  it("writes one event, at its step and wall time, with the tag's texts", () => {
    const sink = new MemorySink({ clock: () => 5000 });
    call(sink, "a/b", -3, { wallTime: 12.5, displayName: "A", description: "*b*" });
    call(sink, "c", 4);
    const metadata = { pluginName, dataClass: 2, displayName: "A", description: "*b*" };
    expect(sink.events).toMatchObject([
      { step: -3, wallTime: 12.5, summary: [{ tag: "a/b", metadata }] },
      { step: 4, wallTime: 5, summary: [{ tag: "c", metadata: { pluginName, dataClass: 2 } }] },
    ]);
  });

  it.each<[string, [tag: string, step: number, options?: DashboardOptions], string]>([
    ["no tag", ["", 1], 'Expected `tag` to be a string that is not empty, got "" (string)'],
    ["half a step", ["a", 1.5], "Expected `step` to be a safe integer, got 1.5 (number)"],
    [
      "a wall time that is none",
      ["a", 1, { wallTime: Number.NaN }],
      "Expected `wallTime` to be a finite number of seconds, got NaN (number)",
    ],
    [
      "a description that is none",
      ["a", 1, { description: 5 as never }],
      "Expected `description` to be a string, got 5 (number)",
    ],
  ])("refuses %s, and writes nothing", (_reason, args, message) => {
    const sink = new MemorySink();
    expect(errorOf(ArgumentError, () => call(sink, ...args)).message).toBe(message);
    expect(sink.events).toEqual([]);
  });
});

it("leave a good file behind calls that are refused", () => {
  const sink = new EventFileWriter(tempDir());
  addText(sink, "text", "before", 1);
  const refused: (() => unknown)[] = [
    () => addText(sink, "text", [["a"], ["b", "c"]], 2),
    () => addHistogram(sink, "histogram", [[1, 2], [3]], 2),
    () => addHistogramRaw(sink, "histogram", { edges: [1, 0], counts: [1] }, 2),
    () => addPrCurve(sink, "curve", [1], [7], 2),
    () => addPrCurveRaw(sink, "curve", { ...counts, recall: [7] }, 2),
  ];
  for (const call of refused) expect(call).toThrow(ArgumentError);
  expect(addHistogram(sink, "histogram", [Number.NaN, 1, 3, -Infinity], 3, { bins: 1 })).toBe(2);
  expect(addPrCurve(sink, "curve", [1, 0], [0.5, Number.NaN], 3, { numThresholds: 2 })).toBe(1);
  addText(sink, "text", ["half \ud800"], 3);
  sink.closeSync();
  const values = eventsOf(sink.path!).flatMap(({ summary = [] }) => summary);
  expect(values.map(({ tag }) => tag)).toEqual(["text", "histogram", "curve", "text"]);
  expect(decodeText(values[0]!)).toBe("before");
  expect(decodeHistogram(values[1]!)).toEqual([{ left: 1, right: 3, count: 2 }]);
  expect(decodePrCurve(values[2]!)!.truePositives).toEqual(Float64Array.of(1, 0));
  expect(decodeText(values[3]!)).toEqual(["half \ufffd"]);
});
