// A bounded run in TensorBoard: a right curve at every moment while it is logged, and all of it afterwards, also for one that is opened then.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compilePrograms } from "../helpers/programs.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, type TensorBoard } from "../helpers/tensorboard.js";
import { expectWhole, logAndWatch, startBoth, type BoundedRun, type Watched } from "./bounded-run.js";

describeWithPython("a bounded run of 300,000 steps, logged while TensorBoard is open", () => {
  const tempDir = useTempDir("bounded-tensorboard");
  let run: BoundedRun;
  let live: TensorBoard[] = [];
  let watched: Watched;
  beforeAll(async () => {
    const programs = compilePrograms("test/tensorboard/programs", tempDir());
    // Six of its clock's seconds go by in one: it makes a new file at most every 0.8 seconds, and old ones stay ten.
    run = { programs, logdir: tempDir(), count: 300_000, seconds: 12, speed: 6 };
    live = await startBoth(run.logdir);
    watched = await logAndWatch(run, live);
  });
  afterAll(async () => {
    await Promise.all(live.map((board) => board.stop()));
  });

  it("shows at every moment a curve that only goes forward, of at most 1,000 points, all of which were logged", () => {
    expect(watched.problems).toEqual([]);
    expect(watched.files).toBeGreaterThanOrEqual(4);
    for (const loader of LOADERS) {
      expect(watched.loaders[loader].polls).toBeGreaterThan(20);
      // It was not one and the same all the time.
      expect(watched.loaders[loader].curves).toBeGreaterThan(4);
      expect(watched.loaders[loader].mostPoints).toBeGreaterThan(250);
    }
  });

  describe.each(LOADERS.map((loader, i) => [loader, i] as const))("with the %s loader", (_loader, i) => {
    it("has in the end exactly what the files have, every spike, and what is no scalar", async () => {
      await expectWhole(live[i]!, run);
    });
  });

  it("is the same for a TensorBoard that is started afterwards", async () => {
    const boards = await startBoth(run.logdir);
    try {
      for (const board of boards) await expectWhole(board, run);
    } finally {
      await Promise.all(boards.map((board) => board.stop()));
    }
  });
});
