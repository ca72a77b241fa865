// The case torchbearer: the time of a step of the main job against torchbearer's with its TensorBoard callback.
import { compileLoop, type LoopResult } from "../c.js";
import { type Case, ratio, spread } from "../figures.js";
import { check, interleave, withTemporaryDirectory } from "../harness.js";
import { pythonVersions, runPython } from "../python.js";
import { runMainJob } from "../workloads.js";

const ROUNDS = 5;
const STEPS = 6_000_000;
/** Its time a step is the same from the first to the last: 6,000,000 of them would take it more than half an hour. */
const TORCHBEARER_STEPS = 3000;
const OPTIMIZERS = ["adam", "amsgrad"] as const;

type Loop = (optimizer: (typeof OPTIMIZERS)[number], steps: number) => LoopResult;

interface Result {
  readonly optimizer: (typeof OPTIMIZERS)[number];
  readonly seconds: number;
  readonly estimate: number;
}

export const torchbearer: Case = {
  name: "torchbearer",
  run() {
    const loop = compileLoop();
    const versions = pythonVersions();
    const microseconds = interleave(ROUNDS, {
      ours10: () => ourStep(10),
      torchbearer10: () => torchbearerStep(10, loop),
      ours1: () => ourStep(1),
      torchbearer1: () => torchbearerStep(1, loop),
    });
    const { ours10, torchbearer10, ours1, torchbearer1 } = microseconds;
    const bound = { atLeast: 1000 };
    return {
      figures: [
        { what: "every 10th step logged: main job, a step", value: spread(ours10), unit: "µs" },
        { what: "every 10th step logged: torchbearer, a step", value: spread(torchbearer10), unit: "µs" },
        {
          what: "every 10th step logged: torchbearer over main job",
          value: ratio(torchbearer10, ours10),
          unit: "times",
          bound,
        },
        { what: "every step logged: main job, a step", value: spread(ours1), unit: "µs" },
        { what: "every step logged: torchbearer, a step", value: spread(torchbearer1), unit: "µs" },
        {
          what: "every step logged: torchbearer over main job",
          value: ratio(torchbearer1, ours1),
          unit: "times",
          bound,
        },
      ],
      notes: [
        `${ROUNDS} rounds of the four in turn. The main job is the whole process, start-up included, of ` +
          `${STEPS.toLocaleString("en")} steps with each of two optimizers, divided by its steps. Torchbearer runs ` +
          `${TORCHBEARER_STEPS.toLocaleString("en")} steps with each, on the CPU, and what is divided by them is the time of ` +
          "`Trial.run` alone: scaled to the full length it would take that many times longer. " +
          `${versions}.`,
      ],
    };
  },
};

/** Microseconds. */
function ourStep(batchStepSize: number): number {
  return (runMainJob(STEPS, batchStepSize).seconds / (STEPS * OPTIMIZERS.length)) * 1e6;
}

/** Microseconds. */
function torchbearerStep(batchStepSize: number, loop: Loop): number {
  const results = withTemporaryDirectory((directory) =>
    runPython<Result>("torchbearer_online.py", [
      ...OPTIMIZERS.flatMap((optimizer) => ["--optimizer", optimizer]),
      ...["--steps", String(TORCHBEARER_STEPS)],
      ...["--batch-step-size", String(batchStepSize)],
      ...["--logdir", directory],
    ]),
  );
  for (const { optimizer, estimate } of results) {
    // Torch computes in float32.
    check(`torchbearer's ${optimizer}`, estimate, loop(optimizer, TORCHBEARER_STEPS).estimate, 1e-6);
  }
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return (seconds / (TORCHBEARER_STEPS * OPTIMIZERS.length)) * 1e6;
}
