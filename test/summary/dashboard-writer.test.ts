// The writer's calls for the dashboards: each reaches the file under its tag, with prefix and declared description, and reads back.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ClosedError } from "../../src/errors.js";
import {
  decodeAudio,
  decodeCustomScalars,
  decodeGraph,
  decodeHistogram,
  decodeHParams,
  decodeImage,
  decodeKerasModel,
  decodeLabels,
  decodeMesh,
  decodePrCurve,
  decodeProjectorConfig,
  decodeScalar,
  decodeTensor,
  decodeText,
  decodeVectors,
  defineMetrics,
  SummaryWriter,
} from "../../src/summary/index.js";
import type { Event } from "../../src/wire/event.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { forUs, proves } from "../compatibility/proves.js";
import { eventsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("dashboard-writer");

function logged(log: (writer: SummaryWriter) => void): Event[] {
  const writer = new SummaryWriter(tempDir());
  log(writer);
  writer.closeSync();
  return eventsOf(writer.path!);
}

function only(events: readonly Event[]): SummaryValue & { step: number } {
  expect(events.map(({ summary }) => summary?.length)).toEqual([1]);
  return { ...events[0]!.summary![0]!, step: Number(events[0]!.step) };
}

describe("a SummaryWriter's call", () => {
  it("addScalar and addStep", () => {
    proves(forUs(["addScalar", "addStep"], "read"));
    const events = logged((writer) => {
      writer.addScalar("loss", 0.5, 1);
      writer.addStep(2, { loss: -0.25, acc: Infinity });
    });
    const read = events.map(({ step, summary }) => [step, summary!.map((v) => [v.tag, decodeScalar(v)])]);
    expect(read).toEqual([
      [1, [["loss", 0.5]]],
      [
        2,
        [
          ["loss", -0.25],
          ["acc", Infinity],
        ],
      ],
    ]);
  });

  it("addText", () => {
    proves(forUs("addText", "read"));
    const value = only(logged((writer) => writer.addText("notes", ["a", "*b*"], 7)));
    expect([value.tag, value.step, decodeText(value)]).toEqual(["notes", 7, ["a", "*b*"]]);
  });

  it("addHistogram, which says what it left out", () => {
    proves(forUs("addHistogram", "read"));
    let skipped = -1;
    const events = logged((writer) => {
      skipped = writer.addHistogram("w", [0, 1, 2, 3, NaN], 1, { bins: 3 });
    });
    expect(skipped).toBe(1);
    expect(decodeHistogram(only(events))).toEqual([
      { left: 0, right: 1, count: 1 },
      { left: 1, right: 2, count: 1 },
      { left: 2, right: 3, count: 2 },
    ]);
  });

  it("addHistogramRaw", () => {
    proves(forUs("addHistogramRaw", "read"));
    const events = logged((writer) => writer.addHistogramRaw("w", { edges: [0, 1, 3], counts: [4, 5] }, 1));
    expect(decodeHistogram(only(events))).toEqual([
      { left: 0, right: 1, count: 4 },
      { left: 1, right: 3, count: 5 },
    ]);
  });

  it("addImage, addImages, addImageWithBoxes", () => {
    proves(forUs(["addImage", "addImages", "addImageWithBoxes"], "read"));
    const pixels = [
      [0, 1],
      [1, 0],
      [0, 0],
    ];
    const image = decodeImage(only(logged((writer) => writer.addImage("x", pixels, 2, { format: "HW" }))));
    expect(image).toMatchObject({ width: 2, height: 3 });
    const two = logged((writer) => writer.addImages("x", [pixels, pixels], 2, { format: "NHW" }));
    expect(decodeImage(only(two))!.images).toHaveLength(2);
    const boxed = logged((writer) =>
      writer.addImageWithBoxes("x", pixels, [[0, 0, 1, 2]], 2, { format: "HW" }),
    );
    expect(decodeImage(only(boxed))!.images).toHaveLength(1);
  });

  it("addAudio", () => {
    proves(forUs("addAudio", "read"));
    const events = logged((writer) => writer.addAudio("a", new Float32Array(80), 3, { sampleRate: 8000 }));
    expect(decodeAudio(only(events))).toMatchObject([{ sampleRate: 8000 }]);
  });

  it("addVideo and addFigure", () => {
    proves(forUs(["addVideo", "addFigure"], "read"));
    const frames = { data: new Uint8Array(2 * 3 * 4 * 5), shape: [2, 3, 4, 5] };
    const video = only(logged((writer) => writer.addVideo("v", frames, 3, { fps: 10 })));
    expect([video.tag, video.step]).toEqual(["v", 3]);
    expect(decodeImage(video)).toMatchObject({ width: 5, height: 4 });
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"/>';
    const figure = only(logged((writer) => writer.addFigure("f", svg, 4, { width: 8 })));
    expect([figure.tag, figure.step]).toEqual(["f", 4]);
    expect(decodeImage(figure)).toMatchObject({ width: 8, height: 4 });
  });

  it("addGraph and addKerasModel", () => {
    proves(forUs(["addGraph", "addKerasModel"], "read"));
    const nodes = [
      { name: "x", op: "Placeholder" },
      { name: "y", op: "Relu", inputs: ["x"] },
    ];
    const [event] = logged((writer) => writer.addGraph(nodes));
    expect(decodeGraph(event!)).toMatchObject(nodes);
    const model = {
      class_name: "Sequential",
      config: { name: "m", layers: [{ class_name: "Dense", config: { name: "d" } }] },
    };
    const value = only(logged((writer) => writer.addKerasModel(model)));
    expect(decodeKerasModel(value)).toMatchObject(model);
  });

  it("addPrCurve and addPrCurveRaw", () => {
    proves(forUs(["addPrCurve", "addPrCurveRaw"], "read"));
    let skipped = -1;
    const curve = only(
      logged((writer) => {
        skipped = writer.addPrCurve("pr", [1, 0, 1], [0.9, 0.1, NaN], 4, { numThresholds: 3 });
      }),
    );
    expect(skipped).toBe(1);
    const decoded = decodePrCurve(curve)!;
    expect(Array.from(decoded.truePositives)).toEqual([1, 1, 0]);
    const again = only(logged((writer) => writer.addPrCurveRaw("pr", decoded, 4)));
    expect(decodePrCurve(again)).toEqual(decoded);
  });

  it("addCustomScalars and its charts, in one layout", () => {
    proves(
      forUs(["addCustomScalars", "addCustomScalarsMultilineChart", "addCustomScalarsMarginChart"], "read"),
    );
    const events = logged((writer) => {
      writer.addCustomScalars({ laid: { out: { tags: ["d"] } } });
      writer.addCustomScalarsMultilineChart(["a", "b"], "both", "lines");
      writer.addCustomScalarsMarginChart(["a", "b", "c"], "both", "band");
    });
    expect(events.map(({ summary }) => summary![0]!.tag)).toEqual(Array(3).fill("custom_scalars__config__"));
    expect(decodeCustomScalars(events.at(-1)!.summary![0]!)).toEqual([
      { title: "laid", charts: [{ title: "out", multiline: ["^d$"] }] },
      {
        title: "both",
        charts: [
          { title: "lines", multiline: ["^a$", "^b$"] },
          { title: "band", margin: [{ value: "a", lower: "b", upper: "c" }] },
        ],
      },
    ]);
  });

  it("addScalars, whose prefix is put before its tags once", () => {
    proves(forUs("addScalars", "read"));
    const events = logged((writer) => {
      writer.addScalars("loss", { train: 1 }, 2);
      writer.withPrefix("a/").addScalars("loss", { train: 3, val: 4 }, 5, 6.5);
      writer.withPrefix("a/").addScalars("loss", { val: 7 }, 8);
    });
    const values = events.map(({ step, wallTime, summary }) => ({ step, wallTime, summary: summary! }));
    const scalars = values.filter(({ summary }) => summary[0]!.tag !== "custom_scalars__config__");
    expect(
      scalars.map(({ step, summary }) => [Number(step), ...summary.map((v) => [v.tag, decodeScalar(v)])]),
    ).toEqual([
      [2, ["loss/train", 1]],
      [5, ["a/loss/train", 3], ["a/loss/val", 4]],
      [8, ["a/loss/val", 7]],
    ]);
    expect(scalars[1]!.wallTime).toBe(6.5);
    const layouts = values.flatMap(({ summary }) => summary.flatMap((v) => decodeCustomScalars(v) ?? []));
    expect(layouts.at(-1)).toEqual({
      title: "a",
      charts: [{ title: "a/loss", multiline: ["^a/loss/train$", "^a/loss/val$"] }],
    });
    expect(values).toHaveLength(5);
  });

  it("addEmbedding, into the run's directory", () => {
    proves(forUs("addEmbedding", "read"));
    const dir = tempDir();
    const writer = new SummaryWriter(dir);
    const matrix = [
      [1, 2],
      [3, 4],
    ];
    writer.addEmbedding(matrix, { metadata: ["a", ""] });
    writer.closeSync();
    const read = (path: string) => readFileSync(join(dir, path), "utf8");
    const [found] = decodeProjectorConfig(read("projector_config.pbtxt")).embeddings;
    expect(decodeVectors(read(found!.tensorPath!))).toMatchObject({ data: Float32Array.of(1, 2, 3, 4) });
    expect(decodeLabels(read(found!.metadataPath!))).toEqual(["a", ""]);
    SummaryWriter.noop().addEmbedding([[1, 2]]);
  });

  it("addHParams and endHParams, once a run, also through a prefix", () => {
    proves(forUs(["addHParams", "endHParams"], "read"));
    const events = logged((writer) => {
      writer.addHParams({ lr: 0.1, amsgrad: true }, { metrics: { accuracy: 0.5 } });
      expect(() => writer.withPrefix("x/").addHParams({ lr: 1 })).toThrow("one set of hyperparameters");
      writer.addHParamsExperiment({
        hparams: [{ name: "lr", type: "number" }],
        metrics: [{ tag: "accuracy" }],
      });
      writer.endHParams("success");
    });
    expect(events.map(({ summary }) => summary?.map(({ tag }) => tag))).toEqual([
      ["_hparams_/session_start_info"],
      ["accuracy"],
      ["_hparams_/experiment"],
      ["_hparams_/session_end_info"],
    ]);
    expect(decodeHParams(events[0]!.summary![0]!)).toMatchObject({
      sessionStart: { hparams: { lr: 0.1, amsgrad: true } },
    });
  });

  it("addMesh and addTensor", () => {
    proves(forUs(["addMesh", "addTensor"], "read"));
    const [mesh] = logged((writer) => writer.addMesh("ball", [[0, 1, 2]], 3, { colors: [[1, 2, 3]] }));
    expect(
      mesh!.summary!.map((value) => [decodeMesh(value)!.part, Array.from(decodeMesh(value)!.data)]),
    ).toEqual([
      ["vertices", [0, 1, 2]],
      ["colors", [1, 2, 3]],
    ]);
    const value = only(
      logged((writer) => writer.withPrefix("x/").addTensor("t", [1, 2], 4, { dtype: "uint8" })),
    );
    expect([value.tag, decodeTensor(value)]).toEqual([
      "x/t",
      { dtype: "uint8", shape: [2], data: Uint8Array.of(1, 2) },
    ]);
  });

  it("addSummary, with the tags that the values have", () => {
    proves(forUs("addSummary", "read"));
    const summary = [{ tag: "mine", simpleValue: 2 }];
    const events = logged((writer) => writer.withPrefix("x/").addSummary(summary, 5));
    expect(events).toMatchObject([{ step: 5, summary }]);
  });

  it("has the prefix before its tag, and says what is declared of it", () => {
    const metrics = defineMetrics({ "net/w": { description: "weights", displayName: "W" } });
    const writer = new SummaryWriter(tempDir(), { metrics });
    writer.withPrefix("net/").addHistogram("w", [1, 2], 1);
    expect(() => writer.addHistogram("net/v" as "net/w", [1], 1)).toThrow("net/v");
    writer.closeSync();
    const value = only(eventsOf(writer.path!));
    expect(value.tag).toBe("net/w");
    expect(value.metadata).toMatchObject({ displayName: "W", description: "weights" });
    expect(() => writer.addHistogram("net/w", [1], 2)).toThrow(ClosedError);
  });
});
