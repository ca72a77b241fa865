// What TensorBoard makes of values that are in another form, without metadata, of two kinds under one tag: the rules that the dashboards'
// encoders keep to, seen in both loaders.
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { EventSink } from "../../../src/events/event-sink.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../../../src/wire/summary.js";
import { DataType } from "../../../src/wire/tensor.js";
import { addText } from "../../../src/summary/dashboards/text.js";
import { addHistogram } from "../../../src/summary/dashboards/histogram.js";
import { encodeMesh } from "../../../src/summary/mesh.js";
import { SummaryWriter } from "../../../src/summary/summary-writer.js";
import { bytes } from "../../helpers/bytes.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, type TensorBoard } from "../../helpers/tensorboard.js";
import { T, useTensorBoard, writeRun, writeWithTensorboardX } from "./boards.js";

const SCALARS: SummaryMetadata = { pluginName: "scalars", dataClass: DataClass.SCALAR };
const GIF = bytes("474946383961 0100 0100 80 00 00 ff0000 000000 2c 0000 0000 0100 0100 00 02 02 4401 00 3b");
const utf8 = (text: string): Uint8Array => Buffer.from(text);
/** A plugin's message of version 1, which is none that TensorBoard knows. */
const VERSION_1 = bytes("0801");

function write(sink: EventSink, step: number, ...summary: SummaryValue[]): void {
  sink.write({ step, summary, wallTime: T });
}

const strings = (shape: number[], ...stringVal: Uint8Array[]) => ({
  dtype: DataType.STRING,
  shape,
  stringVal,
});

function logScalars(sink: EventSink): void {
  const forms: Record<string, Partial<SummaryValue>> = {
    float: { metadata: SCALARS, tensor: { dtype: DataType.FLOAT, shape: [], floatVal: [1] } },
    double: { metadata: SCALARS, tensor: { dtype: DataType.DOUBLE, shape: [], doubleVal: [1] } },
    int64: { metadata: SCALARS, tensor: { dtype: DataType.INT64, shape: [], int64Val: [1] } },
    "one element": { metadata: SCALARS, tensor: { dtype: DataType.FLOAT, shape: [1], floatVal: [1] } },
    "no metadata": { tensor: { dtype: DataType.FLOAT, shape: [], floatVal: [1] } },
    "class only": {
      metadata: { dataClass: DataClass.SCALAR },
      tensor: { dtype: DataType.FLOAT, shape: [], floatVal: [1] },
    },
    "no class": { metadata: { pluginName: "scalars" }, simpleValue: 1 },
    bare: { simpleValue: 1 },
  };
  for (const [tag, form] of Object.entries(forms)) write(sink, 1, { tag, ...form });
  write(sink, 1, { tag: "both forms", metadata: SCALARS, simpleValue: 1 });
  write(sink, 2, { tag: "both forms", tensor: { dtype: DataType.FLOAT, shape: [], floatVal: [2] } });
  write(sink, 3, { tag: "both forms", simpleValue: 3 });
  write(sink, 1, { tag: "twice", metadata: SCALARS, simpleValue: 1 }, { tag: "twice", simpleValue: 2 });
  write(sink, 1, { tag: "poisoned" });
  for (const step of [2, 3]) write(sink, step, { tag: "poisoned", metadata: SCALARS, simpleValue: step });
  write(sink, 1, {
    tag: "described",
    metadata: { ...SCALARS, description: "first", displayName: "A" },
    simpleValue: 1,
  });
  write(sink, 2, {
    tag: "described",
    metadata: { ...SCALARS, description: "later", displayName: "B" },
    simpleValue: 2,
  });
  write(sink, 1, { tag: "/in front", metadata: SCALARS, simpleValue: 1 });
  write(sink, 1, { tag: "größe/中文 🙂", metadata: SCALARS, simpleValue: 1 });
}

function logMixed(sink: EventSink): void {
  write(sink, 1, { tag: "a", metadata: SCALARS, simpleValue: 1 });
  addText(sink, "a", "hello", 2, { wallTime: T });
  addText(sink, "b", "hello", 1, { wallTime: T });
  write(sink, 2, { tag: "b", metadata: SCALARS, simpleValue: 1 });
}

