// The same calls by torch, tensorboardX, TensorFlow (scripts/generate-call-fixtures.py) and a SummaryWriter of ours: what each wrote decodes to the
// same values.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as summary from "../../src/summary/index.js";
import { encodeCustomScalars, SummaryWriter } from "../../src/summary/index.js";
import type { SummaryMetadata, SummaryValue } from "../../src/wire/summary.js";
import { eventsOf, filesIn } from "../helpers/events.js";
import { fixtures } from "../helpers/fixtures.js";
import { CURVE, TETRAHEDRON } from "../helpers/peer-content.js";
import { decodePictures } from "../helpers/pillow.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { decodedOf } from "./decoded.js";

const tempDir = useTempDir("peers-decode");
const PROGRAMS = ["calls-torch", "calls-tensorboardx", "calls-tensorflow"] as const;
const TIME = 1_700_000_000.25;
const STEP = 7;

const VALUES = [-1, -0.75, 0, 0.5, 0.625, 1.25, 3];
const RAW = { min: -1, max: 2, limits: [-1e12, 0, 1, 1e12, 1e13], counts: [0, 2, 1, 2, 0] };
const PICTURE = { shape: [2, 2, 3], data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255) };
const SOUND = Float32Array.from({ length: 16 }, (_, i) => (i - 8) / 16);
const HPARAMS = { lr: 0.125, layers: 3, name: "größe" };
const POINTS = [
  [0.1, -2],
  [1e-7, 3e20],
  [0, 65504],
];

function logOurs(writer: SummaryWriter): void {
  writer.addScalar("loss", 0.25, STEP);
  writer.addText("notes", "at **7**", STEP);
  const table = [
    ["a", "b"],
    ["c", "d"],
  ];
  writer.addText("table", table, STEP);
  writer.addHistogram("weights", VALUES, STEP, { bins: 4 });
  writer.addHistogramRaw("raw", RAW, STEP);
  writer.addImage("picture", PICTURE, STEP, { format: "HWC" });
  writer.addAudio("sound", SOUND, STEP, { sampleRate: 8000 });
  const predictions = [0.125, 0.25, 0.375, 0.4375, 0.625, 0.75, 0.8125];
  writer.addPrCurve("curve", [0, 1, 1, 0, 1, 0, 1], predictions, STEP, { numThresholds: 9 });
  writer.addPrCurveRaw("raw curve", CURVE, STEP);
  const { vertices, ...parts } = TETRAHEDRON;
  writer.addMesh("tetrahedron", vertices, STEP, parts);
  writer.addTensor("tensor", [[0.1, -2, 65504]], STEP);
}

function ours(log: (writer: SummaryWriter) => void): SummaryValue[] {
  const writer = new SummaryWriter(tempDir());
  log(writer);
  writer.closeSync();
  return eventsOf(writer.path!).flatMap(({ summary: values = [] }) => values);
}

type Decode = (value: SummaryValue, metadata?: SummaryMetadata) => unknown;

/** What was decoded of a file under the tags of one call, of which each program has its own. */
function decodedUnder(program: string, tag: RegExp, decode: Decode): unknown[] {
  return decodedOf(program, decode).flatMap(([found, , decoded]) => (tag.test(found) ? [decoded] : []));
}

