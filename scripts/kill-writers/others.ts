// The two scenarios beside the random kills: a program that stands still before it is killed, and two that start in the same second.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { contentsOf, loggedAt } from "./count.js";
import { TAG, type LogJob } from "./job.js";
import { prepare } from "./kill.js";
import { startProgram } from "./program.js";
import type { Writer } from "./writers.js";

/** Points that each program logs. */
export const POINTS = 1000;
export const IDLE_MS = 3000;

/** How many of its points are on the disk after a program logged them, stood still without a flush, and was killed. */
export async function killIdle(writer: Writer, scratch: string): Promise<number> {
  const { dir, notes } = prepare(scratch);
  const program = startProgram(writer.command, {
    ...{ dir, notes, tag: TAG, options: writer.options },
    ...{ first: 0, steps: POINTS, stepMs: 0, flushEvery: 0, clockSpeed: 1, atEnd: "stand still" },
  } as const);
  await program.line();
  await program.line();
  await sleep(IDLE_MS);
  await program.kill();
  return rightPoints(writer.files(dir), TAG);
}

/** What two programs left that logged into one directory. */
export interface Pair {
  readonly files: number;
  /** Files with a bad record or a last record that is not whole. */
  readonly broken: number;
  /** Of 2 times POINTS. */
  readonly points: number;
}

/** Lets two programs begin to log into one directory in the same second, a curve each, and end well. */
export async function startTwoAtOnce(writer: Writer, scratch: string): Promise<Pair> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const pair = await tryTwoAtOnce(writer, join(scratch, String(attempt)));
    if (pair !== undefined) return pair;
  }
  throw new Error(`${writer.name} was never made twice in one second`);
}

/** Gives `undefined` when the seconds were not the same. */
async function tryTwoAtOnce(writer: Writer, scratch: string): Promise<Pair | undefined> {
  const { dir } = prepare(scratch);
  const tags = ["first", "second"];
  const programs = tags.map((tag) => {
    const job: LogJob = {
      ...{ dir, tag, options: writer.options, notes: prepare(join(scratch, tag)).notes },
      ...{ first: 0, steps: POINTS, stepMs: 0, flushEvery: 0, clockSpeed: 1, atEnd: "close" },
    };
    return startProgram(writer.command, job);
  });
  for (const program of programs) await program.line();
  await sleep(1010 - (Date.now() % 1000));
  for (const program of programs) program.tell("go");
  const seconds: string[] = [];
  for (const program of programs) {
    await program.line();
    seconds.push(...(await program.line()).split(" "));
    await program.end();
  }
  if (new Set(seconds).size !== 1) return undefined;
  const files = writer.files(dir);
  const { torn, damaged } = contentsOf(files, "");
  const points = tags.map((tag) => rightPoints(files, tag));
  return { files: files.length, broken: torn + damaged, points: points[0]! + points[1]! };
}

function rightPoints(files: readonly string[], tag: string): number {
  const { points } = contentsOf(files, tag);
  return new Set(points.filter(({ step, value }) => value === loggedAt(step)).map(({ step }) => step)).size;
}