function logVersions(sink: EventSink): void {
  const float = { dtype: DataType.FLOAT, shape: [], floatVal: [1] };
  const values: [string, number, SummaryValue["tensor"]][] = [
    ["scalars", DataClass.SCALAR, float],
    ["histograms", DataClass.TENSOR, { dtype: DataType.DOUBLE, shape: [1, 3], doubleVal: [0, 1, 1] }],
    ["images", DataClass.BLOB_SEQUENCE, strings([3], utf8("1"), utf8("1"), GIF)],
    ["text", DataClass.TENSOR, strings([], utf8("a"))],
    ["pr_curves", DataClass.TENSOR, { dtype: DataType.FLOAT, shape: [6, 1], floatVal: [1] }],
  ];
  for (const [pluginName, dataClass, tensor] of values) {
    write(sink, 1, { tag: `known ${pluginName}`, metadata: { pluginName, dataClass }, tensor: tensor! });
    write(sink, 1, {
      tag: `new ${pluginName}`,
      metadata: { pluginName, dataClass, pluginContent: VERSION_1 },
      tensor: tensor!,
    });
  }
  write(sink, 1, { tag: "new plain", metadata: { ...SCALARS, pluginContent: VERSION_1 }, simpleValue: 1 });
}

function logOthers(sink: EventSink): void {
  const audio = { pluginName: "audio", pluginContent: bytes("100b"), dataClass: DataClass.BLOB_SEQUENCE };
  const wav = utf8("RIFF");
  write(sink, 1, { tag: "labels", metadata: audio, tensor: strings([2, 2], wav, utf8("a"), wav, utf8("b")) });
  const text = { pluginName: "text", dataClass: DataClass.TENSOR };
  write(sink, 1, {
    tag: "cube",
    metadata: text,
    tensor: strings([2, 2, 2], ..."abcdefgh".split("").map(utf8)),
  });
  // Five thresholds are said, and three are there.
  const curves = { pluginName: "pr_curves", pluginContent: bytes("1005"), dataClass: DataClass.TENSOR };
  const floatVal = [3, 2, 1, 3, 1, 1, 0, 2, 2, 0, 1, 2, 0.5, 0.5, 0.5, 1, 0.5, 0.25];
  write(sink, 1, {
    tag: "thresholds",
    metadata: curves,
    tensor: { dtype: DataType.FLOAT, shape: [6, 3], floatVal },
  });
  const histograms = { pluginName: "histograms", dataClass: DataClass.TENSOR };
  write(sink, 1, {
    tag: "float32",
    metadata: histograms,
    tensor: { dtype: DataType.FLOAT, shape: [1, 3], floatVal: [0, 0.1, 2] },
  });
  write(sink, 1, {
    tag: "zeros",
    metadata: histograms,
    tensor: { dtype: DataType.DOUBLE, shape: [2, 3], doubleVal: [0] },
  });
  addHistogram(sink, "tenth", [0, 0.1], 1, { bins: 1, wallTime: T });
  for (const [tag, shapes] of Object.entries({
    growing: [
      [1, 2, 3],
      [2, 1, 3],
    ],
    shrinking: [
      [2, 1, 3],
      [1, 2, 3],
    ],
  }))
    for (const [i, shape] of shapes.entries())
      write(sink, i + 1, ...encodeMesh(tag, { shape, data: [0, 1, 2, 3, 4, 5] }));
  const points = [[0, 1, 2]];
  write(sink, 1, ...encodeMesh("once coloured", points, { colors: points }));
  write(sink, 2, ...encodeMesh("once coloured", points));
}

interface Layout {
  readonly version: number;
  readonly category?: readonly {
    readonly title: string;
    readonly chart: readonly { readonly title: string }[];
  }[];
}

const layout = ({ json }: TensorBoard) => json<Layout>("data/plugin/custom_scalars/layout");

