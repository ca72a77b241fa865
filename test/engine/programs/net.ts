// What the programs train: a network with random numbers of its own, on noisy data, slowly; and where they are.
import { writeSync } from "node:fs";
import {
  constant,
  Linear,
  Model,
  PyRandom,
  type Callback,
  type Rows,
  type Var,
} from "tensorboard-node-logger";

const INPUTS = 5;
const DROPPED = 0.2;

/** Two layers with dropout between them. */
export class Net extends Model {
  readonly hidden: Linear;
  readonly out: Linear;
  readonly #random: PyRandom;

  constructor(seed: number) {
    super();
    const random = new PyRandom(seed);
    this.hidden = new Linear(INPUTS, 8, { random });
    this.out = new Linear(8, 1, { random });
    this.#random = random;
  }

  override forward(x: Rows): Var {
    const hidden = this.hidden.forward(x).tanh();
    if (!this.training) return this.out.forward(hidden);
    const kept = Float64Array.from({ length: hidden.length }, () =>
      this.#random.random() < DROPPED ? 0 : 1 / (1 - DROPPED),
    );
    return this.out.forward(hidden.mul(constant({ shape: [...hidden.shape], data: kept })));
  }

  override extraState(): unknown {
    return this.#random.stateDict();
  }

  override loadExtraState(extra: unknown): void {
    this.#random.loadStateDict(extra as ReturnType<PyRandom["stateDict"]>);
  }
}

/** Rows of random numbers, and of each a sum of sines with noise. */
export function noisyData(rows: number, seed: number): [x: number[][], y: number[][]] {
  const random = new PyRandom(seed);
  const x = Array.from({ length: rows }, () => Array.from({ length: INPUTS }, () => 4 * random.random() - 2));
  const y = x.map((row) => [row.reduce((sum, value, i) => sum + Math.sin(value + i), 2 * random.random())]);
  return [x, y];
}

/** Says on stderr where the training is, a line at each place, and makes a step last a millisecond, as if there were more to compute. */
export function places(): Callback {
  const say = (place: string) => (): void => void writeSync(2, `${place}\n`);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const work = (): void => void Atomics.wait(cell, 0, 0, 1);
  const inEpoch = say("in an epoch");
  const between = say("between");
  return {
    onStart: say("at its start"),
    onStepTraining({ stepsDone, steps }) {
      (stepsDone < steps ? inEpoch : between)();
      work();
    },
    onStartValidation: say("in a validation"),
    onStepValidation: work,
    onEndValidation: between,
    onEnd: say("behind its last step"),
  };
}
