// A run that is restarted and folded while TensorBoard is open: one curve at every moment in both loaders, and the same in one that is new.
import { existsSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { eventFilesIn } from "../helpers/events.js";
import { describeWithPython } from "../helpers/python.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../helpers/tensorboard.js";

const RUN = "run";
const MINUTES = 60_000;

/** A session: its first step, whether it says so, how many steps, and bytes that a kill tears from its last record. */
const SESSIONS: readonly { from: number; purges?: boolean; count: number; torn?: number }[] = [
  { from: 0, count: 30 },
  { from: 30, count: 1 },
  { from: 31, count: 30, torn: 5 },
  // The torn one again, and a bit more. Three files are folded.
  { from: 55, purges: true, count: 20 },
  { from: 75, count: 2 },
  { from: 77, count: 30 },
  { from: 50, purges: true, count: 40 },
  { from: 90, count: 1, torn: 1 },
  { from: 90, purges: true, count: 10 },
  { from: 0, purges: true, count: 5 },
  { from: 5, count: 50 },
  { from: 55, count: 5 },
];

interface Point {
  readonly step: number;
  readonly value: number;
}

describeWithPython("a run that is folded while TensorBoard is open", () => {
  const tempDir = useTempDir("fold-tensorboard");
  const clock = scriptedClock();
  let logdir: string;
  let boards: TensorBoard[];
  /** The points that are not void, and every value that a step ever had. */
  let points: Point[] = [];
  const everLogged = new Set<string>();

  beforeAll(async () => {
    logdir = tempDir();
    boards = await startBoth();
  });
  afterAll(() => Promise.all((boards ?? []).map((board) => board.stop())));

  function startBoth(): Promise<TensorBoard[]> {
    return Promise.all(LOADERS.map((loader) => startTensorBoard(logdir, { loader, reloadInterval: 1 })));
  }

  const shownBy = async (board: TensorBoard): Promise<Point[]> =>
    (await board.scalars(RUN, "loss")).map(({ step, value }) => ({ step, value }));

  function logSession(number: number): void {
    const { from, purges = false, count, torn = 0 } = SESSIONS[number]!;
    const dir = join(logdir, RUN);
    const writer = new SummaryWriter(dir, {
      clock,
      hostname: "box",
      pid: 7,
      ...(purges && { purgeStep: from }),
    });
    const logged = Array.from({ length: count }, (_, i): Point => ({
      step: from + i,
      value: number + i / 64,
    }));
    for (const { step, value } of logged) {
      everLogged.add(`${step} ${value}`);
      writer.addScalar("loss", value, step);
      clock.advance(1000);
    }
    const path = writer.path!;
    writer.closeSync();
    if (torn > 0) {
      // As of a process that was killed in the middle of a write.
      truncateSync(path, statSync(path).size - torn);
      logged.pop();
    }
    points = [...points.filter(({ step }) => step < from), ...logged];
  }

  /** Asks the board again and again until `isOver`, and notes what is not one curve of points that were logged. */
  async function watch(board: TensorBoard, isOver: () => boolean, faults: string[]): Promise<number> {
    let looks = 0;
    while (!isOver()) {
      const shown = await shownBy(board).catch((): Point[] => []);
      if (shown.length > 0) looks++;
      for (const [i, { step, value }] of shown.entries()) {
        if (step <= (shown[i - 1]?.step ?? -1)) faults.push(`step ${step} follows ${shown[i - 1]?.step}`);
        if (!everLogged.has(`${step} ${value}`)) faults.push(`${value} at step ${step} was never logged`);
      }
      await sleep(20);
    }
    return looks;
  }

  test(
    "is one curve at every moment, with every point of every session soon after",
    { timeout: 240_000 },
    async () => {
      let isOver = false;
      const faults: string[] = [];
      const watching = boards.map((board) => watch(board, () => isOver, faults));
      let folds = 0;
      try {
        for (let number = 0; number < SESSIONS.length; number++) {
          const before = existsSync(join(logdir, RUN)) ? eventFilesIn(join(logdir, RUN)) : [];
          logSession(number);
          if (before.some((path) => !existsSync(path))) folds++;
          for (const [i, board] of boards.entries()) {
            const what = `session ${number}, ${LOADERS[i]}`;
            await board.waitFor(async () => JSON.stringify(await shownBy(board)) === JSON.stringify(points));
            expect(await shownBy(board), what).toEqual(points);
          }
          // TensorBoard has read the new file, so that the minute may be over.
          clock.advance(10 * MINUTES);
        }
      } finally {
        isOver = true;
      }
      const looks = await Promise.all(watching);
      expect(faults.slice(0, 5)).toEqual([]);
      expect(folds).toBeGreaterThanOrEqual(4);
      expect(eventFilesIn(join(logdir, RUN)).length).toBeLessThanOrEqual(3);
      // They looked many times, not once at the end.
      for (const count of looks) expect(count).toBeGreaterThan(20);
    },
  );

  test("is the same curve in a TensorBoard that is started then", async () => {
    const fresh = await startBoth();
    try {
      for (const board of fresh) {
        await board.waitFor(async () => (await shownBy(board)).length >= points.length);
        expect(await shownBy(board)).toEqual(points);
      }
    } finally {
      await Promise.all(fresh.map((board) => board.stop()));
    }
  });
});
