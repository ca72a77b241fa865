// The main job's runs, and what TensorBoard has to show of them.
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { findRuns } from "../../src/events/index.js";
import type { RunResult } from "../../src/experiments/index.js";
import { startTnl } from "../cli/child.js";
import { curvesOf, type Curve } from "../experiments/curves.js";
import type { Point, TensorBoard } from "../helpers/tensorboard.js";

/** The main job's four runs, as TensorBoard names them. */
export const RUNS = ["Online_adam", "Online_amsgrad", "Stochastic_adam", "Stochastic_amsgrad"].map(
  (run) => `${run}/epoch-0`,
);
/** Their tags. */
export const TAGS = ["batch/est", "batch/average_regret"];

/** Runs `tnl run` into `logdir`; it must succeed. */
export async function runMainJob(
  logdir: string,
  argv: readonly string[],
  timeoutMs: number,
): Promise<RunResult[]> {
  const args = ["run", "--json", "--verbose", "0", "--logdir", logdir, ...argv];
  const { code, stdout, stderr } = await startTnl(args, { timeoutMs }).ended;
  if (code !== 0 || stderr !== "") throw new Error(`tnl ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as RunResult[];
}

/**
 * The curves of each run of a logdir that has some, by run and tag: beside it is the run that says what it was made with. A run has one file,
 * and every checksum in it is right.
 */
export function readLogdir(logdir: string): Record<string, Record<string, Curve>> {
  const runs = findRuns(logdir).map(({ name, files }) => {
    if (files.length !== 1) throw new Error(`${name} has ${files.length} event files`);
    return [name, curvesOf(files[0]!)] as const;
  });
  return Object.fromEntries(runs.filter(([, curves]) => Object.keys(curves).length > 0));
}

/** Waits until TensorBoard has the last point of every curve; asks every `pauseMs`, as each question keeps it from reading. */
export async function waitForAll(
  tensorBoard: TensorBoard,
  curves: Readonly<Record<string, Record<string, Curve>>>,
  { timeoutMs, pauseMs = 0 }: { timeoutMs?: number; pauseMs?: number } = {},
): Promise<void> {
  await tensorBoard.waitFor(async (board) => {
    await sleep(pauseMs);
    for (const [run, byTag] of Object.entries(curves)) {
      for (const [tag, { steps }] of Object.entries(byTag)) {
        if ((await board.scalars(run, tag)).at(-1)?.step !== steps.at(-1)) return false;
      }
    }
    return true;
  }, timeoutMs);
}

/** Every point is in the file with its value, in the order of the file, none twice; the last one of the file is there. */
export function expectSample(points: readonly Point[], curve: Curve): void {
  const valueAt = new Map(curve.steps.map((step, i) => [step, curve.values[i]!]));
  expect(valueAt.size).toBe(curve.steps.length);
  expect(points.filter(({ step, value }) => !Object.is(valueAt.get(step), value))).toEqual([]);
  expect(points.filter(({ step }, i) => i > 0 && step <= points[i - 1]!.step)).toEqual([]);
  expect(points.at(-1)?.step).toBe(curve.steps.at(-1));
}

/** The points are those of the file. */
export function expectAll(points: readonly Point[], { steps, values }: Curve): void {
  expect(points.map(({ step }) => step)).toEqual(steps);
  expect(points.map(({ value }) => value)).toEqual(values);
}
