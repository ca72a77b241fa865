// Every optimizer reaches the known minimum of every problem.
import { describe, expect, it } from "vitest";
import { Parameter, type Optimizer, type Vec } from "../../../src/engine/index.js";
import { makeByName, OPTIMIZERS, type Options, type OptimizerName } from "./by-name.js";

interface Problem {
  readonly start: readonly number[];
  readonly minimum: readonly number[];
  gradient(x: Vec, grad: Vec): void;
}

const PROBLEMS = {
  /** Half of (x - 1)² + 10 (y + 1)² + 100 (z - 1/2)². */
  quadratic: {
    start: [3, -2, 5],
    minimum: [1, -1, 0.5],
    gradient(x, grad) {
      for (const [i, curvature] of [1, 10, 100].entries()) grad[i] = curvature * (x[i]! - this.minimum[i]!);
    },
  },
  /** (1 - x)² + 100 (y - x²)² (Rosenbrock, 1960). */
  rosenbrock: {
    start: [-1.2, 1],
    minimum: [1, 1],
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
} as const satisfies Record<string, Problem>;

type ProblemName = keyof typeof PROBLEMS;

/** The learning rates for the quadratic, Rosenbrock and Beale. */
const TABLE: readonly (readonly [OptimizerName, Options, readonly [number, number, number]])[] = [
  ["SGD", {}, [1e-2, 1e-3, 1e-2]],
  ["SGD", { momentum: 0.9 }, [1e-2, 1e-3, 1e-2]],
  ["SGD", { momentum: 0.9, nesterov: true }, [1e-2, 1e-3, 1e-2]],
  ["Adam", {}, [1e-2, 1e-3, 1e-2]],
  ["Adam", { amsgrad: true }, [1e-1, 1e-1, 1e-1]],
  ["Adam", { amsgrad: "paper" }, [1e-1, 1e-1, 1e-1]],
  ["Adam", { amsgrad: "keras" }, [1e-1, 1e-1, 1e-1]],
  ["Adam", { amsgrad: "optax" }, [1e-1, 1, 1e-1]],
  ["AdamW", { weightDecay: 0 }, [1e-2, 1e-3, 1e-2]],
  ["Adamax", {}, [1e-2, 1e-3, 1e-2]],
  ["NAdam", {}, [1e-2, 1e-4, 1e-4]],
  ["RAdam", {}, [1e-2, 1e-4, 1e-3]],
  ["RMSprop", {}, [1e-3, 1e-4, 1e-4]],
  ["RMSprop", { centered: true, momentum: 0.5 }, [1e-3, 1e-4, 1e-3]],
  ["Adagrad", {}, [1e-1, 1, 1e-1]],
  ["Adadelta", { eps: 1e-4 }, [1e-3, 1e-3, 1e-3]],
  ["ASGD", { lambd: 0 }, [1e-2, 1e-3, 1e-2]],
  ["Rprop", { stepSizes: [1e-8, 50] }, [1e-2, 1e-2, 1e-2]],
];

const STEPS = 50_000;

function farthest(x: ArrayLike<number>, minimum: readonly number[]): number {
  return Math.max(...minimum.map((value, i) => Math.abs(x[i]! - value)));
}

function minimize(problem: Problem, make: (x: Parameter) => Optimizer): number {
  const x = new Parameter(problem.start);
  const optimizer = make(x);
  for (let step = 0; step < STEPS; step++) {
    problem.gradient(x.data, x.grad);
    optimizer.step();
  }
  return farthest(x.data, problem.minimum);
}

it("has every optimizer, and problems that start elsewhere", () => {
  expect(new Set(TABLE.map(([name]) => name))).toEqual(new Set(Object.keys(OPTIMIZERS)));
  for (const { start, minimum } of Object.values(PROBLEMS))
    expect(farthest(start, minimum)).toBeGreaterThan(0.5);
});

describe.each(Object.keys(PROBLEMS).map((name, i) => [name as ProblemName, i] as const))("%s", (name, i) => {
  const problem: Problem = PROBLEMS[name];

  it("has its minimum there: the gradient is 0, and rises on all sides", () => {
    const gradientAt = (x: readonly number[]): number[] => {
      const grad = new Float64Array(x.length);
      problem.gradient(Float64Array.from(x), grad);
      return [...grad];
    };
    for (const slope of gradientAt(problem.minimum)) expect(Math.abs(slope)).toBeLessThan(1e-14);
    for (let angle = 0; angle < 2 * Math.PI; angle += 0.1) {
      const away = problem.minimum.map((_, k) => 1e-4 * [Math.cos(angle), Math.sin(angle), 0.5][k]!);
      const slopes = gradientAt(problem.minimum.map((value, k) => value + away[k]!));
      expect(slopes.reduce((sum, slope, k) => sum + slope * away[k]!, 0)).toBeGreaterThan(0);
    }
  });

  it.each(TABLE)("is reached by %s %j", (optimizer, options, rates) => {
    const lr = rates[i]!;
    expect(minimize(problem, (x) => makeByName(optimizer, [x], { ...options, lr }))).toBeLessThan(1e-4);
  });
});
