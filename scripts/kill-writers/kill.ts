// Kills writers at random moments, counts what they left, and lets them continue their runs.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  contentsOf,
  faultsOf,
  lossOf,
  stepsBelow,
  type Contents,
  type Continued,
  type Faults,
  type Loss,
  type Progress,
} from "./count.js";
import { TAG, type LogJob, type SessionsJob } from "./job.js";
import { startProgram } from "./program.js";
import { eventFiles, type Writer } from "./writers.js";

/** How fast steps come. */
export interface Rate {
  readonly name: string;
  readonly stepMs: number;
  /** Steps after which a program that was forgotten stands still; no kill comes so late. */
  readonly steps: number;
}

export const RATES: readonly Rate[] = [
  { name: "as fast as it can", stepMs: 0, steps: 3_000_000 },
  { name: "1 step a ms", stepMs: 1, steps: 20_000 },
];
/** Every second run never flushes; the others take these in turn. */
const FLUSH_EVERY = [10, 100, 1000] as const;
/** A run is continued from its last checkpoint, this many steps before the last one flushed (or, without a flush, acknowledged). */
const CHECKPOINT_BEFORE = 100;
const RESUMED_STEPS = 200;
/** Steps of each session before the one that is killed. */
const EARLIER_STEPS = 200;
/** Longer runs are not shown to TensorBoard, whose Python loader would take minutes. */
const SHOWN_POINTS = 100_000;

/** One kill. */
export interface Killed {
  readonly flushes: boolean;
  /** Milliseconds from just before the writer was made. */
  readonly afterMs: number;
  /** Steps whose call had returned. */
  readonly logged: number;
  readonly lost: Loss;
  readonly torn: number;
  readonly damaged: number;
}

/** A run after its continuation. */
export interface Resumed extends Continued {
  readonly dir: string;
  /** Of the points in the files; where the line goes back only a loader can tell. */
  readonly missing: Faults["missing"];
  readonly damaged: number;
  /** Short enough for TensorBoard. */
  readonly isShort: boolean;
}

export interface Batch {
  readonly killed: readonly Killed[];
  readonly resumed: readonly Resumed[];
}

/**
 * Makes the kills of a writer from the number `first` to the one before `end`, two at a time, and continues all of these runs in one
 * further process. Runs are made in `scratch`.
 */
export async function killBatch(
  writer: Writer,
  rate: Rate,
  [first, end]: readonly [first: number, end: number],
  scratch: string,
): Promise<Batch> {
  const directoryOf = (number: number): string => join(scratch, String(number));
  await logEarlierSessions(
    writer,
    Array.from({ length: end - first }, (_, i) => directoryOf(first + i)),
  );
  const killedRuns: KilledRun[] = [];
  let next = first;
  const killOneAfterAnother = async (): Promise<void> => {
    while (next < end) {
      const number = next++;
      const flushEvery = number % 2 === 0 ? 0 : FLUSH_EVERY[Math.floor(number / 2) % FLUSH_EVERY.length]!;
      killedRuns.push(await killOnce(writer, rate, flushEvery, directoryOf(number)));
    }
  };
  await Promise.all([killOneAfterAnother(), killOneAfterAnother()]);
  // Only now, because reading would hold up the next kill.
  const runs = killedRuns.map((run) => look(writer, run));
  const job: SessionsJob = {
    runs: runs.map(({ dir, from }) => ({ dir, from, options: writer.resume(from) })),
    ...{ tag: TAG, steps: RESUMED_STEPS, values: "resumed" },
  };
  await startProgram(writer.command, job).end();
  return { killed: runs, resumed: runs.map((run) => lookAgain(writer, run)) };
}

type KilledRun = Pick<Killed, "flushes" | "afterMs" | "logged"> & {
  readonly dir: string;
  readonly progress: Progress;
};

/** What a continuation starts from. */
interface Checkpointed {
  readonly dir: string;
  readonly from: number;
  readonly before: Uint8Array;
}

