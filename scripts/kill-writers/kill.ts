// Kills writers at random moments, counts what they left, and lets them continue their runs.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  contentsOf,
  faultsOf,
  lossOf,
  stepsBelow,
  type Continued,
  type Faults,
  type Loss,
  type Progress,
} from "./count.js";
import { TAG, type LogJob } from "./job.js";
import { startProgram } from "./program.js";
import type { Writer } from "./writers.js";

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
/** The kill comes at a random moment of this time, from just before the writer is made. */
export const KILL_WITHIN_MS = 1000;
/** Every second run never flushes; the others take these in turn. */
export const FLUSH_EVERY = [10, 100, 1000] as const;
/** A run is continued from its last checkpoint, this many steps before the last one flushed (or, without a flush, acknowledged). */
export const CHECKPOINT_BEFORE = 100;
export const RESUMED_STEPS = 200;
/** Longer runs are not shown to TensorBoard, whose Python loader would take minutes. */
const SHOWN_POINTS = 100_000;

/** One kill. */
export interface Killed {
  readonly flushes: boolean;
  /** Milliseconds from just before the writer was made. */
  readonly afterMs: number;
  readonly progress: Progress;
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
  const killedRuns: KilledRun[] = [];
  let next = first;
  const killOneAfterAnother = async (): Promise<void> => {
    while (next < end) {
      const number = next++;
      const flushEvery = number % 2 === 0 ? 0 : FLUSH_EVERY[Math.floor(number / 2) % FLUSH_EVERY.length]!;
      killedRuns.push(await killOnce(writer, rate, flushEvery, join(scratch, String(number))));
    }
  };
  await Promise.all([killOneAfterAnother(), killOneAfterAnother()]);
  // Only now, because reading would hold up the next kill.
  const runs = killedRuns.map((run) => look(writer, run));
  const job = {
    runs: runs.map(({ dir, from }) => ({ dir, from, options: writer.resume(from) })),
    tag: TAG,
    steps: RESUMED_STEPS,
  };
  await startProgram(writer.command, job).end();
  return { killed: runs, resumed: runs.map((run) => lookAgain(writer, run)) };
}

type KilledRun = Pick<Killed, "flushes" | "afterMs" | "progress"> & { readonly dir: string };

/** What a continuation starts from. */
interface Checkpointed {
  readonly dir: string;
  readonly from: number;
  readonly before: Uint8Array;
}

async function killOnce(writer: Writer, rate: Rate, flushEvery: number, scratch: string): Promise<KilledRun> {
  const { dir, notes } = prepare(scratch);
  const afterMs = KILL_WITHIN_MS * Math.random();
  const job: LogJob = {
    ...{ dir, notes, flushEvery, tag: TAG, options: writer.options },
    ...{ stepMs: rate.stepMs, steps: rate.steps, atEnd: "stand still" },
  };
  const program = startProgram(writer.command, job);
  await program.line();
  await sleep(afterMs);
  await program.kill();
  const progress = readNotes(notes);
  if (progress.acknowledged === rate.steps - 1) throw new Error(`${writer.name} came to its last step`);
  return { flushes: flushEvery > 0, afterMs, progress, dir };
}

function look(writer: Writer, run: KilledRun): Killed & Checkpointed {
  const { acknowledged, flushed } = run.progress;
  const { points, torn, damaged } = contentsOf(writer.files(run.dir), TAG);
  const from = Math.max(0, (flushed >= 0 ? flushed : acknowledged) - CHECKPOINT_BEFORE);
  const lost = lossOf(points, run.progress);
  return { ...run, lost, torn, damaged, from, before: stepsBelow(points, from) };
}

function lookAgain(writer: Writer, run: Checkpointed): Resumed {
  const { points, damaged } = contentsOf(writer.files(run.dir), TAG);
  const continued = { from: run.from, steps: RESUMED_STEPS, before: run.before };
  const { missing } = faultsOf(points, continued);
  return { ...continued, dir: run.dir, missing, damaged, isShort: points.length <= SHOWN_POINTS };
}

/** Makes an empty run and the notes of a program that has not begun. */
export function prepare(scratch: string): { readonly dir: string; readonly notes: string } {
  const [dir, notes] = [join(scratch, "run"), join(scratch, "notes")];
  mkdirSync(dir, { recursive: true });
  writeFileSync(notes, new Float64Array([-1, -1]));
  return { dir, notes };
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
