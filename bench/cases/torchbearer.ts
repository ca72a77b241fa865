// The case torchbearer: the time of a step of the main job against torchbearer's with its TensorBoard callback.
import { compileLoop } from "../c.js";
import { type Case, type Figure, ratio, spread } from "../figures.js";
import { check, interleave, withTemporaryDirectory } from "../harness.js";
import { pythonVersions, runPython } from "../python.js";
import { runMainJob, STEPS } from "../workloads.js";

const ROUNDS = 5;
/** Its time a step is the same from the first to the last: 6,000,000 of them would take it more than half an hour. */
const TORCHBEARER_STEPS = 2000;
const OPTIMIZERS = ["adam", "amsgrad"] as const;
const BATCH_STEP_SIZES = [10, 1] as const;

interface Result {
  readonly optimizer: (typeof OPTIMIZERS)[number];
  readonly batchStepSize: number;
  readonly seconds: number;
  readonly estimate: number;
}

/** Microseconds a step, by batch step size. */
type StepTimes = ReadonlyMap<number, number>;

export const torchbearer: Case = {
  name: "torchbearer",
  run() {
    const loop = compileLoop();
    const versions = pythonVersions();
    // Torch computes in float32.
    const expected = OPTIMIZERS.map((optimizer) => loop(optimizer, TORCHBEARER_STEPS).estimate);
    const rounds = interleave(ROUNDS, {
      ours: ourStepTimes,
      torchbearer: () => torchbearerStepTimes(expected),
    });
    return {
      figures: BATCH_STEP_SIZES.flatMap((size) => figures(size, rounds.ours, rounds.torchbearer)),
      notes: [
        `${ROUNDS} rounds in turn. The main job is the whole process, start-up included, of ` +
          `${STEPS.toLocaleString("en")} steps with each of two optimizers, divided by its steps. Torchbearer runs ` +
          `${TORCHBEARER_STEPS.toLocaleString("en")} steps with each, on the CPU, and the time of \`Trial.run\` alone is divided ` +
          "by them: the comparison is scaled from these fewer steps.",
        `${versions}.`,
      ],
    };
  },
};

function figures(
  batchStepSize: number,
  ours: readonly StepTimes[],
  theirs: readonly StepTimes[],
): readonly Figure[] {
  const of = (times: StepTimes): number => times.get(batchStepSize) ?? Number.NaN;
  const logged = batchStepSize === 1 ? "every step logged" : `every ${batchStepSize}th step logged`;
  return [
    { what: `${logged}: main job, a step`, value: spread(ours.map(of)), unit: "µs" },
    { what: `${logged}: torchbearer, a step`, value: spread(theirs.map(of)), unit: "µs" },
    {
      what: `${logged}: torchbearer over main job`,
      value: ratio(theirs.map(of), ours.map(of)),
      unit: "times",
      bound: { atLeast: 1000 },
    },
  ];
}

function ourStepTimes(): StepTimes {
  const steps = STEPS * OPTIMIZERS.length;
  return new Map(BATCH_STEP_SIZES.map((size) => [size, (runMainJob(size).seconds / steps) * 1e6]));
}

function torchbearerStepTimes(expected: readonly number[]): StepTimes {
  const results = withTemporaryDirectory((directory) =>
    runPython<Result>("torchbearer_online.py", [
      ...OPTIMIZERS.flatMap((optimizer) => ["--optimizer", optimizer]),
      ...BATCH_STEP_SIZES.flatMap((size) => ["--batch-step-size", String(size)]),
      ...["--steps", String(TORCHBEARER_STEPS), "--logdir", directory],
    ]),
  );
  for (const { optimizer, estimate } of results) {
    check(
      `torchbearer's ${optimizer}`,
      estimate,
      expected[OPTIMIZERS.indexOf(optimizer)] ?? Number.NaN,
      1e-6,
    );
  }
  const steps = TORCHBEARER_STEPS * OPTIMIZERS.length;
  return new Map(
    BATCH_STEP_SIZES.map((size) => {
      const runs = results.filter(({ batchStepSize }) => batchStepSize === size);
      return [size, (runs.reduce((sum, { seconds }) => sum + seconds, 0) / steps) * 1e6];
    }),
  );
}
