// The case archive: runs with every step logged, as one Parquet file, and back.
import { statSync } from "node:fs";
import { join } from "node:path";

import {
  archive as archiveLogs,
  checkRestored,
  type Cost,
  eventFileIn,
  restore,
  verify,
} from "../archives.js";
import { type Case, type Figure, spread } from "../figures.js";
import { interleave, withTemporaryDirectory } from "../harness.js";
import { compileWorkload, runNode, STEPS } from "../workloads.js";

const ROUNDS = 3;
/** How many times smaller than its event file the archive of a run must be. */
const PROBLEMS = [
  { problem: "online", atLeast: 100 },
  { problem: "stochastic", atLeast: 12 },
] as const;
const OPTIMIZERS = ["adam", "amsgrad"] as const;

export const archive: Case = {
  name: "archive",
  run() {
    const program = compileWorkload("every-step");
    const figures = PROBLEMS.flatMap(({ problem, atLeast }) =>
      OPTIMIZERS.flatMap((optimizer) => figuresOf(program, problem, optimizer, atLeast)),
    );
    return {
      figures,
      notes: [
        `Runs of ${STEPS.toLocaleString("en")} steps, each logged: \`est\` and \`loss\` in one event. ${ROUNDS} rounds of whole processes, ` +
          "`tnl archive`, `tnl archive --verify` and `tnl restore`, in turn; what came back is compared byte for byte.",
      ],
    };
  },
};

function figuresOf(program: string, problem: string, optimizer: string, atLeast: number): Figure[] {
  return withTemporaryDirectory((directory) => {
    const logdir = join(directory, "logs");
    runNode([program, logdir, problem, optimizer, String(STEPS)]);
    const { path, bytes } = eventFileIn(logdir);
    let round = 0;
    const fileOf = (): string => join(directory, `${round}.parquet`);
    const costs = interleave(ROUNDS, {
      archived: () => (round++, archiveLogs(logdir, fileOf())),
      verified: () => verify(fileOf()),
      restored: () => {
        const target = join(directory, String(round));
        const cost = restore(fileOf(), target);
        checkRestored(path, eventFileIn(target).path);
        return cost;
      },
    });
    const size = statSync(fileOf()).size;
    const what = `${problem}, ${optimizer}`;
    const seconds = (all: readonly Cost[]) => spread(all.map((cost) => cost.seconds));
    const memory = Object.values(costs)
      .flat()
      .map(({ megabytes }) => megabytes);
    return [
      { what: `${what}: event file`, value: spread([bytes / 1e6]), unit: "MB" },
      {
        what: `${what}: event file over archive`,
        value: spread([bytes / size]),
        unit: "times",
        bound: { atLeast },
      },
      { what: `${what}: \`tnl archive\``, value: seconds(costs.archived), unit: "s" },
      { what: `${what}: \`tnl archive --verify\``, value: seconds(costs.verified), unit: "s" },
      { what: `${what}: \`tnl restore\``, value: seconds(costs.restored), unit: "s" },
      {
        what: `${what}: memory of the three, largest`,
        value: spread([Math.max(...memory)]),
        unit: "MB",
        bound: { atMost: 300 },
      },
    ];
  });
}
