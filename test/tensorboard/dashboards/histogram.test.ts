// Histograms in the real TensorBoard: ours, torch's, tensorboardX's and TensorFlow's.
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { addHistogram, addHistogramRaw } from "../../../src/summary/dashboards/histogram.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS } from "../../helpers/tensorboard.js";
import { copyFixture, T, useTensorBoard, writeRun, writeWithTensorboardX } from "./boards.js";

type Row = [left: number | string, right: number | string, count: number];
type Shown = [wallTime: number, step: number, rows: Row[]];

/** Those of scripts/generate-peer-fixtures.py, which torch counted in 4 buckets. */
const VALUES = [-1, -0.75, 0, 0.5, 0.625, 1.25, 3];
const COUNTED: Row[] = [
  [-1, 0, 2],
  [0, 1, 3],
  [1, 2, 1],
  [2, 3, 1],
];
/** As TensorFlow 1 has them: empty buckets outside, whose edges are far away. */
const RAW = { min: -1, max: 2, limits: [-1e12, 0, 1, 1e12, 1e13], counts: [0, 2, 1, 2, 0] };
const RAW_COUNTED: Row[] = [
  [-1, 0, 2],
  [0, 1, 1],
  [1, 2, 2],
];
const MANY = 200;

describeWithPython("histograms, in TensorBoard", () => {
  const tempDir = useTempDir("histogram");
  let logdir: string;
  let skipped: number;
  let theirError: string;
  beforeAll(async () => {
    logdir = tempDir();
    writeRun(join(logdir, "ours"), (sink) => {
      const options = { wallTime: T };
      const described = { ...options, displayName: "Weights", description: "of *layer* 1" };
      addHistogram(sink, "weights", VALUES, 7, { ...described, bins: 4 });
      skipped = addHistogram(sink, "filtered", [Number.NaN, ...VALUES, Infinity], 7, { ...options, bins: 4 });
      addHistogramRaw(sink, "raw", RAW, 7, options);
      addHistogramRaw(sink, "edges", { edges: [-1, 0, 1, 2], counts: [2, 1, 2] }, 7, options);
      addHistogram(sink, "empty", [], 7, { ...options, bins: 3 });
      addHistogramRaw(sink, "no bucket", { ...RAW, counts: [0, 0, 0, 0, 0] }, 7, options);
      addHistogram(sink, "equal", [2, 2, 2], 7, { ...options, bins: 3 });
      addHistogram(sink, "wide", [-1.5e308, 1.5e308], 7, { ...options, bins: 2 });
      for (let step = 0; step < MANY; step++)
        addHistogram(sink, "many", [step, step + 1], step, { ...options, bins: 1 });
    });
    copyFixture("peer-torch-plots", join(logdir, "torch"));
    copyFixture("peer-tensorflow", join(logdir, "tensorflow"));
    copyFixture("peer-tensorflow-1", join(logdir, "tensorflow-1"));
    const raw = `min=-1, max=2, num=5, sum=2, sum_squares=6.5, bucket_limits=${JSON.stringify(RAW.limits)}`;
    theirError = await writeWithTensorboardX(
      join(logdir, "tensorboardX"),
      `writer.add_histogram("weights", np.array(${JSON.stringify(VALUES)}), 7, bins=4, walltime=T)
writer.add_histogram_raw("raw", ${raw}, bucket_counts=${JSON.stringify(RAW.counts)}, global_step=7, walltime=T)
writer.add_histogram_raw("no bucket", ${raw}, bucket_counts=[0, 0, 0, 0, 0], global_step=7, walltime=T)
with_nan = np.array([1.0, float("nan"), 2.0])
writer.add_histogram("filtered", with_nan, 7, walltime=T)
try:
    writer.add_histogram("filtered", with_nan, 8, bins=4, walltime=T)
except ValueError as error:
    print(error)`,
    );
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    const board = useTensorBoard(
      () => logdir,
      loader,
      async ({ json }) => {
        const tags = await json<Record<string, object>>("data/plugin/histograms/tags");
        const many = await json<Shown[]>("data/plugin/histograms/histograms?run=ours&tag=many");
        return Object.keys(tags).length === 5 && many.at(-1)?.[1] === MANY - 1;
      },
    );
    const shown = async (run: string, tag: string): Promise<Shown[]> => {
      const query = new URLSearchParams({ run, tag }).toString();
      return board().json(`data/plugin/histograms/histograms?${query}`);
    };
    const rows = async (run: string, tag: string): Promise<Row[]> => {
      const [first, ...more] = await shown(run, tag);
      expect([first!.slice(0, 2), more]).toEqual([[T, 7], []]);
      return first![2];
    };

    test("are counted as TensorBoard does; torch's and tensorboardX's begin with a bucket of their making", async () => {
      proves(
        forUs("addHistogram", loader),
        judged("addHistogram", "TensorBoard, bucket for bucket"),
        forPeer(
          ["torch", "tensorboardX"],
          "addHistogram",
          loader,
          loader === "rust" ? "an empty bucket too many" : undefined,
        ),
      );
      expect(await rows("ours", "weights")).toEqual(COUNTED);
      for (const run of ["torch", "tensorboardX"]) {
        const theirs = loader === "rust" ? [[-1, -1, 0], ...COUNTED] : COUNTED;
        expect(await rows(run, "weights"), run).toEqual(theirs);
      }
    });

    test("are of raw counts with rising edges; torch's and tensorboardX's run backwards in one loader", async () => {
      proves(
        forUs("addHistogramRaw", loader),
        judged("addHistogramRaw", "TensorBoard, bucket for bucket"),
        forPeer(
          ["torch", "tensorboardX"],
          "addHistogramRaw",
          loader,
          loader === "rust" ? "backward buckets" : undefined,
        ),
      );
      expect(await rows("ours", "raw")).toEqual(RAW_COUNTED);
      expect(await rows("ours", "edges")).toEqual(RAW_COUNTED);
      for (const run of ["torch", "tensorboardX"]) {
        const backwards = [
          [-1, -1e12, 0],
          [-1e12, 0, 2],
          [0, 1, 1],
          [1, 1e12, 2],
          [1e12, 2, 0],
        ];
        expect(await rows(run, "raw"), run).toEqual(loader === "rust" ? backwards : RAW_COUNTED);
      }
    });

    test("leave NaN and infinities out; tensorboardX's have edges that are NaN, or end the program", async () => {
      proves(
        forUs("addHistogram", loader),
        forPeer("tensorboardX", "addHistogram", loader, "NaN as an edge, where a value is NaN"),
      );
      expect(skipped).toBe(2);
      expect(await rows("ours", "filtered")).toEqual(COUNTED);
      const theirs = await rows("tensorboardX", "filtered");
      expect(theirs.some(([left, right]) => left === "NaN" || right === "NaN")).toBe(true);
      expect(theirError).toMatch(/range of \[nan, nan\] is not finite/);
    });

    test("are there without values, and with equal and with far values", async () => {
      proves(forUs(["addHistogram", "addHistogramRaw"], loader));
      expect(await rows("ours", "empty")).toEqual([
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ]);
      expect(await rows("ours", "no bucket")).toEqual([]);
      expect(await rows("ours", "equal")).toEqual([
        [2, 2, 0],
        [2, 2, 0],
        [2, 2, 3],
      ]);
      expect(await rows("ours", "wide")).toEqual([
        [-1.5e308, 0, 1],
        [0, 1.5e308, 1],
      ]);
      expect((await rows("tensorboardX", "no bucket")).length).toBe(loader === "rust" ? 5 : 0);
    });

    test("are those of TensorFlow 2 too", async () => {
      proves(forPeer("TensorFlow", "addHistogram", loader));
      const theirs = await shown("tensorflow", "weights");
      expect(theirs.map(([, step, buckets]) => [step, buckets])).toEqual(
        [2, 7, 12].map((step) => [
          step,
          [
            [-1, 0, 2],
            [0, 1, 2],
            [1, 2, 1],
          ],
        ]),
      );
    });

    test("are those of TensorFlow 1 too, whose first and last bucket run backwards in one loader", async () => {
      proves(
        forPeer(
          "TensorFlow `compat.v1`",
          "addHistogram",
          loader,
          loader === "rust" ? "backward buckets" : undefined,
        ),
      );
      const theirs = await shown("tensorflow-1", "weights");
      expect(theirs.map(([, step]) => step)).toEqual([2, 7, 12]);
      for (const [, , buckets] of theirs) {
        const count = buckets.length;
        expect(buckets.reduce((sum, [, , values]) => sum + values, 0)).toBe(5);
        const backwards = buckets.flatMap(([left, right], i) => (left > right ? [i] : []));
        expect(backwards).toEqual(loader === "rust" ? [0, count - 1] : []);
        expect([buckets[0]![0], buckets.at(-1)![1]]).toEqual([-1, 2]);
      }
    });

    test("have display name and description", async () => {
      proves(forUs("addHistogram", loader));
      type Tags = Record<string, Record<string, { displayName: string; description: string }>>;
      const { ours } = await board().json<Tags>("data/plugin/histograms/tags");
      expect(ours!["weights"]!.displayName).toBe("Weights");
      expect(ours!["weights"]!.description).toContain("<p>of <em>layer</em> 1</p>");
    });

    test("are distributions and time series too", async () => {
      proves(forUs("addHistogram", loader));
      const answer = await board().json<[number, number, [number, number][]][]>(
        "data/plugin/distributions/distributions?run=ours&tag=weights",
      );
      const [, step, points] = answer[0]!;
      expect([step, points.length]).toEqual([7, 9]);
      // The smallest, the middle and the largest, interpolated.
      for (const [i, value] of [
        [0, -1],
        [4, 0.5],
        [8, 3],
      ] as const)
        expect(points[i]![1]).toBeCloseTo(value, 10);
      const [series] = await board().timeSeries([{ plugin: "histograms", tag: "weights", run: "ours" }]);
      const bins = COUNTED.map(([min, max, count]) => ({ min, max, count }));
      expect(series!.runToSeries).toEqual({ ours: [{ wallTime: T, step: 7, bins }] });
    });

    test("are of many steps some of them, as they were written, the last among them", async () => {
      proves(forUs("addHistogram", loader));
      const many = await shown("ours", "many");
      expect(many.length).toBeGreaterThan(40);
      for (const [, step, buckets] of many) expect(buckets).toEqual([[step, step + 1, 2]]);
      expect(many.at(-1)![1]).toBe(MANY - 1);
    });
  });
});
