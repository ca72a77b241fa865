// Runs that were killed, torn or begun by another program, and continued by us: one curve in both loaders, every point of it.
import { truncateSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { eventFilesIn, readEventFile } from "../helpers/events.js";
import { curveOf, killAndResume, killWhileLogging, lookAtRemains, resume } from "../helpers/kills.js";
import { compilePrograms } from "../helpers/programs.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../helpers/tensorboard.js";

/** Steps 0 to 9 by two other writers; the second writes a START of its own, as torch does with purge_step. */
const OTHERS = `
import sys
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboardX import SummaryWriter

with SummaryWriter(f"{sys.argv[1]}/after tensorboardX") as writer:
    for step in range(10):
        writer.add_scalar("loss", step % 1024, step)

writer = EventFileWriter(f"{sys.argv[1]}/after torch")
writer.add_event(event_pb2.Event(step=0, wall_time=1, session_log=event_pb2.SessionLog(status=1)))
for step in range(10):
    value = summary_pb2.Summary.Value(tag="loss", simple_value=step % 1024)
    writer.add_event(event_pb2.Event(step=step, wall_time=1700000000, summary=summary_pb2.Summary(value=[value])))
writer.close()
`;

/** Makes the runs; gives their names. */
async function makeRuns(logdir: string, programs: string): Promise<string[]> {
  const names: string[] = [];
  const dirOf = (name: string): string => {
    names.push(name);
    return join(logdir, name);
  };
  // It logs 3,000 steps at most and then waits for its end, as one loader takes its time.
  for (const [i, every] of [1, 50, 1000].entries()) {
    const dir = dirOf(`killed ${i}`);
    const delayMs = 10 * Math.random();
    await killAndResume({ programs, dir, every, count: 3000, delayMs, from: "first flush" });
  }
  const torn = dirOf("torn");
  const flushed = await killWhileLogging({
    ...{ programs, dir: torn, every: 200, count: 400 },
    ...{ delayMs: 100, from: "first flush" as const },
  });
  // As after a power cut: the last record is not whole.
  const [path] = eventFilesIn(torn);
  truncateSync(path!, statSync(path!).size - 5);
  expect(readEventFile(path!).torn).toBeGreaterThan(0);
  const { last } = lookAtRemains(torn, flushed - 1);
  resume(torn, last - 10, 50);
  resume(torn, last - 20, 5);

  await runPython(OTHERS, [logdir]);
  resume(dirOf("after tensorboardX"), 5, 10);
  resume(dirOf("after torch"), 5, 10);

  using writer = new SummaryWriter(dirOf("long"));
  for (let step = 0; step < 5000; step++) writer.addScalar("loss", Math.sin(step), step);
  return names;
}

describeWithPython("runs that were interrupted and continued, in TensorBoard", () => {
  const tempDir = useTempDir("restart");
  let logdir: string;
  let names: string[];
  beforeAll(async () => {
    logdir = tempDir();
    names = await makeRuns(logdir, compilePrograms("test/events/programs", tempDir()));
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    let board: TensorBoard;
    beforeAll(async () => {
      // More than any run has: TensorBoard then keeps every point.
      board = await startTensorBoard(logdir, {
        loader,
        reloadInterval: 1,
        samplesPerPlugin: "scalars=20000",
      });
    });
    afterAll(() => board?.stop());

    test("are each one curve that only goes forward, with every point that the files mean", async () => {
      expect(names).toHaveLength(7);
      for (const name of names) {
        const expected = curveOf(join(logdir, name), "loss");
        const steps = expected.map(({ step }) => step);
        expect(steps, name).toEqual(Array.from({ length: steps.length }, (_, i) => i));
        await board.waitFor(async () => (await board.scalars(name, "loss")).at(-1)?.step === steps.at(-1));
        const shown = await board.scalars(name, "loss");
        expect(
          shown.map(({ step, value }) => ({ step, value })),
          name,
        ).toEqual(expected);
      }
    });
  });
});
