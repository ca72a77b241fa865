// The case steps: steps a second of the engine with the callbacks of the main job.
import { type Case, spread } from "../figures.js";
import { interleave } from "../harness.js";
import { type MainJob, runMainJob, STEPS } from "../workloads.js";

const ROUNDS = 7;

export const steps: Case = {
  name: "steps",
  run() {
    const { job } = interleave(ROUNDS, { job: () => runMainJob(10) });
    const [adam, amsgrad] = [0, 1].map((run) => spread(job.map(({ runs }) => runs[run]!.stepsPerSecond)));
    return {
      figures: [
        {
          what: "the main job, both runs",
          value: spread(job.map(stepsPerSecond)),
          unit: "a second",
          bound: { atLeast: 8e6 },
        },
        { what: "Adam, the first run", value: adam!, unit: "a second" },
        { what: "AMSGrad, the second run", value: amsgrad!, unit: "a second" },
      ],
      notes: [
        `${ROUNDS} processes of \`tnl run online --jobs 1\`, ${STEPS.toLocaleString("en")} steps with each optimizer, with all ` +
          "callbacks of the command: the projection, the metrics, the event file (every 10th step), the provenance and the " +
          "progress on stderr. The time is that of `Trial.run` (`stepsPerSecond` of the results): the process's start is not " +
          "included, the compiler's warm-up is.",
      ],
    };
  },
};

function stepsPerSecond({ runs }: MainJob): number {
  const seconds = runs.reduce((sum, run) => sum + run.steps / run.stepsPerSecond, 0);
  return runs.reduce((sum, run) => sum + run.steps, 0) / seconds;
}
