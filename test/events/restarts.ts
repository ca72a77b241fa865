// What every moment of a run that is started again and again has to show, in its files and in TensorBoard.
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { readEventFile } from "../helpers/events.js";
import {
  byBothRules,
  byPythonRule,
  byRustRule,
  filesOfRun,
  type ShownPoint,
} from "../helpers/loader-rules.js";
import { recordFilesIn, RESTART_TAGS, RestartedRun, type RestartTag } from "../helpers/restarts.js";
import { LOADERS, startTensorBoard } from "../helpers/tensorboard.js";

/** The budget of the bounded run, in bytes. */
export const BUDGET = 256 * 1024;
const MAX_POINTS = 1000;
const LARGE_BYTES = 4 * 1024 * 1024;

/** The two runs of a logdir, by their names in it. */
export interface Runs {
  readonly plain: RestartedRun;
  readonly bounded: RestartedRun;
}

/** Runs of one seed each, in `logdir`. Their starts are an hour apart: 2,000 take some 90 days. */
export function makeRuns(logdir: string, spikeEvery: number): Runs {
  const common = { spikeEvery, minutes: 67 };
  return {
    plain: new RestartedRun(join(logdir, "plain"), { ...common, seed: 1, writer: {} }),
    bounded: new RestartedRun(join(logdir, "bounded"), {
      ...{ ...common, seed: 2 },
      writer: { maxPointsPerTag: MAX_POINTS, maxBytes: BUDGET },
    }),
  };
}

/** How many event files there may be beside those that are too large to be folded, and what they may take. */
export function checkFootprint({ bounded, plain }: Runs): void {
  // In a crash loop old files stay for their minute, and folding waits until it is worth its while.
  const allowed = (run: RestartedRun): number => 4 + 2 * run.recentStarts;
  expect(bounded.footprint.files).toBeLessThanOrEqual(allowed(bounded));
  expect(plain.footprint.files).toBeLessThanOrEqual(
    allowed(plain) + Math.floor(plain.footprint.bytes / LARGE_BYTES),
  );
  if (bounded.recentStarts === 0 && bounded.footprint.bytes > BUDGET) {
    throw new Error(
      `the bounded run has ${bounded.footprint.bytes} bytes of event files at start ${bounded.starts}`,
    );
  }
}

/** The files, by the rules of both loaders. Of a session that was killed nobody knows what came behind its last flush. */
export function checkFiles({ bounded, plain }: Runs): void {
  if (plain.isClean) {
    const files = filesOfRun(plain.dir);
    expectSame(byRustRule(files), plain.points, "the plain run in the data server");
    expectSame(byPythonRule(files), plain.points, "the plain run in the Python loader");
  }
  if (bounded.isClean) {
    const files = filesOfRun(bounded.dir);
    const curves = byRustRule(files);
    expectSame(byPythonRule(files), curves, "the bounded run in both loaders");
    for (const tag of RESTART_TAGS) checkBoundedCurve(curves[tag] ?? [], bounded, tag);
    const records = recordFilesIn(bounded.dir).map((path) => readEventFile(path).events);
    expectSame(byBothRules(records), bounded.points, "the record files");
  }
}

/** What the real TensorBoard shows, started anew with each loader; gives how many curves that were. */
export async function checkBoards(logdir: string, runs: Runs): Promise<number> {
  let curves = 0;
  for (const loader of LOADERS) {
    const board = await startTensorBoard(logdir, {
      loader,
      ...{ reloadInterval: 1, samplesPerPlugin: "scalars=500000", timeoutMs: 120_000 },
    });
    try {
      for (const tag of ["loss", "load"] as const) {
        const shown = async (name: keyof Runs): Promise<ShownPoint[]> => {
          const last = runs[name].nextStep - 1;
          const points = await board.waitFor(async () => {
            const found = await board.scalars(name, tag);
            return found.at(-1)?.step === last && found;
          }, 240_000);
          return points.map(({ step, value }) => ({ step, value }));
        };
        expectSame({ [tag]: await shown("plain") }, { [tag]: runs.plain.points[tag] }, `plain, ${loader}`);
        checkBoundedCurve(await shown("bounded"), runs.bounded, tag);
        curves += 2;
      }
    } finally {
      await board.stop();
    }
  }
  return curves;
}

function checkBoundedCurve(shown: readonly ShownPoint[], run: RestartedRun, tag: RestartTag): void {
  const what = `${tag} of the bounded run, start ${run.starts}`;
  const all = run.points[tag];
  if (shown.length > MAX_POINTS) throw new Error(`${what}: ${shown.length} points`);
  const values = new Map(all.map(({ step, value }) => [step, value]));
  let last = -Infinity;
  for (const { step, value } of shown) {
    if (step <= last) throw new Error(`${what}: step ${step} follows ${last}`);
    if (values.get(step) !== value)
      throw new Error(`${what}: ${value} at step ${step}, not ${values.get(step)}`);
    last = step;
  }
  if (last !== (all.at(-1)?.step ?? -Infinity)) throw new Error(`${what}: ends at step ${last}`);
  if (tag !== "loss") return;
  const steps = new Set(shown.map(({ step }) => step));
  const lost = run.spikes.filter((step) => !steps.has(step));
  if (lost.length > 0) throw new Error(`${what}: no spikes at steps ${lost.join(", ")}`);
}

// A difference of a hundred thousand points is nothing to print.
function expectSame(found: object, expected: object, what: string): void {
  const filled = Object.fromEntries(Object.entries(expected).filter(([, points]) => points.length > 0));
  if (!isDeepStrictEqual(found, filled)) throw new Error(`${what}: not the points that were logged`);
}
