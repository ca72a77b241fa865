// Threads that log at once, in TensorBoard: a run each and no other, with every point.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compilePrograms, runProgram } from "../helpers/programs.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../helpers/tensorboard.js";

const STEPS = 500;

describeWithPython("four worker threads, in TensorBoard", () => {
  const tempDir = useTempDir("workers-shown");
  let logdir: string;
  beforeAll(async () => {
    const programs = compilePrograms("test/summary/programs", tempDir());
    logdir = tempDir();
    const args = ["threads", "sub-runs", join(logdir, "run"), "4", String(STEPS)];
    const { code, stderr } = await runProgram(join(programs, "log-in-workers.js"), args);
    if (code !== 0) throw new Error(`the program ended with ${code}: ${stderr}`);
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    let board: TensorBoard;
    beforeAll(async () => {
      board = await startTensorBoard(logdir, { loader, reloadInterval: 1 });
    });
    afterAll(() => board?.stop());

    test("are four runs below the program's, and nothing else", async () => {
      const runs = ["run/worker-1", "run/worker-2", "run/worker-3", "run/worker-4"];
      for (const [i, run] of runs.entries()) {
        await board.waitFor(async () => (await board.scalars(run, "loss")).length === STEPS);
        const points = (await board.scalars(run, "loss")).map(({ step, value }) => [step, value]);
        expect(points).toEqual(Array.from({ length: STEPS }, (_, step) => [step, i + 1]));
      }
      // Where the loader has them all, so that one more would be seen.
      expect((await board.runs()).toSorted()).toEqual(runs);
      expect(await board.scalarTags()).toEqual(Object.fromEntries(runs.map((run) => [run, ["loss"]])));
    });
  });
});
