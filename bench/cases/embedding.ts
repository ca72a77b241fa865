// The case embedding: 10,000 points for the projector, ours and tensorboardX's.
import { type Case, ratio, spread } from "../figures.js";
import { check, interleave, withTemporaryDirectory } from "../harness.js";
import { pythonVersions, runPython } from "../python.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 5;
const EMBEDDINGS = 5;
const ROWS = 10_000;
const COLUMNS = 64;

interface Result {
  readonly seconds: number;
  /** Lines of the last one's files afterwards, and how many of its numbers are, as float32, those that were given. */
  readonly vectors: number;
  readonly labels: number;
  readonly equal: number;
}

export const embedding: Case = {
  name: "embedding",
  run() {
    const program = compileWorkload("embedding");
    const versions = pythonVersions();
    const milliseconds = interleave(ROUNDS, { ours: () => ours(program), theirs });
    return {
      figures: [
        { what: "`addEmbedding` of this package", value: spread(milliseconds.ours), unit: "ms" },
        { what: "`add_embedding` of tensorboardX", value: spread(milliseconds.theirs), unit: "ms" },
        {
          what: "tensorboardX over this package",
          value: ratio(milliseconds.theirs, milliseconds.ours),
          unit: "times",
          bound: { atLeast: 5 },
        },
      ],
      notes: [
        `${ROUNDS} rounds in turn, each in a process of its own: ${EMBEDDINGS} embeddings of ${ROWS.toLocaleString("en")} points ` +
          `with ${COLUMNS} float32 numbers and a label each; the time of one, the writer's construction and its close included, the ` +
          "process's start not.",
        `${versions}.`,
      ],
    };
  },
};

function ours(program: string): number {
  return withTemporaryDirectory((directory) => {
    const { stdout } = runNode([program, directory, ...[EMBEDDINGS, ROWS, COLUMNS].map(String)]);
    return checked("this package", JSON.parse(stdout) as Result);
  });
}

function theirs(): number {
  const sizes = ["--embeddings", EMBEDDINGS, "--rows", ROWS, "--columns", COLUMNS];
  const [result] = runPython<Result>("embedding.py", sizes.map(String));
  if (result === undefined) throw new Error("embedding.py said nothing");
  return checked("tensorboardX", result);
}

/** Milliseconds an embedding. */
function checked(writer: string, { seconds, vectors, labels, equal }: Result): number {
  check(`vectors written by ${writer}`, vectors, ROWS, 0);
  check(`labels written by ${writer}`, labels, ROWS, 0);
  check(`numbers kept by ${writer}`, equal, ROWS * COLUMNS, 0);
  return (1000 * seconds) / EMBEDDINGS;
}
