// The case images: 100 pictures of 256 x 256 pixels, ours and tensorboardX's.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { type Case, type Figure, ratio, spread } from "../figures.js";
import { interleave, withTemporaryDirectory } from "../harness.js";
import { pythonVersions, runPython } from "../python.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 5;
const COUNT = 100;

/**
 * What is drawn, and how many times faster than tensorboardX it must be. Both spend nearly all of a drawing's time in zlib, which finds
 * repetitions there and is quick; of a photograph and of noise Pillow's search for them takes most of the time.
 */
const KINDS = [
  { kind: "photograph", what: "a photograph", atLeast: 5 },
  { kind: "noise", what: "noise", atLeast: 5 },
  { kind: "drawing", what: "a drawing", atLeast: 1 },
] as const;

interface Result {
  /** Of all pictures. */
  readonly seconds: number;
  /** Of the event file. */
  readonly bytes: number;
}

export const images: Case = {
  name: "images",
  run() {
    const program = compileWorkload("images");
    const versions = pythonVersions();
    const figures = KINDS.flatMap(({ kind, what, atLeast }): Figure[] => {
      const results = interleave(ROUNDS, { ours: () => ours(program, kind), theirs: () => theirs(kind) });
      const [mine, others] = [results.ours, results.theirs];
      const milliseconds = (all: readonly Result[]) => all.map(({ seconds }) => (1000 * seconds) / COUNT);
      const bytes = (all: readonly Result[]) => all.map((result) => result.bytes);
      return [
        { what: `${what}: this package`, value: spread(milliseconds(mine)), unit: "ms" },
        { what: `${what}: tensorboardX`, value: spread(milliseconds(others)), unit: "ms" },
        {
          what: `${what}: tensorboardX over this package`,
          value: ratio(milliseconds(others), milliseconds(mine)),
          unit: "times",
          bound: { atLeast },
        },
        {
          what: `${what}: size of the file over tensorboardX's`,
          value: ratio(bytes(mine), bytes(others)),
          unit: "times",
        },
      ];
    });
    return {
      figures,
      notes: [
        `${ROUNDS} rounds of the two in turn, each in a process of its own: ${COUNT} RGB pictures of 256 x 256 pixels, uint8, channels ` +
          "first, the same in both. The time of one, the writer's construction and its close included, the process's start not. " +
          "tensorboardX encodes with Pillow. Of a drawing, where zlib is quick in both, not to be slower is the promise.",
        `${versions}.`,
      ],
    };
  },
};

function ours(program: string, kind: string): Result {
  return withTemporaryDirectory((directory) => {
    const { stdout } = runNode([program, directory, kind, String(COUNT)]);
    const { seconds } = JSON.parse(stdout) as Pick<Result, "seconds">;
    const run = join(directory, "run");
    const bytes = readdirSync(run).reduce((sum, name) => sum + statSync(join(run, name)).size, 0);
    return { seconds, bytes };
  });
}

function theirs(kind: string): Result {
  const [result] = runPython<Result>("images.py", ["--kind", kind, "--count", String(COUNT)]);
  if (result === undefined) throw new Error("images.py said nothing");
  return result;
}
