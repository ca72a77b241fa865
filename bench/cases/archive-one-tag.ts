// The case archive-one-tag: the scalars of one tag of one run out of 1,000, by this package, pandas, Polars and DuckDB.
import { statSync } from "node:fs";
import { join } from "node:path";

import { archive } from "../archives.js";
import { type Case, type Figure, spread } from "../figures.js";
import { check, interleave, withTemporaryDirectory } from "../harness.js";
import { pythonVersions, runPython } from "../python.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 5;
const RUNS = 1000;
const STEPS = 2000;
const RUN = "run-0617";
const TAG = "val/loss";
const OTHERS = ["pandas", "polars", "duckdb"] as const;

interface Result {
  readonly seconds: number;
  readonly points: number;
  /** Of all values. */
  readonly sum: number;
}

export const archiveOneTag: Case = {
  name: "archive-one-tag",
  run() {
    const writer = compileWorkload("many-runs");
    const reader = compileWorkload("read-archive");
    return withTemporaryDirectory((directory) => {
      const logdir = join(directory, "logs");
      const made = JSON.parse(runNode([writer, logdir, String(RUNS), String(STEPS)]).stdout) as {
        values: number;
      };
      const file = join(directory, "runs.parquet");
      archive(logdir, file);
      const ours = (path: string): Result => JSON.parse(runNode([reader, path, RUN, TAG]).stdout) as Result;
      const expected = ours(logdir).sum;
      const checked = ({ seconds, points, sum }: Result): number => {
        check(`points of ${TAG} of ${RUN}`, points, STEPS, 0);
        // The order of the additions is the programs' own.
        check("their sum", sum, expected, 1e-9 * STEPS);
        return 1000 * seconds;
      };
      const theirs = (program: string) => (): number => {
        const args = ["--program", program, "--file", file, "--run", RUN, "--tag", TAG];
        return checked(runPython<Result>("read_archive.py", args)[0]!);
      };
      const bound = { atMost: 1000 };
      const rates = interleave(ROUNDS, {
        ours: () => checked(ours(file)),
        ...Object.fromEntries(OTHERS.map((program) => [program, theirs(program)])),
      } as Record<"ours" | (typeof OTHERS)[number], () => number>);
      const others = OTHERS.map((program): Figure => ({
        what: program,
        value: spread(rates[program]),
        unit: "ms",
        bound,
      }));
      return {
        figures: [
          { what: "`SummaryReader.scalars`", value: spread(rates.ours), unit: "ms", bound },
          ...others,
        ],
        notes: [
          `${ROUNDS} rounds in turn: the ${STEPS.toLocaleString("en")} points of one of 5 tags of one of ${RUNS.toLocaleString("en")} runs, out of ` +
            `${made.values.toLocaleString("en")} in a file of ${(statSync(file).size / 1e6).toFixed(1)} MB, in the system's cache. The opening of the file ` +
            "is in the times, the start of the programs is not.",
          `${pythonVersions()}.`,
        ],
      };
    });
  },
};
