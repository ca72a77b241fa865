// Precision-recall curves in the real TensorBoard: ours, torch's and tensorboardX's.
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { addPrCurve, addPrCurveRaw } from "../../../src/summary/dashboards/pr-curve.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { CURVE as RAW } from "../../helpers/peer-content.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS } from "../../helpers/tensorboard.js";
import { copyFixture, T, useTensorBoard, writeRun, writeWithTensorboardX } from "./boards.js";

interface Shown {
  readonly wall_time: number;
  readonly step: number;
  readonly precision: number[];
  readonly recall: number[];
  readonly true_positives: number[];
  readonly false_positives: number[];
  readonly true_negatives: number[];
  readonly false_negatives: number[];
  readonly thresholds: number[];
}

/** Those of scripts/generate-peer-fixtures.py. */
const LABELS = [0, 1, 1, 0, 1, 0, 1];
const PREDICTIONS = [0.125, 0.25, 0.375, 0.4375, 0.625, 0.75, 0.8125];
/** What of them is shown: the last two of nine thresholds are reached by none. */
const CURVE = {
  true_positives: [4, 4, 4, 3, 2, 2, 1],
  false_positives: [3, 3, 2, 2, 1, 1, 1],
  true_negatives: [0, 0, 1, 1, 2, 2, 2],
  false_negatives: [0, 0, 0, 1, 2, 2, 3],
  precision: [4 / 7, 4 / 7, 4 / 6, 3 / 5, 2 / 3, 2 / 3, 1 / 2].map(Math.fround),
  recall: [1, 1, 1, 3 / 4, 1 / 2, 1 / 2, 1 / 4],
  thresholds: [0, 1, 2, 3, 4, 5, 6].map((i) => i / 8),
};

describeWithPython("precision-recall curves, in TensorBoard", () => {
  const tempDir = useTempDir("pr-curve");
  let logdir: string;
  beforeAll(async () => {
    logdir = tempDir();
    writeRun(join(logdir, "ours"), (sink) => {
      const options = { wallTime: T };
      const described = { ...options, displayName: "Cats", description: "are *cats*" };
      addPrCurve(sink, "curve", LABELS, PREDICTIONS, 7, { ...described, numThresholds: 9 });
      addPrCurveRaw(sink, "raw curve", RAW, 7, options);
      addPrCurve(sink, "fine", LABELS, PREDICTIONS, 7, options);
      addPrCurve(sink, "weighted", LABELS, PREDICTIONS, 7, { ...options, numThresholds: 3, weights: 0.75 });
      addPrCurve(sink, "empty", [], [], 7, { ...options, numThresholds: 3 });
      for (let step = 0; step < 100; step++) addPrCurve(sink, "many", LABELS, PREDICTIONS, step, options);
    });
    copyFixture("peer-torch-plots", join(logdir, "torch"));
    await writeWithTensorboardX(
      join(logdir, "tensorboardX"),
      `labels, predictions = np.array(${JSON.stringify(LABELS)}), np.array(${JSON.stringify(PREDICTIONS)})
writer.add_pr_curve("curve", labels, predictions, 7, num_thresholds=9, walltime=T)
counts = [np.array(row) for row in ${JSON.stringify(Object.values(RAW))}]
writer.add_pr_curve_raw("raw curve", *counts, 7, num_thresholds=3, walltime=T)
writer.add_pr_curve("fine", labels, predictions, 7, num_thresholds=201, walltime=T)`,
    );
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    const curves = async (
      json: <J>(path: string) => Promise<J>,
      run: string,
      tag: string,
    ): Promise<Shown[]> => {
      const query = new URLSearchParams({ run, tag }).toString();
      return (await json<Record<string, Shown[]>>(`data/plugin/pr_curves/pr_curves?${query}`))[run]!;
    };
    const board = useTensorBoard(
      () => logdir,
      loader,
      async ({ json }) => {
        const tags = await json<Record<string, object>>("data/plugin/pr_curves/tags");
        const isAllThere = ["torch", "tensorboardX"].every((run) => Object.keys(tags[run] ?? {}).length >= 2);
        return isAllThere && (await curves(json, "ours", "many")).at(-1)?.step === 99;
      },
    );
    const curve = async (run: string, tag: string): Promise<Omit<Shown, "wall_time" | "step">> => {
      const [first, ...more] = await curves(board().json, run, tag);
      const { wall_time, step, ...rest } = first!;
      expect([wall_time, step, more]).toEqual([T, 7, []]);
      return rest;
    };

    test("are those that torch and tensorboardX compute", async () => {
      proves(
        forUs("addPrCurve", loader),
        judged("addPrCurve", "TensorBoard: the curve of torch and tensorboardX"),
        forPeer(["torch", "tensorboardX"], "addPrCurve", loader),
      );
      for (const run of ["ours", "torch", "tensorboardX"])
        expect(await curve(run, "curve"), run).toEqual(CURVE);
    });

    test("are of the program's own counts", async () => {
      proves(
        forUs("addPrCurveRaw", loader),
        judged("addPrCurveRaw", "TensorBoard: the curve of torch and tensorboardX"),
        forPeer(["torch", "tensorboardX"], "addPrCurveRaw", loader),
      );
      const expected = {
        ...{ true_positives: RAW.truePositives, false_positives: RAW.falsePositives },
        ...{ true_negatives: RAW.trueNegatives, false_negatives: RAW.falseNegatives },
        ...{ precision: RAW.precision, recall: RAW.recall, thresholds: [0, 0.5, 1] },
      };
      for (const run of ["ours", "torch", "tensorboardX"]) {
        expect(await curve(run, "raw curve"), run).toEqual(expected);
      }
    });

    test("have all 201 thresholds, of which torch and tensorboardX keep 127", async () => {
      proves(
        forUs("addPrCurve", loader),
        forPeer("tensorboardX", "addPrCurve", loader, "127 of 201 thresholds"),
      );
      const lastAndStep = ({ thresholds }: Pick<Shown, "thresholds">) => [thresholds.at(-1), thresholds[1]];
      // The largest threshold that the largest prediction, 0.8125, reaches.
      expect(lastAndStep(await curve("ours", "fine"))).toEqual([162 / 200, 1 / 200]);
      expect(lastAndStep(await curve("tensorboardX", "fine"))).toEqual([102 / 126, 1 / 126]);
    });

    test("show whole counts of weighted ones, and of none the first threshold", async () => {
      proves(forUs("addPrCurve", loader));
      const weighted = await curve("ours", "weighted");
      expect(weighted.true_positives).toEqual([3, 1]);
      expect(weighted.recall).toEqual([1, 0.5]);
      const empty = await curve("ours", "empty");
      expect([empty.precision, empty.recall, empty.thresholds]).toEqual([[0], [0], [0]]);
    });

    test("have display name and description", async () => {
      proves(forUs("addPrCurve", loader));
      type Tags = Record<string, Record<string, { displayName: string; description: string }>>;
      const { ours } = await board().json<Tags>("data/plugin/pr_curves/tags");
      expect(Object.keys(ours!).toSorted()).toEqual([
        "curve",
        "empty",
        "fine",
        "many",
        "raw curve",
        "weighted",
      ]);
      expect(ours!["curve"]!.displayName).toBe("Cats");
      expect(ours!["curve"]!.description).toContain("<p>are <em>cats</em></p>");
    });

    test("are there for each of a hundred steps", async () => {
      proves(forUs("addPrCurve", loader));
      const steps = (await curves(board().json, "ours", "many")).map(({ step }) => step);
      expect(steps).toEqual(Array.from({ length: 100 }, (_, step) => step));
    });
  });
});
