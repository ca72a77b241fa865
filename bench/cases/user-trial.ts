// The case user-trial: the main job written by a user as a Trial against `tnl run`.
import { type Case, ratio, spread } from "../figures.js";
import { interleave } from "../harness.js";
import { compileWorkload, runMainJob, runUserTrial, STEPS } from "../workloads.js";

const ROUNDS = 5;

export const userTrial: Case = {
  name: "user-trial",
  run() {
    const program = compileWorkload("user-trial");
    const seconds = interleave(ROUNDS, {
      user: () => runUserTrial(program).seconds,
      cli: () => runMainJob(10).seconds,
    });
    return {
      figures: [
        { what: "a user's `Trial`", value: spread(seconds.user), unit: "s" },
        { what: "`tnl run online --jobs 1`", value: spread(seconds.cli), unit: "s" },
        {
          what: "a user's `Trial` over `tnl run`",
          value: ratio(seconds.user, seconds.cli),
          unit: "times",
          bound: { atMost: 1.2 },
        },
      ],
      notes: [
        `${ROUNDS} rounds in turn of whole processes: both optimizers, ${STEPS.toLocaleString("en")} steps each, every 10th ` +
          "logged. The user's is `workloads/user-trial.ts`.",
      ],
    };
  },
};
