// A run that is started a hundred times, killed and crashing in loops: few files, every point. restarts.full.test.ts has 2,000 starts.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { checkBoards, checkFiles, checkFootprint, makeRuns, type Runs } from "./restarts.js";

const STARTS = 100;
const tempDir = useTempDir("restarts");
let logdir: string;
let runs: Runs;
beforeAll(() => {
  logdir = tempDir();
  runs = makeRuns(logdir, 200);
  // Of sessions that are killed while they fold.
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterAll(() => void vi.restoreAllMocks());

describe("a run that is started a hundred times", () => {
  it("has at most four event files after each, all of its points, bounded all of its spikes", () => {
    for (let start = 0; start < STARTS; start++) {
      for (const run of [runs.plain, runs.bounded]) run.restart();
      checkFootprint(runs);
      if (start % 4 === 0) checkFiles(runs);
    }
    expect(runs.plain.kills).toBeGreaterThan(10);
    expect(runs.bounded.kills).toBeGreaterThan(10);
    expect(runs.bounded.spikes.length).toBeGreaterThan(2);
  });

  describeWithPython("in TensorBoard", () => {
    it("is one curve in both loaders", async () => {
      while (!runs.plain.isClean || !runs.bounded.isClean) {
        for (const run of [runs.plain, runs.bounded]) run.restart();
      }
      await expect(checkBoards(logdir, runs)).resolves.toBe(8);
    });
  });
});
