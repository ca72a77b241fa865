// What a SummaryWriter logs is what the decoders read from its file, whatever is logged.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as summary from "../../src/summary/index.js";
import { SummaryWriter } from "../../src/summary/index.js";
import { readWavHeader } from "../../src/summary/wav.js";
import { wellFormed } from "../../src/wire/text.js";
import type { Event } from "../../src/wire/event.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { eventsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("round-trip");
const RUNS = { numRuns: 30 };

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\ud800", "\udc00", "\0", "\n", "🙂", "ß"),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
});
const text = anyText.map(wellFormed);
// That name is no property of an object that protobufjs makes.
const name = text.filter((each) => each !== "" && each !== "__proto__");
/** Any but those that TensorBoard looks for. */
const tag = name.filter((each) => !each.startsWith("_") && !each.startsWith("custom_scalars__"));
const step = fc.maxSafeInteger();
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const anyNumber = fc.double();
const count = fc.nat({ max: 1e6 });
const description = fc.record(
  { displayName: name, description: name, wallTime: finite },
  { requiredKeys: [] },
);

function logged(log: (writer: SummaryWriter) => void): Event[] {
  const writer = new SummaryWriter(tempDir());
  log(writer);
  writer.closeSync();
  return eventsOf(writer.path!);
}

function valuesOf(events: readonly Event[]): readonly SummaryValue[] {
  return events.flatMap(({ summary: values = [] }) => values);
}

