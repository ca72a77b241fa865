// Killing a program that starts sessions of a run one after another, so that the kill meets folding and compaction, and looking at what is left.
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { UNFINISHED } from "../../src/events/whole-file.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { eventFilesIn, filesIn, readEventFile } from "./events.js";
import { resumedLossAt } from "./kills.js";
import { byBothRules, byPythonRule, byRustRule, filesOfRun, type ShownPoint } from "./loader-rules.js";
import { runProgram } from "./programs.js";
import { recordFilesIn } from "./restarts.js";

/** The paths through the writer that a kill can meet. */
export const PATHS = ["folding", "compacting", "starting bounded"] as const;
export type Path = (typeof PATHS)[number];

const MAX_POINTS = 64;
/** Steps of the first session, steps of each other one, milliseconds of the clock for a step, most points a tag. */
const SESSIONS: Readonly<Record<Path, readonly number[]>> = {
  // Half a megabyte to fold at every second start.
  folding: [10_000, 5, 10, 0],
  // One session; its curve is full again and again, and may have a new file every 5 seconds, which are 50 steps.
  compacting: [1e9, 0, 100, MAX_POINTS],
  "starting bounded": [3000, 5, 100, MAX_POINTS],
};
const RESUMED = 20;

/** What the program logs under `loss`: exact in float32. */
function lossAt(step: number): number {
  if (step % 997 === 0) return 1024 + step;
  return step % 991 === 0 ? -step : step % 1024;
}

/** What a kill left. */
export interface KilledRun {
  /** The last step that it said was flushed; -1 if none. */
  readonly flushed: number;
  /** The last step that is in the files; -1 if none. */
  readonly last: number;
  /** Whether a file was being written that was to appear whole. */
  readonly isUnfinished: boolean;
  /** Event files, and of a bounded run record files too, that end within a record. */
  readonly torn: number;
}

/**
 * Kills the program `delayMs` after it said for the first time that something was flushed, and looks at its run.
 *
 * @throws {Error} When a flushed step is not in the files, one is there twice or not as it was logged, or a file cannot be read.
 */
export async function killOnPath(
  programs: string,
  dir: string,
  path: Path,
  delayMs: number,
): Promise<KilledRun> {
  mkdirSync(dir, { recursive: true });
  let timer: NodeJS.Timeout | undefined;
  const { signal, stdout, stderr } = await runProgram(
    join(programs, "restart-until-killed.js"),
    [dir, ...SESSIONS[path].map(String)],
    { onOutput: (child) => (timer ??= setTimeout(() => child.kill("SIGKILL"), delayMs)) },
  );
  if (signal !== "SIGKILL") throw new Error(`the program ended with ${signal}: ${stderr}`);
  // The kill may have cut its last line.
  const flushed = Number(stdout.split("\n").slice(0, -1).at(-1) ?? -1);
  const points = pointsIn(dir, path);
  const last = points.length - 1;
  for (const [i, { step, value }] of points.entries()) {
    if (step !== i || value !== lossAt(step))
      throw new Error(`${path}: ${value} at step ${step}, place ${i}`);
  }
  if (last < flushed) throw new Error(`${path}: step ${flushed} was flushed, and the files end at ${last}`);
  checkCurve(dir, path, last + 1, lossAt);
  const unfinished = filesIn(dir).filter((name) => name.startsWith(UNFINISHED));
  if (unfinished.length > 1) throw new Error(`${path}: ${unfinished.join(", ")}`);
  const files = [...eventFilesIn(dir), ...recordFilesIn(dir)];
  const torn = files.filter((file) => readEventFile(file).torn > 0).length;
  return { flushed, last, isUnfinished: unfinished.length === 1, torn };
}

/**
 * Continues the run from a step at or before the last flushed one, as a trainer does.
 *
 * @throws {Error} When its files then have not each step once, or more than four are shown; when an extreme of a bounded run is not shown.
 */