async function logEarlierSessions(
  { command, earlierSessions, options }: Writer,
  scratches: readonly string[],
): Promise<void> {
  if (earlierSessions === 0) return;
  const runs = scratches.flatMap((scratch) =>
    Array.from({ length: earlierSessions }, (_, i) => ({
      ...{ dir: directoryIn(scratch), options, from: i * EARLIER_STEPS },
    })),
  );
  await startProgram(command, { runs, tag: TAG, steps: EARLIER_STEPS, values: "first" }).end();
}

async function killOnce(writer: Writer, rate: Rate, flushEvery: number, scratch: string): Promise<KilledRun> {
  const first = writer.earlierSessions * EARLIER_STEPS;
  const { dir, notes } = prepare(scratch, first);
  const afterMs = writer.killWithinMs * Math.random();
  const job: LogJob = {
    ...{ dir, notes, first, flushEvery, tag: TAG, options: writer.options, clockSpeed: writer.clockSpeed },
    ...{ stepMs: rate.stepMs, steps: rate.steps, atEnd: "stand still" },
  };
  const program = startProgram(writer.command, job);
  await program.line();
  await sleep(afterMs);
  await program.kill();
  const progress = readNotes(notes);
  const logged = progress.acknowledged + 1 - first;
  if (logged === rate.steps) throw new Error(`${writer.name} came to its last step`);
  return { flushes: flushEvery > 0, afterMs, logged, progress, dir };
}

function look(writer: Writer, run: KilledRun): Killed & Checkpointed {
  const { acknowledged, flushed } = run.progress;
  const { points, torn, damaged } = contentsOfRun(writer, run.dir);
  const from = Math.max(0, (flushed >= 0 ? flushed : acknowledged) - CHECKPOINT_BEFORE);
  const lost = lossOf(points, run.progress);
  return { ...run, lost, torn, damaged, from, before: stepsBelow(points, from) };
}

function lookAgain(writer: Writer, run: Checkpointed): Resumed {
  const { points, damaged, drawn } = contentsOfRun(writer, run.dir);
  const continued = { from: run.from, steps: RESUMED_STEPS, before: run.before };
  const { missing } = faultsOf(points, continued);
  return { ...continued, dir: run.dir, missing, damaged, isShort: drawn <= SHOWN_POINTS };
}

/** Torn and damaged files are also counted among those that TensorBoard reads, whose points are the drawn ones. */
function contentsOfRun({ files, showsAll }: Writer, dir: string): Contents & { readonly drawn: number } {
  const withPoints = files(dir);
  const contents = contentsOf(withPoints, TAG);
  const others = contentsOf(
    eventFiles(dir).filter((file) => !withPoints.includes(file)),
    TAG,
  );
  return {
    points: contents.points,
    torn: contents.torn + others.torn,
    damaged: contents.damaged + others.damaged,
    drawn: showsAll ? contents.points.length : others.points.length,
  };
}

/** Makes a run, if it is not there, and the notes of a program that has not begun. */
export function prepare(scratch: string, first = 0): { readonly dir: string; readonly notes: string } {
  const [dir, notes] = [directoryIn(scratch), join(scratch, "notes")];
  mkdirSync(dir, { recursive: true });
  writeFileSync(notes, new Float64Array([first - 1, first - 1]));
  return { dir, notes };
}

function directoryIn(scratch: string): string {
  return join(scratch, "run");
}

function readNotes(path: string): Progress {
  const bytes = readFileSync(path);
  return { acknowledged: bytes.readDoubleLE(0), flushed: bytes.readDoubleLE(8) };
}

/** Moves a run into a logdir, under a new name. */
export function keepRun(run: Resumed, logdir: string, name: string): void {
  renameSync(run.dir, join(logdir, name));
}

/** Removes what the runs of a batch left in `scratch`. */
export function removeRuns(scratch: string): void {
  rmSync(scratch, { recursive: true, force: true });
}
