// The case archive-compressors: the same runs by `zstd -19` and `xz -9`, which take minutes for one file.
import { statSync } from "node:fs";
import { join } from "node:path";

import { archive, compress, type Compressor, eventFileIn, versionOf } from "../archives.js";
import { type Case, type Figure, spread } from "../figures.js";
import { withTemporaryDirectory } from "../harness.js";
import { compileWorkload, runNode, STEPS } from "../workloads.js";

const PROBLEMS = ["online", "stochastic"] as const;
const OTHERS: readonly { readonly name: Compressor; readonly what: string }[] = [
  { name: "zstd", what: "`zstd -19`" },
  { name: "xz", what: "`xz -9`" },
];

export const archiveCompressors: Case = {
  name: "archive-compressors",
  run() {
    const versions = OTHERS.map(({ name }) => versionOf(name));
    const program = compileWorkload("every-step");
    return {
      figures: PROBLEMS.flatMap((problem) => figuresOf(program, problem)),
      notes: [
        `AMSGrad, ${STEPS.toLocaleString("en")} steps, each logged. Once each, whole processes, one thread, one after the other. ` +
          `The time of \`tnl archive\` has the start of Node in it. ${versions.join(", ")}.`,
      ],
    };
  },
};

function figuresOf(program: string, problem: string): Figure[] {
  return withTemporaryDirectory((directory) => {
    const logdir = join(directory, "logs");
    runNode([program, logdir, problem, "amsgrad", String(STEPS)]);
    const { path } = eventFileIn(logdir);
    const file = join(directory, "run.parquet");
    const { seconds } = archive(logdir, file);
    const bytes = statSync(file).size;
    const others = OTHERS.flatMap(({ name, what }): Figure[] => {
      const other = compress(name, path, join(directory, name));
      const once = (value: number) => spread([value]);
      return [
        { what: `${problem}: ${what}`, value: once(other.bytes / 1e6), unit: "MB" },
        { what: `${problem}: ${what}, time`, value: once(other.seconds), unit: "s" },
        {
          what: `${problem}: archive over ${what}`,
          value: once(bytes / other.bytes),
          unit: "times",
          bound: { atMost: 1 },
        },
        {
          what: `${problem}: time over that of ${what}`,
          value: once(seconds / other.seconds),
          unit: "times",
          bound: { atMost: 1 },
        },
      ];
    });
    return [
      { what: `${problem}: archive`, value: spread([bytes / 1e6]), unit: "MB" },
      { what: `${problem}: \`tnl archive\`, time`, value: spread([seconds]), unit: "s" },
      ...others,
    ];
  });
}