describeWithPython("what TensorBoard makes of other forms", () => {
  const tempDir = useTempDir("rules");
  let logdir: string;
  beforeAll(async () => {
    logdir = tempDir();
    writeRun(join(logdir, "scalars"), logScalars);
    writeRun(join(logdir, "mixed"), logMixed);
    writeRun(join(logdir, "versions"), logVersions);
    writeRun(join(logdir, "others"), logOthers);
    for (const run of ["one", "two"]) {
      writeRun(join(logdir, "layouts", run), (sink) => {
        const writer = new SummaryWriter(sink);
        writer.addScalar("a", 1, 1, T);
        writer.addCustomScalarsMultilineChart(["a"], "shared", "same");
        writer.addCustomScalarsMultilineChart(["a"], "shared", `of ${run}`);
      });
    }
    await writeWithTensorboardX(
      join(logdir, "tensorboardX"),
      `writer.add_scalar("described", 1, 1, walltime=T, display_name="D", summary_description="*d*")
writer.add_histogram_raw("tenth", min=0, max=0.1, num=2, sum=0.1, sum_squares=0.01, bucket_limits=[0.1], bucket_counts=[2], global_step=1, walltime=T)
from tensorboardX.proto.summary_pb2 import Summary, HistogramProto
histo = HistogramProto(min=0, max=1, num=1, sum=1, sum_squares=1, bucket_limit=[1, 2], bucket=[1])
writer.file_writer.add_summary(Summary(value=[Summary.Value(tag="unequal", histo=histo)]), 1, T)
writer.add_scalar("last", 1, 1, walltime=T)`,
    );
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    const isRust = loader === "rust";
    const board = useTensorBoard(
      () => logdir,
      loader,
      async (it) => {
        const tags = await it.scalarTags();
        const { category } = await layout(it);
        const meshes = await it.json<Record<string, object>>("data/plugin/mesh/tags");
        return (
          tags["scalars"]?.includes("größe/中文 🙂") &&
          tags["tensorboardX"]?.includes("last") &&
          tags["versions"]?.includes("known scalars") &&
          category?.[0]?.chart.length === 3 &&
          "shrinking" in (meshes["others"] ?? {})
        );
      },
    );
    const tagsOf = async (plugin: string, run: string) =>
      (await board().json<Record<string, Record<string, never>>>(`data/plugin/${plugin}/tags`))[run] ?? {};
    const ask = <R>(plugin: string, route: string, query: Record<string, string>): Promise<R> =>
      board().json<R>(`data/plugin/${plugin}/${route}?${new URLSearchParams(query).toString()}`);

    const points = async (tag: string) =>
      (await ask<number[][]>("scalars", "scalars", { run: "scalars", tag })).map(([, step, value]) => [
        step,
        value,
      ]);
    const rows = async (run: string, tag: string) =>
      (await ask<[number, number, number[][]][]>("histograms", "histograms", { run, tag }))[0]![2];
    test("scalars are of one element of float32 in both; of other types, or in a list, in one loader only", async () => {
      const tags = Object.keys(await tagsOf("scalars", "scalars"));
      const wide = ["double", "int64", "one element"];
      const shown = [
        "float",
        "no class",
        "bare",
        "both forms",
        "twice",
        "described",
        "/in front",
        "größe/中文 🙂",
      ];
      expect(tags.toSorted()).toEqual([...shown, ...(isRust ? [] : wide)].toSorted());
      for (const tag of wide) expect((await points(tag)).length).toBe(isRust ? 0 : 1);
      expect(await points("float")).toEqual([[1, 1]]);
    });

    test("a plain number and a tensor may follow each other under a tag", async () => {
      expect(await points("both forms")).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
    });

    test("of two values of a tag in one event one loader keeps the last", async () => {
      expect(await points("twice")).toEqual(
        isRust
          ? [[1, 2]]
          : [
              [1, 1],
              [1, 2],
            ],
      );
    });

    test("a first value without a number takes the tag from all that follow", async () => {
      await expect(points("poisoned")).rejects.toThrow("404");
    });

    test("the first description of a tag counts", async () => {
      expect((await tagsOf("scalars", "scalars"))["described"]).toEqual({
        displayName: "A",
        description: "<p>first</p>",
      });
    });

    test("tensorboardX's description is there in one loader only, for it has no data class", async () => {
      const shown = { displayName: "D", description: "<p><em>d</em></p>" };
      const none = { displayName: "", description: "" };
      expect((await tagsOf("scalars", "tensorboardX"))["described"]).toEqual(isRust ? none : shown);
    });

    test("a tag with two kinds of values is broken: why a writer refuses the second", async () => {
      const scalars = await ask<unknown[][]>("scalars", "scalars", { run: "mixed", tag: "a" });
      expect(scalars.map(([, step, value]) => [step, value])).toEqual(
        isRust
          ? [[1, 1]]
          : [
              [1, 1],
              [2, "hello"],
            ],
      );
      const texts = ask<{ text: string }[]>("text", "text", { run: "mixed", tag: "b" });
      const found = texts.then(
        (all) => all.map(({ text }) => text),
        (error: Error) => / 500 /.exec(error.message)?.[0],
      );
      expect(await found).toEqual(isRust ? ["<p>hello</p>"] : " 500 ");
      expect(Object.keys(await tagsOf("scalars", "mixed"))).toEqual(["a"]);
    });

    test.each(["histograms", "images", "text", "pr_curves", "scalars"])(
      "a message of a later version hides a tag of %s",
      async (plugin) => {
        const found = await tagsOf(plugin, "versions");
        const tags = Array.isArray(found) ? (found as string[]) : Object.keys(found);
        // A plain number without a tensor is given a message by that loader.
        const plain = plugin === "scalars" && !isRust ? ["new plain"] : [];
        expect(tags).toEqual([`known ${plugin}`, ...plain]);
      },
    );

    test("a dashboard is there when a tag has its plugin, and no other is", async () => {
      const listing = await board().json<Record<string, { enabled: boolean }>>("data/plugins_listing");
      const enabled = Object.keys(listing).filter((plugin) => listing[plugin]!.enabled);
      expect(enabled.toSorted()).toEqual([
        "audio",
        "custom_scalars",
        "distributions",
        "histograms",
        "images",
        "mesh",
        "pr_curves",
        "scalars",
        "text",
        "timeseries",
      ]);
    });

    test("clips with labels are counted as twice as many in one loader: why ours are a list", async () => {
      const labels = (await tagsOf("audio", "others"))["labels"] as unknown as { samples: number };
      expect(labels.samples).toBe(isRust ? 2 : 4);
      await expect(
        ask("audio", "audio", { run: "others", tag: "labels", sample: isRust ? "2" : "4" }),
      ).rejects.toThrow("500");
    });

    test("of a text with three dimensions a slice is shown, with a warning: why ours has two at most", async () => {
      const [cube] = await ask<{ text: string }[]>("text", "text", { run: "others", tag: "cube" });
      expect(cube!.text).toContain("data of dimensionality 3");
      expect(cube!.text).toContain("<p>d</p>");
      expect(cube!.text).not.toContain("<p>e</p>");
    });

    test("a curve has as many thresholds as columns, whatever its message says", async () => {
      const query = { run: "others", tag: "thresholds" };
      const { others } = await ask<Record<string, { thresholds: number[] }[]>>(
        "pr_curves",
        "pr_curves",
        query,
      );
      expect(others![0]!.thresholds).toEqual([0, 0.5, 1]);
    });

    test("one element stands for all of a tensor", async () => {
      expect(await rows("others", "zeros")).toEqual([
        [0, 0, 0],
        [0, 0, 0],
      ]);
    });

    test("ours has edges of float64; the old form has in one loader float32, and in the other nothing where lists differ", async () => {
      expect(await rows("others", "tenth")).toEqual([[0, 0.1, 2]]);
      expect(await rows("others", "float32")).toEqual([[0, Math.fround(0.1), 2]]);
      expect(await rows("tensorboardX", "tenth")).toEqual([[0, isRust ? 0.1 : Math.fround(0.1), 2]]);
      const unequal = await ask<unknown[]>("histograms", "histograms", {
        run: "tensorboardX",
        tag: "unequal",
      });
      expect(unequal.length).toBe(isRust ? 0 : 1);
    });

    test("categories of one title of several runs are one, a chart of both is there once", async () => {
      const { category, version } = await layout(board());
      expect([category!.map(({ title }) => title), version]).toEqual([["shared"], 0]);
      expect(category![0]!.chart.map(({ title }) => title)).toEqual(["same", "of one", "of two"]);
    });

    test("a step with fewer meshes than the first is an error, one with more hides them: addMesh refuses both", async () => {
      const tags = await tagsOf("mesh", "others");
      expect(tags).toEqual({
        growing: { samples: 1 },
        "once coloured": { samples: 1 },
        shrinking: { samples: 2 },
      });
      const vertices = (tag: string, step: string, sample: string) =>
        ask("mesh", "data", { run: "others", tag, content_type: "VERTEX", step, sample });
      await expect(vertices("shrinking", "2", "1")).rejects.toThrow("500");
      // The page asks for the colours of each step that is said to have them, by the first.
      const query = { run: "others", tag: "once coloured", content_type: "COLOR", step: "2", sample: "0" };
      const colors = await board().bytes(`data/plugin/mesh/data?${new URLSearchParams(query).toString()}`);
      expect(colors.length).toBe(0);
      const parts = await ask<{ components: number }[]>("mesh", "meshes", {
        run: "others",
        tag: "once coloured",
      });
      expect(parts.map(({ components }) => components)).toEqual([10, 10, 10]);
    });

    test("a run without a graph has none", async () => {
      await expect(board().bytes("data/plugin/graphs/graph?run=others")).rejects.toThrow("404");
    });
  });
});
