// The case histogram: histograms of a million values, ours and tensorboardX's.
import { type Case, ratio, spread } from "../figures.js";
import { check, interleave, withTemporaryDirectory } from "../harness.js";
import { pythonVersions, runPython } from "../python.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 5;
const HISTOGRAMS = 20;
const COUNT = 1_000_000;

interface Result {
  readonly seconds: number;
  /** Values in the file afterwards, and the sum of all their buckets. */
  readonly records: number;
  readonly counted: number;
}

export const histogram: Case = {
  name: "histogram",
  run() {
    const program = compileWorkload("histogram");
    const versions = pythonVersions();
    const milliseconds = interleave(ROUNDS, {
      ours: () => ours(program),
      theirs: () => theirs(),
      theirsAlike: () => theirs("--bins", "30"),
    });
    return {
      figures: [
        { what: "`addHistogram` of this package, 30 buckets", value: spread(milliseconds.ours), unit: "ms" },
        { what: "`add_histogram` of tensorboardX", value: spread(milliseconds.theirs), unit: "ms" },
        {
          what: "`add_histogram` of tensorboardX, `bins=30`",
          value: spread(milliseconds.theirsAlike),
          unit: "ms",
        },
        {
          what: "tensorboardX over this package",
          value: ratio(milliseconds.theirs, milliseconds.ours),
          unit: "times",
          bound: { atLeast: 5 },
        },
        {
          what: "tensorboardX with `bins=30` over this package",
          value: ratio(milliseconds.theirsAlike, milliseconds.ours),
          unit: "times",
        },
      ],
      notes: [
        `${ROUNDS} rounds in turn, each in a process of its own: ${HISTOGRAMS} histograms of the same ` +
          `${COUNT.toLocaleString("en")} float64 values, normally distributed; the time of one, the writer's construction and its ` +
          "close included, the process's start not. tensorboardX has its own 1,548 buckets unless told otherwise.",
        `${versions}.`,
      ],
    };
  },
};

function ours(program: string): number {
  return withTemporaryDirectory((directory) => {
    const { stdout } = runNode([program, directory, String(HISTOGRAMS), String(COUNT)]);
    return checked("this package", JSON.parse(stdout) as Result);
  });
}

function theirs(...more: readonly string[]): number {
  const args = ["--histograms", String(HISTOGRAMS), "--count", String(COUNT), ...more];
  const [result] = runPython<Result>("histogram.py", args);
  if (result === undefined) throw new Error("histogram.py said nothing");
  return checked("tensorboardX", result);
}

/** Milliseconds a histogram. */
function checked(writer: string, { seconds, records, counted }: Result): number {
  check(`histograms written by ${writer}`, records, HISTOGRAMS, 0);
  check(`values counted by ${writer}`, counted, HISTOGRAMS * COUNT, 0);
  return (1000 * seconds) / HISTOGRAMS;
}
