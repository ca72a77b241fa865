// Trainings that are killed and go on, each a program of its own, and all of what comes out of one.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect } from "vitest";
import { PROBE } from "../../src/events/run-directory.js";
import { UNFINISHED } from "../../src/events/whole-file.js";
import { loadCheckpoint } from "../../src/index.js";
import { PROGRAM, start, type Ended, type Started } from "../cli/child.js";
import { readEventFile } from "./events.js";
import { byBothRules, shownCurves, type Curves, type ShownPoint } from "./loader-rules.js";
import { compileUsersPrograms } from "./programs.js";
import { recordFilesIn } from "./restarts.js";

/** Of the bounded run, as its program has it. */
const MAX_POINTS = 32;

/** Where a training may be, in the words in which it says so on stderr. */
export const PLACES = [
  "at its start",
  "in an epoch",
  "in a validation",
  "between",
  "behind its last step",
] as const;
export type Place = (typeof PLACES)[number];
/** A program that trains in a directory, and goes on from its last checkpoint when it is started again. */
export interface Training {
  readonly name: string;
  start(dir: string): Started;
  /** What it said at its end, without times. */
  said(stdout: string): unknown;
  /** Where its runs are, from its directory. */
  readonly logs: string;
  /** Where `latestCheckpoint` is to look. */
  readonly checkpoints: string;
  /** The name of the checkpoint of its end, of one that does not say where it is. */
  readonly last?: string;
}

/** All trainings; their programs are compiled into `directory`. */
export function trainings(directory: string): Training[] {
  const programs = compileUsersPrograms("test/engine/programs", directory);
  return [
    ...["torchbearer", "flat", "bounded"].map((layout) => training(join(programs, "training.js"), layout)),
    {
      ...tnlRun("tnl-stochastic", "stochastic", "Stochastic_amsgrad", [3_000_000, 200_003, 10_000]),
      last: "000003000000.json",
    },
    tnlRun("tnl-module", join(programs, "problem.js"), "Net_amsgrad", [400, 17, 3]),
  ];
}

function training(program: string, layout: string): Training {
  return {
    name: layout,
    start: (dir) => start(process.execPath, [program, ".", layout], { cwd: dir }),
    said: (stdout) => JSON.parse(stdout) as unknown,
    logs: "logs",
    checkpoints: "checkpoints",
  };
}

function tnlRun(
  name: string,
  problem: string,
  run: string,
  [steps, checkpointEvery, batchStepSize]: readonly [number, number, number],
): Training {
  // The same for a run that is begun and one that goes on, since its log has the command.
  const argv = ["run", problem, "--optimizer=amsgrad", "--resume", "--json", "--verbose=0", "--lr=0.03"];
  argv.push(`--steps=${steps}`, `--checkpoint-every=${checkpointEvery}`);
  argv.push(`--batch-step-size=${batchStepSize}`);
  return {
    name,
    start: (dir) => start(process.execPath, [PROGRAM, ...argv], { cwd: dir }),
    said: (stdout) => (JSON.parse(stdout) as object[]).map((result) => ({ ...result, stepsPerSecond: 0 })),
    logs: "logs",
    checkpoints: join("logs", run, "checkpoints"),
  };
}

/** All of a training that has ended which kills must not change. */
export interface Outcome {
  readonly said: unknown;
  /** By run what both loaders show; of bounded runs all points, of which they show some, and other ones when there was more time. */
  readonly curves: Readonly<Record<string, Curves>>;
  /** By path, the training's part of each checkpoint: all but where its logs are. */
  readonly checkpoints: Readonly<Record<string, unknown>>;
  /** By path, each other file but event files and those that tell times. */
  readonly files: Readonly<Record<string, string>>;
}

/** A training that nobody killed. */
export interface Whole extends Outcome {
  /** From the start of the process to its end. */
  readonly lifeMs: number;
}

/** @throws {Error} When it does not end by itself. */
export async function runWhole(training: Training, dir: string): Promise<Whole> {
  mkdirSync(dir, { recursive: true });
  const begin = performance.now();
  const ended = await training.start(dir).ended;
  return { lifeMs: performance.now() - begin, ...outcomeOf(training, dir, ended) };
}

/**
 * @throws {Error} When it did not end well, or the loaders do not agree.
 */
export function outcomeOf({ said, logs }: Training, dir: string, { code, stdout, stderr }: Ended): Outcome {
  expect({ code, warnings: linesOf(stderr).filter((line) => !isPlace(line)) }).toEqual({
    code: 0,
    warnings: [],
  });
  const paths = filesBelow(dir);
  const isCheckpoint = (path: string): boolean => /^(checkpoints|best)$/.test(basename(dirname(path)));
  const others = paths.filter((path) => !isCheckpoint(path) && !isOfMoment(basename(path)));
  return {
    said: said(stdout),
    curves: curvesIn(join(dir, logs)),
    checkpoints: Object.fromEntries(
      paths.filter(isCheckpoint).map((path) => [path, contentOf(join(dir, path))]),
    ),
    files: Object.fromEntries(others.map((path) => [path, readFileSync(join(dir, path), "latin1")])),
  };
}

function curvesIn(logdir: string): Readonly<Record<string, Curves>> {
  const all = Object.entries(shownCurves(logdir)).map(([run, shown]): [string, Curves] => {
    const records = recordFilesIn(join(logdir, run));
    if (records.length === 0) return [run, shown];
    const logged = byBothRules(records.map((path) => readEventFile(path).events));
    expectBounded(shown, logged);
    return [run, logged];
  });
  return Object.fromEntries(all);
}

/** Of each tag so many points at most, as they were logged, with the first, the last, the lowest and the highest one. */
function expectBounded(shown: Curves, logged: Curves): void {
  expect(Object.keys(shown)).toEqual(Object.keys(logged));
  for (const [tag, points] of Object.entries(shown)) {
    const all = logged[tag]!;
    expect(points.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(all.filter(({ step }) => points.some((point) => point.step === step))).toEqual(points);
    expect([points[0], points.at(-1)]).toEqual([all[0], all.at(-1)]);
    const valuesOf = (curve: readonly ShownPoint[]): number[] => curve.map(({ value }) => value);
    for (const extreme of [Math.min, Math.max])
      expect(extreme(...valuesOf(points))).toBe(extreme(...valuesOf(all)));
  }
}

// Event files and records are compared by what they show; a run.json has times. What is left of trying a directory is
// deleted ten minutes later.
function isOfMoment(name: string): boolean {
  return (
    /^(events\.out\.tfevents|records\.out)\./.test(name) || name === "run.json" || name.startsWith(PROBE)
  );
}

function contentOf(path: string): unknown {
  // One that is not finished is told by its name.
  if (isUnfinished(path)) return undefined;
  const { callbacks, ...saved } = loadCheckpoint(path);
  return { ...saved, callbacks: callbacks.length };
}

/** The paths of all files, from `dir`, sorted. */
export function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted();
}

export function isPlace(line: string): line is Place {
  return (PLACES as readonly string[]).includes(line);
}

export function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Whether it is a file that was to appear whole, and is not finished. */
export function isUnfinished(path: string): boolean {
  return basename(path).startsWith(UNFINISHED);
}
