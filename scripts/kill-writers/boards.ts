// What the real TensorBoard shows of the continued runs: one TensorBoard a loader, over one logdir with all of them.
import { setTimeout as sleep } from "node:timers/promises";
import type { Python } from "../../test/helpers/python.js";
import {
  startTensorBoard,
  type Loader,
  type Point,
  type TensorBoard,
} from "../../test/helpers/tensorboard.js";
import { faultsOf, type Continued, type Faults } from "./count.js";
import { TAG } from "./job.js";

/** More than any run has, so that it keeps every point. */
const SAMPLES = "scalars=1000000";
/** A run that does not come to its last step, and of which nothing new came for so long, is taken as it is. */
const STILL_MS = 15_000;

/** The faults of each run, by its name in the logdir. */
export async function faultsShown(
  logdir: string,
  runs: ReadonlyMap<string, Continued>,
  loader: Loader,
  python: Python,
): Promise<ReadonlyMap<string, Faults>> {
  const board = await startTensorBoard(logdir, { loader, python, samplesPerPlugin: SAMPLES });
  try {
    const curves = await readCurves(board, runs);
    return new Map(
      [...runs].map(([name, continued]) => [name, faultsOf(curves.get(name) ?? [], continued)] as const),
    );
  } finally {
    await board.stop();
  }
}

async function readCurves(
  board: TensorBoard,
  runs: ReadonlyMap<string, Continued>,
): Promise<ReadonlyMap<string, readonly Point[]>> {
  const curves = new Map<string, readonly Point[]>();
  const waiting = new Map([...runs].map(([name, { from, steps }]) => [name, from + steps - 1]));
  for (let changed = Date.now(); waiting.size > 0 && Date.now() - changed < STILL_MS; await sleep(500)) {
    for (const [name, last] of waiting) {
      const curve = await curveOf(board, name);
      if (curve.length !== curves.get(name)?.length) changed = Date.now();
      curves.set(name, curve);
      if (curve.at(-1)?.step === last) waiting.delete(name);
    }
  }
  return curves;
}

/** Empty while the loader has not come to it. */
async function curveOf(board: TensorBoard, run: string): Promise<readonly Point[]> {
  try {
    return await board.scalars(run, TAG);
  } catch {
    return [];
  }
}
