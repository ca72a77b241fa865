// The main job at a hundredth of its steps, judged by the real TensorBoard.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stepsUpTo, type Curve } from "../experiments/curves.js";
import { describeWithBrowser, drawnCurves, openScalars, withPage } from "../helpers/browser.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type Loader, type TensorBoard } from "../helpers/tensorboard.js";
import { expectAll, expectSample, readLogdir, runMainJob, RUNS, TAGS, waitForAll } from "./main-job.js";

const STEPS = 60_000;
const POINTS = STEPS / 10;

const makeDir = useTempDir("main-job");
let logdir: string;
let curves: Record<string, Record<string, Curve>>;
let started: number;

beforeAll(async () => {
  logdir = join(makeDir(), "logs");
  started = Date.now() / 1000;
  await runMainJob(logdir, ["--steps", String(STEPS)], 50_000);
  curves = readLogdir(logdir);
});

describe("the files", () => {
  it("are those of four runs, with a point at every tenth step", () => {
    expect(Object.keys(curves)).toEqual(RUNS);
    const steps = stepsUpTo(STEPS, 10);
    expect(steps).toHaveLength(POINTS);
    for (const run of RUNS) {
      expect(Object.keys(curves[run]!)).toEqual(TAGS);
      for (const tag of TAGS) expect(curves[run]![tag]!.steps).toEqual(steps);
    }
  });

  it("end with another step than a tenth one when the steps are no multiple of ten", async () => {
    const odd = join(makeDir(), "logs");
    await runMainJob(odd, ["online", "--optimizer", "adam", "--steps", "95"], 30_000);
    expect(readLogdir(odd)["Online_adam/epoch-0"]!["batch/est"]!.steps).toEqual([
      0, 10, 20, 30, 40, 50, 60, 70, 80, 90,
    ]);
  });
});

describeWithPython("TensorBoard", () => {
  let boards: Record<Loader, TensorBoard>;
  beforeAll(async () => {
    const [rust, python] = await Promise.all(LOADERS.map((loader) => startTensorBoard(logdir, { loader })));
    boards = { rust: rust!, python: python! };
    for (const board of Object.values(boards)) await waitForAll(board, curves);
  }, 120_000);
  afterAll(() => Promise.all(Object.values(boards ?? {}).map((board) => board.stop())));

  describe.each(LOADERS)("with the %s loader", (loader) => {
    it("lists the four runs, those that say what they were made with, and no other", async () => {
      const parents = RUNS.map((run) => run.replace("/epoch-0", ""));
      expect((await boards[loader].runs()).toSorted()).toEqual([...parents, ...RUNS].toSorted());
    });

    it("lists their two tags", async () => {
      const tags = await boards[loader].scalarTags();
      expect(Object.keys(tags).toSorted()).toEqual(RUNS);
      for (const run of RUNS) expect(tags[run]!.toSorted()).toEqual(TAGS.toSorted());
    });

    it("returns points that are in the files with these values, the last one among them", async () => {
      for (const run of RUNS) {
        for (const tag of TAGS) {
          const points = await boards[loader].scalars(run, tag);
          // What it keeps of a curve unless told otherwise.
          expect(points).toHaveLength(1000);
          expectSample(points, curves[run]![tag]!);
        }
      }
    });

    it("has wall times that are those of the run", async () => {
      const points = await boards[loader].scalars(RUNS[0]!, TAGS[0]!);
      const [first, last] = [points[0]!.wallTime, points.at(-1)!.wallTime];
      expect(last).toBeGreaterThanOrEqual(first);
      expect(first).toBeGreaterThan(started);
      expect(last).toBeLessThan(Date.now() / 1000);
    });
  });

  // The other loader at full length: main-job.full.test.ts.
  describe("with room for all points", () => {
    let board: TensorBoard;
    beforeAll(async () => {
      board = await startTensorBoard(logdir, { loader: "rust", samplesPerPlugin: `scalars=${POINTS + 1}` });
      await waitForAll(board, curves);
    }, 120_000);
    afterAll(() => board?.stop());

    it("returns every point of every curve", async () => {
      for (const run of RUNS) {
        for (const tag of TAGS) expectAll(await board.scalars(run, tag), curves[run]![tag]!);
      }
    });
  });

  describeWithBrowser("in Chromium", () => {
    // One page for both: to load TensorBoard's program takes longer than the rest.
    it("draws both curves of batch/est of each problem, Adam's above", async () => {
      await withPage(async (page) => {
        for (const [problem, adamEnd, amsgradEnd] of [
          ["Online", 0.9970761, -0.0474086],
          ["Stochastic", 1, -0.2152345],
        ] as const) {
          const runs = RUNS.filter((run) => run.startsWith(problem));
          await openScalars(page, boards.rust.url, { tagFilter: "^batch/est$", runs });
          const drawn = await drawnCurves(page, "batch/est");
          expect(drawn.map(({ run, points }) => ({ run, points }))).toEqual(
            runs.map((run) => ({ run, points: 1000 })),
          );
          // The step axis is a little longer than the curves, which go from side to side of it.
          for (const { columns, first, last } of drawn) {
            expect(columns).toBeGreaterThan(0.6);
            expect(last.x - first.x).toBeGreaterThan(0.6);
          }
          const [adam, amsgrad] = drawn;
          expect(adam!.last.x).toBeCloseTo(amsgrad!.last.x, 6);
          expect(adam!.last.y).toBeGreaterThan(amsgrad!.last.y);
          // Both begin near 0, and the axis is linear: their ends are as far from it as x is.
          const zero = adam!.first.y;
          expect((amsgrad!.last.y - zero) / (adam!.last.y - zero)).toBeCloseTo(amsgradEnd / adamEnd, 1);
        }
      });
    }, 120_000);
  });
});
