// The case add-scalar: scalars a second of the three SummaryWriters.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type Case, ratio, spread } from "../figures.js";
import { check, interleave, withTemporaryDirectory } from "../harness.js";
import { pythonVersions, runPython } from "../python.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 5;
const OUR_SCALARS = 5_000_000;
const PYTHON_SCALARS = 20_000;

interface Result {
  readonly seconds: number;
  /** Found in the file afterwards; only Python's side counts itself. */
  readonly records: number;
}

export const addScalar: Case = {
  name: "add-scalar",
  run() {
    const program = compileWorkload("add-scalar");
    const versions = pythonVersions();
    const rates = interleave(ROUNDS, {
      ours: () => ourRate(program),
      torch: () => pythonRate("torch"),
      tensorboardX: () => pythonRate("tensorboardX"),
    });
    return {
      figures: [
        {
          what: "`addScalar` of this package",
          value: spread(rates.ours),
          unit: "a second",
          bound: { atLeast: 5e6 },
          isAlternative: true,
        },
        { what: "`add_scalar` of torch", value: spread(rates.torch), unit: "a second" },
        { what: "`add_scalar` of tensorboardX", value: spread(rates.tensorboardX), unit: "a second" },
        {
          what: "this package over torch",
          value: ratio(rates.ours, rates.torch),
          unit: "times",
          bound: { atLeast: 200 },
          isAlternative: true,
        },
        {
          what: "this package over tensorboardX",
          value: ratio(rates.ours, rates.tensorboardX),
          unit: "times",
        },
      ],
      notes: [
        `${ROUNDS} rounds of the three writers in turn, each in a process of its own. One tag; ` +
          `${OUR_SCALARS.toLocaleString("en")} calls here, ${PYTHON_SCALARS.toLocaleString("en")} in Python. The writer's ` +
          "construction and its close are included, the process's start is not. One of the two bounds is the promise.",
        `${versions}.`,
      ],
    };
  },
};

function ourRate(program: string): number {
  return withTemporaryDirectory((directory) => {
    const { stdout } = runNode([program, directory, String(OUR_SCALARS)]);
    const { seconds } = JSON.parse(stdout) as Result;
    // The file starts with one record that holds its version.
    check("records written by addScalar", countRecords(join(directory, "run")), OUR_SCALARS + 1, 0);
    return OUR_SCALARS / seconds;
  });
}

function pythonRate(writer: "torch" | "tensorboardX"): number {
  const [result] = runPython<Result>("writers.py", ["--writer", writer, "--scalars", String(PYTHON_SCALARS)]);
  if (result === undefined) throw new Error(`writers.py said nothing about ${writer}`);
  check(`records written by ${writer}`, result.records, PYTHON_SCALARS, 0);
  return PYTHON_SCALARS / result.seconds;
}

/** The records of a directory's event files, by the TFRecord framing: 8 bytes of length, 4 of checksum, the data, 4 of checksum. */
export function countRecords(directory: string): number {
  let records = 0;
  for (const name of readdirSync(directory).filter((file) => file.includes("tfevents"))) {
    const data = readFileSync(join(directory, name));
    let position = 0;
    for (; position < data.length; records++) position += 16 + data.readUInt32LE(position);
    check(`end of the last record of ${name}`, position, data.length, 0);
  }
  return records;
}
