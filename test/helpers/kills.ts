// Killing a program that logs, at any moment, and looking at what it left.
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { eventFilesIn, readEventFile, scalarsOf } from "./events.js";
import { runProgram } from "./programs.js";

/** What the program logs under `loss`: exact in float32. */
export function lossAt(step: number): number {
  return step % 1024;
}

/** How a program is started and killed. */
export interface Kill {
  /** Where compilePrograms put the programs. */
  readonly programs: string;
  /** The run's directory. */
  readonly dir: string;
  /** Steps between two flushes. */
  readonly every: number;
  /** Steps in all; then the program stands still. */
  readonly count: number;
  /** Milliseconds until the kill, from the first flushed step on or from the start of the process. */
  readonly delayMs: number;
  readonly from: "first flush" | "start";
}

/** Starts the program, kills it with SIGKILL, and gives the last step it said was flushed; -1 if none. */
export async function killWhileLogging({
  programs,
  dir,
  every,
  count,
  delayMs,
  from,
}: Kill): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const killSoon = (child: ChildProcess): void => {
    timer ??= setTimeout(() => child.kill("SIGKILL"), delayMs);
  };
  const watch = from === "start" ? { onStart: killSoon } : { onOutput: killSoon };
  const args = [dir, 0, every, count].map(String);
  const { signal, stdout, stderr } = await runProgram(join(programs, "log-until-killed.js"), args, watch);
  if (signal !== "SIGKILL") throw new Error(`the program ended with ${signal}: ${stderr}`);
  // The kill may have cut its last line.
  const lines = stdout.split("\n").slice(0, -1);
  return Number(lines.at(-1) ?? -1);
}

/** What a killed program left. */
export interface Remains {
  /** The last step of which everything is in the file; -1 if there is none. */
  readonly last: number;
  /** Bytes of a record that is not whole, at the end. */
  readonly torn: number;
}

/**
 * Looks at a killed program's run.
 *
 * @throws {Error} When a checksum is wrong, when a step up to `flushed` is missing, when a step is there twice or not as it was logged.
 */
export function lookAtRemains(dir: string, flushed: number): Remains {
  const files = existsSync(dir) ? eventFilesIn(dir) : [];
  if (files.length > 1) throw new Error(`there are ${files.length} files in ${dir}`);
  if (files.length === 0) {
    if (flushed >= 0) throw new Error(`step ${flushed} was flushed and there is no file in ${dir}`);
    return { last: -1, torn: 0 };
  }
  const { events, torn } = readEventFile(files[0]!);
  let last = -1;
  for (const [tag, step, value] of scalarsOf(events)) {
    if (tag === "loss" && step !== last + 1) throw new Error(`step ${step} follows ${last} in ${files[0]}`);
    if (tag === "loss") last++;
    const expected = tag === "more/b" ? 0.5 : lossAt(last);
    if (value !== expected || step !== last)
      throw new Error(`${tag} is ${value} at step ${step} in ${files[0]}`);
  }
  if (last < flushed) throw new Error(`step ${flushed} was flushed, and ${files[0]} ends at step ${last}`);
  return { last, torn };
}

/** The value that a session after a kill logs, so that it can be told from what was there. */
export function resumedLossAt(step: number): number {
  return -1 - (step % 1024);
}

/**
 * Continues a run from `from` with `purgeStep`, for `count` steps.
 *
 * @throws {Error} When that changes an older file, or the new one does not come last.
 */
export function resume(dir: string, from: number, count: number): void {
  const before = eventFilesIn(dir).map((path) => ({ path, bytes: readFileSync(path) }));
  const writer = new SummaryWriter(dir, { purgeStep: from });
  for (let step = from; step < from + count; step++) writer.addScalar("loss", resumedLossAt(step), step);
  writer.closeSync();
  for (const { path, bytes } of before) {
    if (!readFileSync(path).equals(bytes)) throw new Error(`${path} was changed`);
  }
  const after = eventFilesIn(dir);
  if (after.length !== before.length + 1 || after.at(-1) !== writer.path) {
    throw new Error(`${writer.path} is not the one new file, and the last, of ${after.join(", ")}`);
  }
}

/** The curve of `tag` that a run's files mean: a START voids what earlier files have at its step and later. */
export function curveOf(dir: string, tag: string): { step: number; value: number }[] {
  let curve: { step: number; value: number }[] = [];
  for (const path of eventFilesIn(dir)) {
    const { events } = readEventFile(path);
    const start = events.find(({ sessionLog }) => sessionLog?.status === 1)?.step;
    if (start !== undefined) curve = curve.filter(({ step }) => step < start);
    for (const [name, step, value] of scalarsOf(events)) {
      if (name === tag) curve.push({ step: Number(step), value });
    }
  }
  return curve;
}

/** Kills a program, looks at what it left, continues its run, and checks that the whole is one curve. */
export async function killAndResume(kill: Kill): Promise<Remains> {
  const flushed = await killWhileLogging(kill);
  const remains = lookAtRemains(kill.dir, flushed);
  // As a trainer does: from its last checkpoint, which is at most what was flushed.
  const checkpoint = Math.max(0, flushed - 3);
  resume(kill.dir, checkpoint, 20);
  const curve = curveOf(kill.dir, "loss");
  for (const [i, { step, value }] of curve.entries()) {
    const expected = step < checkpoint ? lossAt(step) : resumedLossAt(step);
    if (step !== i || value !== expected)
      throw new Error(`${kill.dir}: ${value} at step ${step}, place ${i}`);
  }
  if (curve.length !== checkpoint + 20)
    throw new Error(`${kill.dir}: the curve has ${curve.length} points, not ${checkpoint + 20}`);
  return remains;
}
