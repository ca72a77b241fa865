// One tag, one dashboard: what a writer refuses under a tag that has other values.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { SummaryWriter } from "../../src/summary/index.js";
import { errorOf } from "../helpers/errors.js";
import { eventsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("tag-plugins");
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"/>';

/** A call for each plugin, under any tag. */
const CALLS: Readonly<Record<string, (writer: SummaryWriter, tag: string) => unknown>> = {
  scalars: (writer, tag) => writer.addScalar(tag, 1, 1),
  text: (writer, tag) => writer.addText(tag, "a", 1),
  histograms: (writer, tag) => writer.addHistogram(tag, [1], 1),
  images: (writer, tag) => writer.addImage(tag, [[1]], 1, { format: "HW" }),
  audio: (writer, tag) => writer.addAudio(tag, [1], 1),
  pr_curves: (writer, tag) => writer.addPrCurve(tag, [1], [1], 1),
  tensor: (writer, tag) => writer.addTensor(tag, [1], 1),
  graph_keras_model: (writer, tag) =>
    writer.addKerasModel({ config: { name: "m", layers: [{ config: { name: "d" } }] } }, { tag }),
  mine: (writer, tag) =>
    writer.addSummary(
      { tag, metadata: { pluginName: "mine", dataClass: 2 }, tensor: { dtype: 1, shape: [0] } },
      1,
    ),
};
const PAIRS = Object.keys(CALLS).flatMap((first) =>
  Object.keys(CALLS)
    .filter((second) => second !== first)
    .map((second) => [first, second] as const),
);

describe("a tag", () => {
  it.each(PAIRS)("of %s is refused to %s, and the file stays good", (first, second) => {
    const writer = new SummaryWriter(tempDir());
    CALLS[first]!(writer, "a");
    const { message } = errorOf(ArgumentError, () => CALLS[second]!(writer, "a"));
    expect(message).toBe(
      `Expected \`tag\` to be a tag that only ${second} has, got "a", which is one of ${first}`,
    );
    CALLS[first]!(writer, "a");
    CALLS[second]!(writer, "b");
    writer.closeSync();
    expect(eventsOf(writer.path!).map(({ summary }) => summary!.map(({ tag }) => tag))).toEqual([
      ["a"],
      ["a"],
      ["b"],
    ]);
  });

  it("is known through prefixes, steps, handles, counters, and by what is written under it", () => {
    const writer = new SummaryWriter(new MemorySink());
    writer.withPrefix("x/").addText("a", "t", 1);
    for (const call of [
      () => writer.addScalar("x/a", 1, 1),
      () => writer.addStep(1, { other: 1, "x/a": 1 }),
      () => writer.scalar("x/a"),
      () => writer.scalars(["b", "x/a"]),
      () => writer.counter("x/a"),
      () => writer.addScalars("x", { a: 1 }, 1),
      () => writer.addHParams({ lr: 1 }, { metrics: { "x/a": 1 } }),
    ]) {
      expect(errorOf(ArgumentError, call).argument).toBe("tag");
    }
    writer.addHParams({ lr: 1 });
    writer.addScalar("other", 1, 1);
    writer.addMesh("m", [[1, 2, 3]], 1);
    expect(() => writer.addText("m_VERTEX", "t", 1)).toThrow("one of mesh");
    writer.addText("m", "t", 1);
  });

  it("of pictures has figures and videos too", () => {
    const sink = new MemorySink();
    const writer = new SummaryWriter(sink);
    CALLS["images"]!(writer, "a");
    writer.addFigure("a", SVG, 2);
    writer.addVideo("a", [[[[1]]]], 3, { format: "NTHW" });
    expect(sink.events).toHaveLength(3);
  });

  it("is free after a call that was refused", () => {
    const writer = new SummaryWriter(new MemorySink());
    expect(() => writer.addText("a", 1 as never, 1)).toThrow(ArgumentError);
    expect(() => writer.addImage("a", [[1]], 0.5, { format: "HW" })).toThrow(ArgumentError);
    CALLS["histograms"]!(writer, "a");
  });

  it.each(["custom_scalars__config__", "_hparams_/session_start_info", "__run_graph__"])(
    "that TensorBoard looks for, %s, is for what it looks for",
    (tag) => {
      const writer = new SummaryWriter(new MemorySink());
      expect(() => writer.addText(tag, "t", 1)).toThrow(ArgumentError);
      expect(() => writer.addScalar(tag, 1, 1)).toThrow(ArgumentError);
      writer.addCustomScalarsMultilineChart(["a"]);
      writer.addHParams({ lr: 1 });
    },
  );
});

describe("what a session knows of its tags", () => {
  it("is its own: nothing is known to writers that write nothing", () => {
    SummaryWriter.noop().addAudio("a", [1], 1);
    const other = SummaryWriter.noop();
    other.addAudio("a", [[[1]], [[1]]], 1);
    expect(() => other.addAudio("a", [1], 2)).toThrow("2 clips");
    SummaryWriter.noop().addText("a", "t", 1);
  });
});
