// A bounded run that a program logs while TensorBoard of both loaders is open, and what must hold at every moment and afterwards.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { eventFilesIn } from "../helpers/events.js";
import { rowsOf } from "../helpers/hparams-table.js";
import { runProgram } from "../helpers/programs.js";
import { shown } from "../helpers/shown.js";
import {
  LOADERS,
  startTensorBoard,
  type Loader,
  type Point,
  type TensorBoard,
} from "../helpers/tensorboard.js";
import { lossAt, rareAt, spikesBefore } from "./programs/bounded-values.js";

/** The run's name in its logdir. */
export const RUN = "run";
const VALUES: Readonly<Record<string, (step: number) => number>> = { loss: lossAt, rare: rareAt };

/** What was seen while the run was logged. */
export interface Watched {
  /** What should not have been seen. */
  readonly problems: string[];
  /** How many different event files there were. */
  readonly files: number;
  /** Of each loader, how often it was asked, how many different curves it gave, and the most points of one. */
  readonly loaders: Readonly<Record<Loader, { polls: number; curves: number; mostPoints: number }>>;
}

/** How the program logs. */
export interface BoundedRun {
  /** Where `compilePrograms` put it. */
  readonly programs: string;
  readonly logdir: string;
  readonly count: number;
  readonly seconds: number;
  /** How many times as fast as the real one its clock goes. */
  readonly speed: number;
}

/**
 * Logs the run, and asks both TensorBoards for its curves all the time.
 *
 * @throws {Error} When the program fails.
 */
export async function logAndWatch(run: BoundedRun, boards: readonly TensorBoard[]): Promise<Watched> {
  const { programs, logdir, count, seconds, speed } = run;
  const dir = join(logdir, RUN);
  const problems: string[] = [];
  const files = new Set<string>();
  const loaders = Object.fromEntries(
    LOADERS.map((loader) => [loader, { polls: 0, curves: 0, mostPoints: 0 }]),
  ) as Record<Loader, { polls: number; curves: number; mostPoints: number }>;
  const over = new AbortController();
  const args = [dir, count, seconds, speed].map(String);
  const program = runProgram(join(programs, "log-bounded.js"), args, { timeoutMs: 1000 * seconds + 60_000 });
  const watch = async (board: TensorBoard, loader: Loader): Promise<void> => {
    const seen: Record<string, Set<string>> = { loss: new Set(), rare: new Set() };
    while (!over.signal.aborted) {
      for (const path of existing(dir)) files.add(path);
      for (const tag of ["loss", "rare"]) {
        let points: Point[];
        try {
          points = await board.scalars(RUN, tag);
        } catch (error) {
          // Until it has found the tag.
          if (seen[tag]!.size > 0) problems.push(`${loader}: ${(error as Error).message}`);
          continue;
        }
        problems.push(...problemsOf(points, tag, count).map((problem) => `${loader}, ${tag}: ${problem}`));
        loaders[loader].polls++;
        loaders[loader].mostPoints = Math.max(loaders[loader].mostPoints, points.length);
        seen[tag]!.add(`${points.length} to ${points.at(-1)?.step}`);
      }
      await sleep(20);
    }
    loaders[loader].curves = seen["loss"]!.size;
  };
  const watching = boards.map((board, i) => watch(board, LOADERS[i]!));
  try {
    const { code, stderr } = await program;
    if (code !== 0 || stderr !== "") throw new Error(`the program ended with ${code}: ${stderr}`);
  } finally {
    over.abort();
    await Promise.all(watching);
  }
  return { problems, files: files.size, loaders };
}

function existing(dir: string): string[] {
  try {
    return eventFilesIn(dir);
  } catch {
    return [];
  }
}

/** What no curve may be at any moment: going back, longer than 1,000 points, or with a point that was not logged. */
function problemsOf(points: readonly Point[], tag: string, count: number): string[] {
  const problems: string[] = [];
  if (points.length > 1000) problems.push(`${points.length} points`);
  for (const [i, { step, value }] of points.entries()) {
    if (i > 0 && step <= points[i - 1]!.step) problems.push(`step ${step} after ${points[i - 1]!.step}`);
    if (step < 0 || step >= count || (tag === "rare" && step % 1000 !== 0))
      problems.push(`step ${step} was not logged`);
    if (value !== Math.fround(VALUES[tag]!(step))) problems.push(`${value} at step ${step}`);
  }
  return problems.slice(0, 3);
}

/** The board has exactly the points of the files, all spikes among them, and all that is no scalar. */
export async function expectWhole(board: TensorBoard, { logdir, count }: BoundedRun): Promise<void> {
  for (const tag of ["loss", "rare"]) {
    const expected = shown(join(logdir, RUN), tag);
    await board.waitFor(async () => (await board.scalars(RUN, tag)).at(-1)?.step === expected.at(-1)![0]);
    const points = (await board.scalars(RUN, tag)).map(({ step, value }) => [step, value]);
    expect(points).toEqual(expected);
    expect(points.length).toBeLessThanOrEqual(1000);
    expect(points.length).toBeGreaterThan(250);
  }
  const loss = new Map(shown(join(logdir, RUN), "loss"));
  expect(spikesBefore(count).filter((step) => loss.get(step) !== lossAt(step))).toEqual([]);

  const query = (tag: string): string => new URLSearchParams({ run: RUN, tag, sample: "0" }).toString();
  const middle = count / 2;
  const steps = async (path: string): Promise<number[]> =>
    (await board.json<{ step: number }[]>(path)).map(({ step }) => step);
  const texts = await board.json<{ step: number; text: string }[]>(`data/plugin/text/text?${query("notes")}`);
  expect(texts.map(({ step, text }) => [step, text])).toEqual([
    [0, expect.stringContaining("at the beginning")],
    [middle, expect.stringContaining("in the middle")],
  ]);
  expect(await steps(`data/plugin/images/images?${query("picture")}`)).toEqual([0, middle]);
  const histograms = await board.json<[number, number, unknown][]>(
    `data/plugin/histograms/histograms?${query("weights")}`,
  );
  expect(histograms.map(([, step]) => step)).toEqual([0, middle]);
  const rows = await rowsOf(board);
  expect(rows[RUN]?.hparams).toEqual({ lr: 0.25, optimizer: "adam" });
  expect(rows[RUN]?.sessions[0]?.status).toBe("STATUS_SUCCESS");
  const graph = await board.bytes(`data/plugin/graphs/graph?run=${RUN}`);
  expect(Buffer.from(graph).toString()).toContain('op: "Double"');
  const tags =
    await board.json<Record<string, Record<string, { description: string }>>>("data/plugin/scalars/tags");
  expect(tags[RUN]!["loss"]!.description).toContain("<strong>spikes</strong>");
}

/** Starts a TensorBoard of each loader. */
export async function startBoth(logdir: string): Promise<TensorBoard[]> {
  return Promise.all(LOADERS.map((loader) => startTensorBoard(logdir, { loader, reloadInterval: 1 })));
}
