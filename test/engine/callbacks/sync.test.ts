// What a checkpoint tells of is on the disk before it, also of logs that were closed meanwhile.
import { promises } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { WriteError } from "../../../src/errors.js";
import { Interval, latestCheckpoint, TensorBoard } from "../../../src/engine/index.js";
import { findRuns } from "../../../src/events/index.js";
import { systemError } from "../../helpers/faulty-file-system.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { make } from "./saved-trials.js";

const tempDir = useTempDir("sync");

afterEach(() => {
  vi.restoreAllMocks();
});

const trainIn = (dir: string) =>
  make([
    new TensorBoard({ logDir: dir, run: "run", writeBatchMetrics: true, batchStepSize: 1 }),
    new Interval(join(dir, "{step}.json"), { epochs: 2, atEnd: true }),
  ]).forTrainSteps(2);

it("the files of closed writers, each once, and their directories", async () => {
  const dir = tempDir();
  const opened = vi.spyOn(promises, "open");
  await trainIn(dir).run(3);
  const files = findRuns(dir).flatMap((run) => run.files);
  expect(findRuns(dir).map(({ name }) => name)).toEqual(["run", "run/epoch-0", "run/epoch-1", "run/epoch-2"]);
  const synced = opened.mock.calls.map(([path]) => path as string);
  // The run's own log is closed once, at the end.
  for (const file of files) expect(synced.filter((path) => path === file)).toHaveLength(1);
  for (const name of ["epoch-0", "epoch-1", "epoch-2"]) expect(synced).toContain(join(dir, "run", name));
});

it("a file that cannot be synced is an error, and there is no checkpoint that tells of it", async () => {
  const dir = tempDir();
  const open = promises.open.bind(promises);
  vi.spyOn(promises, "open").mockImplementation(async (path, ...rest) => {
    if (basename(path as string) === "epoch-1") throw systemError("EIO", "open");
    return open(path, ...rest);
  });
  await expect(trainIn(dir).run(3)).rejects.toThrow(WriteError);
  expect(latestCheckpoint(dir)).toBeUndefined();
});
