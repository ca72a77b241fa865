// 2,000 starts of a run over 90 days of a scripted clock, plain and bounded; restarts.test.ts has a hundred.
import { statSync } from "node:fs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { eventFilesIn } from "../helpers/events.js";
import { describeWithPython } from "../helpers/python.js";
import { START_S } from "../helpers/handmade-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { BUDGET, checkBoards, checkFiles, checkFootprint, makeRuns } from "./restarts.js";

const STARTS = 2000;
/** Starts between two looks at the files by both loaders' rules, and between two of TensorBoard itself. */
const LOOK_EVERY = 20;
const BOARDS_EVERY = 400;

const tempDir = useTempDir("restarts-full");
beforeAll(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterAll(() => void vi.restoreAllMocks());

describeWithPython("a run that is started 2,000 times", () => {
  it("has few event files and is one curve with all that was flushed, at every moment, in both loaders", async () => {
    const logdir = tempDir();
    const runs = makeRuns(logdir, 5000);
    const both = [runs.plain, runs.bounded];
    const most = { files: 0, bytes: 0 };
    for (let start = 1; start <= STARTS; start++) {
      for (const run of both) run.restart();
      checkFootprint(runs);
      if (runs.bounded.recentStarts === 0) {
        most.files = Math.max(most.files, runs.bounded.footprint.files);
        most.bytes = Math.max(most.bytes, runs.bounded.footprint.bytes);
      }
      if (start % LOOK_EVERY === 0) checkFiles(runs);
      if (start % BOARDS_EVERY !== 0) continue;
      while (both.some((run) => !run.isClean)) for (const run of both) run.restart();
      await checkBoards(logdir, runs);
      const plain = eventFilesIn(runs.plain.dir).map((path) => statSync(path).size);
      const days = ((runs.bounded.clock() / 1000 - START_S) / 86_400).toFixed(1);
      process.stderr.write(
        `${runs.bounded.starts} starts in ${days} days, ${runs.bounded.kills} kills: bounded: ${runs.bounded.nextStep} steps of 3 tags, ` +
          `at most ${most.files} event files and ${most.bytes} of ${BUDGET} bytes, ${runs.bounded.spikes.length} spikes; ` +
          `plain: ${runs.plain.nextStep} steps, files of ${plain.join(", ")} bytes\n`,
      );
    }
    expect(runs.bounded.spikes.length).toBeGreaterThan(5);
    expect(runs.bounded.clock() / 1000 - START_S).toBeGreaterThan(85 * 86_400);
  }, 3_600_000);
});
