// Bounded runs of 6,000,000 steps in TensorBoard: while they are logged, a spike at 100 places, and how soon they are served.
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SummaryWriter } from "../../src/summary/index.js";
import { eventFilesIn } from "../helpers/events.js";
import { compilePrograms } from "../helpers/programs.js";
import { describeWithPython } from "../helpers/python.js";
import { shown } from "../helpers/shown.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../helpers/tensorboard.js";
import { expectWhole, logAndWatch, RUN, startBoth, type BoundedRun, type Watched } from "./bounded-run.js";
import { runMainJob, RUNS, TAGS } from "./main-job.js";

const STEPS = 6_000_000;
const MINUTES = 60_000;
const tempDir = useTempDir("bounded-tensorboard-full");

/** How long after its first answer TensorBoard serves the last step of a tag, in milliseconds; printed, since a machine may be busy. */
async function expectServed(logdir: string, run: string, tag: string, last: number): Promise<void> {
  for (const loader of LOADERS) {
    const board = await startTensorBoard(logdir, { loader, reloadInterval: 1 });
    const start = performance.now();
    try {
      await board.waitFor(async () => (await board.scalars(run, tag)).at(-1)?.step === last);
      const ms = performance.now() - start;
      process.stdout.write(`${loader}: ${run} served ${ms.toFixed(0)} ms after TensorBoard's first answer\n`);
    } finally {
      await board.stop();
    }
  }
}

describeWithPython("a bounded run of 6,000,000 steps, logged while TensorBoard is open", () => {
  let run: BoundedRun;
  let live: TensorBoard[] = [];
  let watched: Watched;
  beforeAll(async () => {
    const programs = compilePrograms("test/tensorboard/programs", tempDir());
    // Long enough for old files to be deleted: they stay twenty seconds, and are at least 1.7 apart.
    run = { programs, logdir: tempDir(), count: STEPS, seconds: 60, speed: 3 };
    live = await startBoth(run.logdir);
    watched = await logAndWatch(run, live);
  });
  afterAll(async () => {
    await Promise.all(live.map((board) => board.stop()));
  });

  it("shows at every moment a curve that only goes forward, of at most 1,000 points, all of which were logged", () => {
    process.stdout.write(`${JSON.stringify({ files: watched.files, ...watched.loaders })}\n`);
    expect(watched.problems).toEqual([]);
    expect(watched.files).toBeGreaterThanOrEqual(5);
    expect(eventFilesIn(join(run.logdir, RUN)).length).toBeLessThan(watched.files);
    for (const loader of LOADERS) expect(watched.loaders[loader].curves).toBeGreaterThan(10);
  });

  it("has in the end exactly what the files have, every spike, and what is no scalar; also for a new TensorBoard", async () => {
    for (const board of live) await expectWhole(board, run);
    const boards = await startBoth(run.logdir);
    try {
      for (const board of boards) await expectWhole(board, run);
    } finally {
      await Promise.all(boards.map((board) => board.stop()));
    }
  });

  it("is served at once", async () => {
    await expectServed(run.logdir, RUN, "loss", STEPS - 1);
  });
});

describeWithPython("a spike in 6,000,000 steps", () => {
  it("is there at 100 random places, ten in each of ten tags", async () => {
    const logdir = tempDir();
    const writer = new SummaryWriter(join(logdir, RUN), { maxPointsPerTag: 1000, records: false });
    const tags = Array.from({ length: 10 }, (_, i) => `tag ${i}`);
    // Each in a tenth of its own, so that no stride has two of them, of which it would keep the higher one.
    const places = tags.map(() =>
      Array.from({ length: 10 }, (_, i) => i * 600_000 + Math.floor(Math.random() * 500_000)),
    );
    const spikes = places.map((steps) => new Set(steps));
    const handle = writer.scalars(tags);
    const values = new Float64Array(10);
    for (let step = 0; step < STEPS; step++) {
      const base = Math.sin(step / 1000) + (step % 89) / 100;
      for (let i = 0; i < 10; i++) values[i] = spikes[i]!.has(step) ? (i % 2 === 0 ? 50 : -50) : base;
      handle.add(step, values);
    }
    writer.closeSync();
    for (const loader of LOADERS) {
      const board = await startTensorBoard(logdir, { loader, reloadInterval: 1 });
      try {
        for (const [i, tag] of tags.entries()) {
          await board.waitFor(async () => (await board.scalars(RUN, tag)).at(-1)?.step === STEPS - 1);
          const points = new Map((await board.scalars(RUN, tag)).map(({ step, value }) => [step, value]));
          expect(points.size).toBeLessThanOrEqual(1000);
          expect(places[i]!.filter((step) => points.get(step) !== (i % 2 === 0 ? 50 : -50))).toEqual([]);
        }
      } finally {
        await board.stop();
      }
    }
  });
});

describe("the main job with bounded curves", () => {
  it(
    "has at most 1,000 points of each of its tags, ends where the whole one ends, and is served at once",
    async () => {
      const logdir = join(tempDir(), "logs");
      const results = await runMainJob(
        logdir,
        ["--max-points", "1000", "--batch-step-size", "1"],
        5 * MINUTES,
      );
      for (const [i, run] of RUNS.entries()) {
        for (const tag of TAGS) {
          const points = shown(join(logdir, run), tag);
          expect(points.length).toBeLessThanOrEqual(1000);
          expect(points.length).toBeGreaterThan(250);
          expect(points.at(-1)![0]).toBe(STEPS - 1);
        }
        const [, finalX] = shown(join(logdir, run), TAGS[0]!).at(-1)!;
        expect(finalX).toBeCloseTo(results[i]!.finalX, 2);
      }
      await expectServed(logdir, RUNS[0]!, TAGS[0]!, STEPS - 1);
    },
    9 * MINUTES,
  );
});