describe("the values of other programs' calls are those of ours", () => {
  // torch's and tensorboardX's plain add_text is a column of one under a longer tag, TensorFlow's curves have a longer one.
  const calls: readonly [call: string, decode: Decode, tag: RegExp, programs?: readonly string[]][] = [
    ["a scalar", summary.decodeScalar, /^loss$/],
    ["a text", summary.decodeText, /^notes(\/text_summary)?$/],
    ["a table of texts", summary.decodeText, /^table$/, ["calls-tensorflow"]],
    ["a histogram", summary.decodeHistogram, /^weights$/],
    ["raw counts", summary.decodeHistogram, /^raw$/, ["calls-torch", "calls-tensorboardx"]],
    ["a curve", summary.decodePrCurve, /^curve(\/pr_curves)?$/],
    ["a raw curve", summary.decodePrCurve, /^raw curve(\/pr_curves)?$/],
    ["a mesh", summary.decodeMesh, /^tetrahedron_/],
    ["a tensor", summary.decodeTensor, /^tensor$/, ["calls-torch", "calls-tensorflow"]],
  ];
  const rows = calls.flatMap(([call, decode, tag, programs = PROGRAMS]) =>
    programs.map((program) => [call, program, decode, tag] as const),
  );

  it.each(rows)("%s of %s", (_, program, decode, tag) => {
    const mine = ours(logOurs).filter((value) => tag.test(value.tag));
    const expected = mine.map((value) => decode(value));
    expect(expected.length).toBeGreaterThan(0);
    expect(expected).not.toContain(undefined);
    expect(decodedUnder(program, tag, decode)).toEqual(expected);
    const steps = decodedOf(program, decode).filter(([found]) => tag.test(found));
    expect(new Set(steps.map(([, step]) => step))).toEqual(new Set([STEP]));
  });

  it.each(PROGRAMS)("a layout of %s", (program) => {
    const layout = [
      {
        title: "a",
        charts: [
          { title: "lines", multiline: ["loss/.*", "accuracy"] },
          { title: "band", margin: [{ value: "mean", lower: "low", upper: "high" }] },
        ],
      },
    ];
    const mine = summary.decodeCustomScalars(encodeCustomScalars(layout));
    expect(mine).toEqual(layout);
    expect(decodedUnder(program, /^custom_scalars__config__$/, summary.decodeCustomScalars)).toEqual([mine]);
  });

  it.each(PROGRAMS)("sound of %s, within one of 65536 levels", (program) => {
    const samples = (clips: unknown): number[] => {
      const [clip] = clips as readonly summary.AudioClip[];
      expect(clip).toMatchObject({ sampleRate: 8000, channels: 1, frames: 16 });
      return [...new Int16Array(clip!.encoded.slice(-32).buffer)];
    };
    const mine = samples(summary.decodeAudio(ours(logOurs).find(({ tag }) => tag === "sound")!));
    const [clips, ...more] = decodedUnder(program, /^sound$/, summary.decodeAudio);
    expect(more).toEqual([]);
    for (const [i, sample] of samples(clips).entries()) {
      expect(Math.abs(sample - mine[i]!)).toBeLessThanOrEqual(1);
    }
  });
});

describeWithPython("the pictures of other programs' calls are those of ours", () => {
  it.each(PROGRAMS)("%s", async (program) => {
    const [theirs] = decodedUnder(program, /^picture$/, summary.decodeImage) as summary.ImageValue[];
    const mine = summary.decodeImage(ours(logOurs).find(({ tag }) => tag === "picture")!)!;
    expect(theirs).toMatchObject({ width: mine.width, height: mine.height });
    const [a, b] = await decodePictures(tempDir(), [...theirs!.images, ...mine.images]);
    expect(a!.frames[0]!.data).toBe(Buffer.from(PICTURE.data).toString("hex"));
    expect(b).toEqual(a);
  });
});

describe("the hyperparameters of other programs are those of ours", () => {
  /** What a run's three tags say, in the order of the calls. */
  const contents = (values: readonly SummaryValue[]): unknown[] =>
    values.flatMap((value) => summary.decodeHParams(value) ?? []);
  const theirs = (program: string): unknown[] =>
    decodedOf(program, (value) => summary.decodeHParams(value)).map(([, , content]) => content);

  it("in TensorFlow's file, to the last field", () => {
    const mine = ours((writer) => {
      writer.addHParamsExperiment(
        {
          hparams: [
            { name: "name", domain: ["b", "größe"], differs: false },
            { name: "lr", domain: { min: 0, max: 1 }, differs: false },
          ],
          metrics: [{ tag: "accuracy", group: "val", displayName: "A" }],
        },
        { wallTime: TIME },
      );
      writer.addHParams(HPARAMS, { groupName: "group", wallTime: TIME });
      writer.endHParams("success", { wallTime: TIME });
    });
    expect(theirs("calls-tensorflow")).toEqual(contents(mine));
  });

  it.each([
    ["calls-torch", { domain: ["größe", "b"] }],
    ["calls-tensorboardx", {}],
  ] as const)("in the file of %s, which has no times", (program, more) => {
    const [experiment, start, end] = contents(
      ours((writer) => {
        writer.addHParamsExperiment({
          hparams: [
            { name: "lr", type: "number", differs: false },
            { name: "layers", type: "number", differs: false },
            { name: "name", type: "string", differs: false, ...more },
          ],
          metrics: [{ tag: "accuracy" }],
        });
        writer.addHParams(HPARAMS);
        writer.endHParams("success");
      }),
    ) as [summary.HParamsContent, summary.HParamsContent, summary.HParamsContent];
    const { timeCreated: _, ...columns } = experiment.experiment!;
    const { startTime: _1, ...values } = start.sessionStart!;
    const { endTime: _2, ...status } = end.sessionEnd!;
    expect(theirs(program)).toEqual([
      { experiment: columns },
      { sessionStart: values },
      { sessionEnd: status },
    ]);
  });
});