describe("reads back", () => {
  it("texts of any shape, with U+FFFD for half a pair, under any tag, with description, step and wall time", () => {
    const table = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
      .chain(([rows, columns]) =>
        fc.array(fc.array(anyText, { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    const texts = fc.oneof(anyText, fc.array(anyText, { minLength: 1 }), table);
    fc.assert(
      fc.property(tag, texts, step, description, (a, logs, at, options) => {
        const [event, ...more] = logged((writer) => writer.addText(a, logs, at, options));
        expect(more).toEqual([]);
        const [value] = event!.summary!;
        const isOne = a.endsWith("/text_summary") && Array.isArray(logs) && logs.length === 1;
        fc.pre(!isOne);
        const expected = JSON.parse(JSON.stringify(logs), (_, each) =>
          typeof each === "string" ? wellFormed(each) : (each as unknown),
        ) as unknown;
        expect([value!.tag, summary.decodeText(value!), Number(event!.step)]).toEqual([a, expected, at]);
        const { wallTime, ...described } = options;
        expect(value!.metadata).toMatchObject(described);
        expect(event!.wallTime).toBe(wallTime ?? event!.wallTime);
      }),
      RUNS,
    );
  });

  it("histograms of any numbers, each of them counted once or said to be left out", () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 50 }), fc.integer({ min: 1, max: 40 }), (values, bins) => {
        let skipped = -1;
        const events = logged((writer) => (skipped = writer.addHistogram("h", values, 1, { bins })));
        const buckets = summary.decodeHistogram(valuesOf(events)[0]!)!;
        expect(buckets).toEqual(summary.histogramOf(values, bins).buckets);
        const kept = values.filter(Number.isFinite);
        expect([buckets.length, skipped]).toEqual([bins, values.length - kept.length]);
        expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(kept.length);
        const ends = kept.length > 0 ? [Math.min(...kept), Math.max(...kept)] : [0, 0];
        // Without the sign of a zero.
        const found = [buckets[0]!.left + 0, buckets.at(-1)!.right + 0];
        expect(found).toEqual(ends.map((end) => end + 0));
      }),
      RUNS,
    );
  });

  it("counted histograms as they were counted", () => {
    const raw = fc.array(finite, { minLength: 1, maxLength: 20 }).chain((edges) =>
      fc.record({
        edges: fc.constant(edges.toSorted((a, b) => a - b)),
        counts: fc.array(count, { minLength: edges.length - 1, maxLength: edges.length - 1 }),
      }),
    );
    fc.assert(
      fc.property(raw, ({ edges, counts }) => {
        const [value] = valuesOf(logged((writer) => writer.addHistogramRaw("h", { edges, counts }, 1)));
        const expected = counts.map((each, i) => ({ left: edges[i], right: edges[i + 1], count: each }));
        expect(summary.decodeHistogram(value!)).toEqual(expected);
      }),
      RUNS,
    );
  });

  it("curves of any counts, as float32", () => {
    const rows = fc
      .integer({ min: 1, max: 20 })
      .chain((length) =>
        fc.array(fc.array(count, { minLength: length, maxLength: length }), { minLength: 4, maxLength: 4 }),
      );
    fc.assert(
      fc.property(rows, ([truePositives, falsePositives, trueNegatives, falseNegatives]) => {
        const raw = {
          truePositives: truePositives!,
          falsePositives: falsePositives!,
          trueNegatives: trueNegatives!,
          falseNegatives: falseNegatives!,
        };
        const [value] = valuesOf(logged((writer) => writer.addPrCurveRaw("p", raw, 1)));
        const curve = summary.decodePrCurve(value!)!;
        expect(curve).toMatchObject(
          Object.fromEntries(Object.entries(raw).map(([key, row]) => [key, Float64Array.from(row)])),
        );
        for (const rates of [curve.precision, curve.recall])
          expect(rates.every((rate) => rate >= 0 && rate <= 1)).toBe(true);
      }),
      RUNS,
    );
  });

  it("the bytes of pictures, as many as there are", () => {
    const gif = fc
      .tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 65_535 }), fc.uint8Array())
      .map(([width, height, rest]) =>
        Uint8Array.of(
          0x47,
          0x49,
          0x46,
          0x38,
          0x39,
          0x61,
          width & 255,
          width >> 8,
          height & 255,
          height >> 8,
          0,
          0,
          0,
          ...rest,
        ),
      );
    fc.assert(
      fc.property(fc.array(gif, { minLength: 1, maxLength: 5 }), (files) => {
        const [value] = valuesOf(logged((writer) => writer.addImages("i", files, 1)));
        const [, , , , , , w0, w1, h0, h1] = files[0]!;
        expect(summary.decodeImage(value!)).toEqual({
          width: w0! + 256 * w1!,
          height: h0! + 256 * h1!,
          images: files,
        });
      }),
      RUNS,
    );
  });

  it("sound of 16 bits, sample by sample", () => {
    const clip = fc.integer({ min: 1, max: 4 }).chain((channels) =>
      fc.integer({ min: 1, max: 30 }).chain((frames) =>
        fc.record({
          channels: fc.constant(channels),
          frames: fc.constant(frames),
          data: fc.int16Array({ minLength: channels * frames, maxLength: channels * frames }),
        }),
      ),
    );
    fc.assert(
      fc.property(clip, fc.integer({ min: 1, max: 200_000 }), ({ channels, frames, data }, sampleRate) => {
        const [value] = valuesOf(
          logged((writer) => writer.addAudio("a", { shape: [channels, frames], data }, 1, { sampleRate })),
        );
        const [{ encoded, ...header } = { encoded: new Uint8Array() }] = summary.decodeAudio(value!)!;
        expect(header).toEqual({ sampleRate, channels, frames });
        expect(readWavHeader(encoded)).toEqual(header);
        const samples = new Int16Array(encoded.slice(44).buffer);
        for (const [i, sample] of data.entries())
          expect(samples[(i % frames) * channels + Math.floor(i / frames)]).toBe(sample);
      }),
      RUNS,
    );
  });

  it("meshes", () => {
    const triple = fc.tuple(float32, float32, float32);
    fc.assert(
      fc.property(
        name,
        fc.array(triple, { minLength: 1, maxLength: 20 }),
        fc.dictionary(name, fc.jsonValue()),
        (mesh, vertices, config) => {
          const faces = vertices.map((_, i) => [i, 0, i]);
          const values = valuesOf(logged((writer) => writer.addMesh(mesh, vertices, 1, { faces, config })));
          const shape = [1, vertices.length, 3];
          // JSON has no -0, and wellFormed texts.
          const expected = JSON.parse(wellFormed(JSON.stringify(config))) as unknown;
          expect(values.map((value) => summary.decodeMesh(value))).toEqual([
            {
              name: mesh,
              part: "vertices",
              shape,
              data: Float64Array.from(vertices.flat()),
              config: expected,
            },
            { name: mesh, part: "faces", shape, data: Float64Array.from(faces.flat()), config: expected },
          ]);
        },
      ),
      RUNS,
    );
  });

  it("tensors of every typed array", () => {
    const arrays = fc.oneof(
      fc.float64Array(),
      fc.float32Array(),
      fc.int8Array(),
      fc.int16Array(),
      fc.int32Array(),
      fc.uint8Array(),
      fc.uint32Array(),
      fc.bigInt64Array(),
      fc.bigUint64Array(),
    );
    fc.assert(
      fc.property(arrays, (data) => {
        const [value] = valuesOf(logged((writer) => writer.addTensor("t", data, 1)));
        expect(summary.decodeTensor(value!)).toEqual({
          dtype: expect.any(String),
          shape: [data.length],
          data,
        });
      }),
      RUNS,
    );
  });

  it("hyperparameters and how the run ended", () => {
    const value = fc.oneof(finite, fc.boolean(), text);
    fc.assert(
      fc.property(
        fc.dictionary(name, value),
        fc.constantFrom("success" as const, "failure" as const),
        (hparams, status) => {
          const values = valuesOf(
            logged((writer) => {
              writer.addHParams(hparams, { wallTime: 1 });
              writer.endHParams(status, { wallTime: 2 });
            }),
          );
          expect(values.map((each) => summary.decodeHParams(each))).toEqual([
            { sessionStart: { hparams: { ...hparams }, startTime: 1 } },
            { sessionEnd: { status: status === "success" ? 1 : 2, endTime: 2 } },
          ]);
        },
      ),
      RUNS,
    );
  });

  it("layouts of any titles and tags", () => {
    const charts = fc.dictionary(name, fc.array(name, { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(fc.dictionary(name, charts), (categories) => {
        const layout = Object.fromEntries(
          Object.entries(categories).map(([title, each]) => [
            title,
            Object.fromEntries(Object.entries(each).map(([chart, tags]) => [chart, { tags }])),
          ]),
        );
        const [value] = valuesOf(logged((writer) => writer.addCustomScalars(layout)));
        expect(summary.decodeCustomScalars(value!)).toEqual(summary.layoutOf(layout));
      }),
      RUNS,
    );
  });

  it("graphs", () => {
    const attribute = fc.oneof(
      fc.boolean(),
      fc.maxSafeInteger(),
      text,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    );
    const nodes = fc
      .uniqueArray(
        name.filter((each) => !/^\^|:\d+$/.test(each)),
        { minLength: 1, maxLength: 8 },
      )
      .chain((names) =>
        fc.tuple(
          ...names.map((each, i) =>
            fc.record(
              {
                name: fc.constant(each),
                op: name,
                inputs: fc.array(fc.constantFrom(...names.slice(0, i + 1)), { minLength: 1, maxLength: 3 }),
                device: name,
                attributes: fc.dictionary(
                  name.filter((key) => !key.startsWith("_")),
                  attribute,
                  { minKeys: 1 },
                ),
                outputShapes: fc.array(fc.array(fc.option(fc.nat()), { maxLength: 3 }), {
                  minLength: 1,
                  maxLength: 2,
                }),
              },
              { requiredKeys: ["name", "op"] },
            ),
          ),
        ),
      );
    fc.assert(
      fc.property(nodes, (given) => {
        const [event] = logged((writer) => writer.addGraph(given));
        expect(summary.decodeGraph(event!)).toEqual(
          given.map((node) => ({ ...node, ...(node.attributes && { attributes: { ...node.attributes } }) })),
        );
      }),
      RUNS,
    );
  });
});