export function resumeOnPath(dir: string, path: Path, { flushed, last }: KilledRun): void {
  const checkpoint = Math.max(0, flushed - 3);
  const bounds = path === "folding" ? {} : { maxPointsPerTag: MAX_POINTS };
  const writer = new SummaryWriter(dir, { purgeStep: checkpoint, ...bounds });
  const end = checkpoint + RESUMED;
  for (let step = checkpoint; step < end; step++) writer.addScalar("loss", resumedLossAt(step), step);
  writer.closeSync();
  const expected = (step: number): number => (step < checkpoint ? lossAt(step) : resumedLossAt(step));
  const points = pointsIn(dir, path);
  for (const [i, { step, value }] of points.entries()) {
    if (step !== i || value !== expected(step)) {
      throw new Error(`${path}, continued at ${checkpoint}: ${value} at step ${step}, place ${i}`);
    }
  }
  if (points.length !== end) throw new Error(`${path}: ${points.length} points, not ${end}`);
  const left = filesIn(dir).filter((name) => name.startsWith(UNFINISHED));
  if (left.length > 0) throw new Error(`${path}: ${left.join(", ")} is still there`);
  if (eventFilesIn(dir).at(-1) !== writer.path)
    throw new Error(`${path}: ${writer.path} is not the last file`);
  const shown = checkCurve(dir, path, end, expected);
  checkExtremes(shown, points, { path, checkpoint, last });
  if (shown.at(-1)?.step !== end - 1) throw new Error(`${path}: the curve ends at ${shown.at(-1)?.step}`);
}

/**
 * The lowest and the highest point are shown. One exception: a point behind the checkpoint, void now and beyond it, stood for it, since both were
 * in one stride, which is an eighth of the curve at the most.
 */
function checkExtremes(
  shown: readonly ShownPoint[],
  points: readonly ShownPoint[],
  { path, checkpoint, last }: { path: Path; checkpoint: number; last: number },
): void {
  const voided = Array.from({ length: Math.max(0, last + 1 - checkpoint) }, (_, i) => checkpoint + i);
  for (const sign of [-1, 1]) {
    const isStoodFor = ({ step, value }: ShownPoint): boolean =>
      step < checkpoint &&
      voided.some((other) => other - step < last / 8 && sign * lossAt(other) >= sign * value);
    const candidates = path === "folding" ? points : points.filter((point) => !isStoodFor(point));
    const { value } = candidates.reduce((a, b) => (sign * b.value > sign * a.value ? b : a));
    if (!shown.some((point) => sign * point.value >= sign * value))
      throw new Error(`${path}: ${value} is not shown`);
  }
}

/** The points of `loss` that must all be there: those of a bounded run are in its record files. */
function pointsIn(dir: string, path: Path): readonly ShownPoint[] {
  const files =
    path === "folding" ? filesOfRun(dir) : recordFilesIn(dir).map((file) => readEventFile(file).events);
  return byBothRules(files)["loss"] ?? [];
}

/** The curve that both loaders show, if it goes forward, within its bounds, with points that were logged. */
function checkCurve(
  dir: string,
  path: Path,
  end: number,
  expected: (step: number) => number,
): readonly ShownPoint[] {
  const files = filesOfRun(dir);
  const shown = byRustRule(files)["loss"] ?? [];
  const inPython = byPythonRule(files)["loss"] ?? [];
  if (JSON.stringify(inPython) !== JSON.stringify(shown)) {
    throw new Error(`the loaders show ${inPython.length} and ${shown.length} points of ${basename(dir)}`);
  }
  if (path !== "folding" && shown.length > MAX_POINTS) throw new Error(`${shown.length} points are shown`);
  for (const [i, { step, value }] of shown.entries()) {
    if (step >= end || value !== expected(step) || step <= (shown[i - 1]?.step ?? -1))
      throw new Error(`${value} at step ${step} is shown, of ${end} steps`);
  }
  return shown;
}