describe("the graphs of other programs are those of ours", () => {
  const graphOf = (program: string): summary.OperationNode[] => {
    const { events } = fixtures.find(({ name }) => name === program)!;
    return summary.decodeGraph(events.find(({ graphDef }) => graphDef !== undefined)!)!;
  };
  const logged = (nodes: readonly summary.OperationNode[]): summary.OperationNode[] => {
    const writer = new SummaryWriter(tempDir());
    writer.addGraph(nodes);
    writer.closeSync();
    return summary.decodeGraph(eventsOf(writer.path!)[0]!)!;
  };

  it.each(["calls-torch", "calls-tensorboardx"])("of a model of torch, by %s", (program) => {
    const shape = [2, 3];
    expect(graphOf(program)).toEqual(
      logged([
        { name: "input/x", op: "IO Node", attributes: { attr: "" }, outputShapes: [shape] },
        {
          name: "output/output.1",
          op: "IO Node",
          inputs: ["Net/7"],
          attributes: { attr: "" },
          outputShapes: [shape],
        },
        {
          name: "Net/4",
          op: "prim::Constant",
          attributes: { attr: "{ value : tensor(1)}" },
          outputShapes: [[]],
        },
        { name: "Net/5", op: "prim::Constant", attributes: { attr: "{ value : 1}" } },
        {
          name: "Net/6",
          op: "aten::add",
          inputs: ["input/x", "Net/4", "Net/5"],
          attributes: { attr: "{}" },
          outputShapes: [shape],
        },
        {
          name: "Net/7",
          op: "aten::relu",
          inputs: ["Net/6"],
          attributes: { attr: "{}" },
          outputShapes: [shape],
        },
      ]),
    );
  });

  it("of a function of TensorFlow", () => {
    const named = graphOf("calls-tensorflow").map(({ name, op, inputs }) => ({
      name,
      op,
      ...(inputs && { inputs }),
    }));
    expect(named).toEqual([
      { name: "x", op: "Placeholder" },
      { name: "relu", op: "Relu", inputs: ["x"] },
      { name: "Identity", op: "Identity", inputs: ["relu"] },
    ]);
    expect(graphOf("calls-tensorflow")).toEqual(logged(graphOf("calls-tensorflow")));
  });

  it("of a model of Keras", () => {
    const [model] = decodedUnder(
      "calls-tensorflow",
      /^keras$/,
      summary.decodeKerasModel,
    ) as summary.KerasLayer[];
    expect(model!.config.layers!.map(({ class_name: name, config }) => [name, config.name])).toEqual([
      ["InputLayer", "in"],
      ["Dense", "dense"],
    ]);
    const [mine] = ours((writer) => writer.addKerasModel(JSON.stringify(model)));
    expect(summary.decodeKerasModel(mine!)).toEqual(model);
  });
});

describe("the embeddings of other programs are those of ours", () => {
  interface Fixture {
    readonly program: string;
    readonly files: Readonly<Record<string, string>>;
  }

  it.each(["embedding-torch", "embedding-tensorboardx"])("%s", (name) => {
    const path = join(import.meta.dirname, "..", "fixtures", `${name}.json`);
    const { files } = JSON.parse(readFileSync(path, "utf8")) as Fixture;
    const theirs = tempDir();
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(theirs, file)), { recursive: true });
      writeFileSync(join(theirs, file), text);
    }
    const mine = tempDir();
    const writer = new SummaryWriter(mine);
    const rows = [
      ["a", 1],
      ["größe", 2],
      ["c d", 3],
    ];
    writer.addEmbedding(POINTS, { metadata: { header: ["word", "rank"], rows }, step: STEP });
    writer.closeSync();

    const read = (dir: string) => {
      const text = (file: string) => readFileSync(join(dir, file), "utf8");
      const { embeddings } = summary.decodeProjectorConfig(text("projector_config.pbtxt"));
      return embeddings.map(({ tensorName, tensorPath, metadataPath }) => ({
        tensorName,
        vectors: summary.decodeVectors(text(tensorPath!)),
        labels: summary.decodeLabels(text(metadataPath!)),
      }));
    };
    expect(read(mine)).toEqual(read(theirs));
    expect(read(mine)[0]).toMatchObject({
      tensorName: "default:00007",
      vectors: { rows: 3, columns: 2, data: Float32Array.from(POINTS.flat()) },
      labels: [
        { word: "a", rank: "1" },
        { word: "größe", rank: "2" },
        { word: "c d", rank: "3" },
      ],
    });
    expect(filesIn(join(mine, "00007/default"))).toEqual(filesIn(join(theirs, "00007/default")));
  });
});
