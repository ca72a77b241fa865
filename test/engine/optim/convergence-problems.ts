// Problems whose minimum is known.
import { crossEntropy, linear, Parameter, projectBox, type Vec } from "../../../src/engine/index.js";
import { Tape } from "../../../src/engine/tape.js";
import softmax from "../../fixtures/softmax-minimum.json" with { type: "json" };
import { rows } from "../on-tape.js";

/** Something to be made small. */
export interface Problem {
  readonly start: readonly number[];
  readonly minimum: readonly number[];
  readonly steps: number;
  /** How near to the minimum is there, and where the last point must be. */
  readonly within: number;
  readonly inTheEnd: number;
  /** Of so many points the mean is looked at; 1 unless set. */
  readonly cycle?: number;
  /** Sets `grad` to the gradient at `x`; steps count from 0. */
  gradient(x: Vec, grad: Vec, step: number): void;
  /** Puts `x` back into the set in which the minimum is one. */
  project?(x: Vec): void;
}

const tape = new Tape();
const points = rows(softmax.x);
const classes = rows(softmax.y);
const weight = new Parameter(softmax.weight.flat(), { shape: [3, 3] });

export const PROBLEMS = {
  /** Half of (x - 1)² + 10 (y + 1)² + 100 (z - 1/2)². */
  quadratic: {
    start: [3, -2, 5],
    minimum: [1, -1, 0.5],
    steps: 50_000,
    within: 1e-3,
    inTheEnd: 1e-4,
    gradient(x, grad) {
      for (const [i, curvature] of [1, 10, 100].entries()) grad[i] = curvature * (x[i]! - this.minimum[i]!);
    },
  },
  /** (1 - x)² + 100 (y - x²)² (Rosenbrock, 1960). */
  rosenbrock: {
    start: [-1.2, 1],
    minimum: [1, 1],
    steps: 50_000,
    within: 1e-3,
    inTheEnd: 1e-4,
    gradient([x, y], grad) {
      const valley = y! - x! * x!;
      grad[0] = -400 * x! * valley - 2 * (1 - x!);
      grad[1] = 200 * valley;
    },
  },
  /** The sum over k = 1, 2, 3 of (c - x (1 - yᵏ))², with c = 1.5, 2.25, 2.625 (Beale, 1958). */
  beale: {
    start: [1, 1],
    minimum: [3, 0.5],
    steps: 50_000,
    within: 1e-3,
    inTheEnd: 1e-4,
    gradient([x, y], grad) {
      grad.fill(0);
      for (const [i, c] of [1.5, 2.25, 2.625].entries()) {
        const k = i + 1;
        const rest = c - x! * (1 - y! ** k);
        grad[0]! -= 2 * rest * (1 - y! ** k);
        grad[1]! += 2 * rest * x! * k * y! ** (k - 1);
      }
    },
  },
  /** Softmax regression with a penalty, on the tape; the minimum is scikit-learn's (scripts/generate-softmax-minimum.py). */
  softmax: {
    start: Array.from(weight.data, () => 0),
    minimum: softmax.weight.flat(),
    steps: 10_000,
    within: 1e-3,
    inTheEnd: 1e-3,
    gradient(x, grad) {
      weight.data.set(x);
      tape.reset();
      tape.activate();
      const penalty = weight
        .mul(weight)
        .sum()
        .div(2 * softmax.y.length);
      const loss = crossEntropy(linear(points, weight), classes).add(penalty);
      tape.deactivate();
      tape.backward(loss);
      grad.set(weight.grad);
    },
  },
  /** 1010 x at every 101st step, else -10 x, for x in [-1, 1] (Reddi, Kale and Kumar, ICLR 2018): on the average x / 10.1. */
  online: {
    start: [0],
    minimum: [-1],
    steps: 101 * 3000,
    // With a learning rate that stays, x goes to and fro in each cycle.
    within: 0.1,
    inTheEnd: 0.1,
    cycle: 101,
    gradient(_x, grad, step) {
      grad[0] = step % 101 === 1 ? 1010 : -10;
    },
    project: (x) => void projectBox(x, -1, 1),
  },
} as const satisfies Record<string, Problem>;

/** The name of a problem. */
export type ProblemName = keyof typeof PROBLEMS;
