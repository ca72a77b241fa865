// The case garbage: bytes a step that the garbage collector has to clear away, as `--trace-gc` counts them.
import { type Case, spread } from "../figures.js";
import { interleave, type FinishedProcess } from "../harness.js";
import { compileWorkload, preload, runMainJob, runUserTrial, STEPS } from "../workloads.js";

const ROUNDS = 3;
const OPTIMIZERS = 2;

export const garbage: Case = {
  name: "garbage",
  run() {
    const collector = compileWorkload("collect-at-exit");
    const program = compileWorkload("user-trial");
    const options = { nodeOptions: ["--trace-gc", "--expose-gc", ...preload(collector)] };
    const bytes = interleave(ROUNDS, {
      cli: () => bytesPerStep(runMainJob(10, options)),
      user: () => bytesPerStep(runUserTrial(program, options)),
    });
    const bound = { atMost: 8 };
    return {
      figures: [
        { what: "garbage of `tnl run online`, a step", value: spread(bytes.cli), unit: "bytes", bound },
        { what: "garbage of a user's `Trial`, a step", value: spread(bytes.user), unit: "bytes", bound },
      ],
      notes: [
        `All that was collected in the whole process, start-up included, divided by its steps: ${OPTIMIZERS} optimizers, ` +
          `${STEPS.toLocaleString("en")} steps each. A last collection at the end takes what is left. ${ROUNDS} rounds.`,
      ],
    };
  },
};

/** From lines like `[1:0x5] 38 ms: Scavenge 3.9 (4.6) -> 3.6 (5.6) MB, ...`: megabytes of 2^20 before and after. */
function bytesPerStep({ stdout }: FinishedProcess): number {
  const collections = [...stdout.matchAll(/ms: [A-Z][^\d\n]*([\d.]+) \([\d.]+\) -> ([\d.]+) \([\d.]+\) MB/g)];
  if (collections.length === 0) throw new Error("--trace-gc printed nothing that looks like a collection");
  const megabytes = collections.reduce((sum, [, before, after]) => sum + Number(before) - Number(after), 0);
  return (megabytes * 2 ** 20) / (STEPS * OPTIMIZERS);
}
