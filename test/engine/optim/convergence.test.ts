// Every optimizer reaches the known minimum of every problem, but for those that the online problem was made against. docs/optimizers.md is what
// comes out: npx vitest run test/engine/optim/convergence -u
import { describe, expect, it } from "vitest";
import { Parameter, type Optimizer } from "../../../src/engine/index.js";
import { makeByName, OPTIMIZERS, type Options, type OptimizerName } from "./by-name.js";
import { optimizersPage, type Course } from "./convergence-page.js";
import { PROBLEMS, type Problem, type ProblemName } from "./convergence-problems.js";

const NAMES = Object.keys(PROBLEMS) as ProblemName[];

interface Row {
  readonly optimizer: OptimizerName;
  readonly options: Options;
  /** For the problems in their order. */
  readonly rates: readonly number[];
  /** Whether it goes the wrong way on the online problem. */
  readonly fails: boolean;
}

function row(optimizer: OptimizerName, options: Options, rates: readonly number[], online?: "fails"): Row {
  return { optimizer, options, rates, fails: online === "fails" };
}

const TABLE: readonly Row[] = [
  row("SGD", {}, [1e-2, 1e-3, 1e-2, 1, 1e-4]),
  row("SGD", { momentum: 0.9 }, [1e-2, 1e-3, 1e-2, 0.1, 1e-5]),
  row("SGD", { momentum: 0.9, nesterov: true }, [1e-2, 1e-3, 1e-2, 0.1, 1e-5]),
  row("Adam", {}, [1e-2, 1e-3, 1e-2, 1e-3, 1e-2], "fails"),
  row("Adam", { amsgrad: true }, [1e-1, 1e-1, 1e-1, 1e-2, 1e-2]),
  row("Adam", { amsgrad: "paper" }, [1e-1, 1e-1, 1e-1, 1e-2, 1e-2]),
  row("Adam", { amsgrad: "keras" }, [1e-1, 1e-1, 1e-1, 1e-2, 1e-2]),
  row("Adam", { amsgrad: "optax" }, [1e-1, 1, 1e-1, 1e-1, 1e-1]),
  row("AdamW", { weightDecay: 0 }, [1e-2, 1e-3, 1e-2, 1e-3, 1e-2], "fails"),
  row("Adamax", {}, [1e-2, 1e-3, 1e-2, 1e-2, 1e-2], "fails"),
  row("NAdam", {}, [1e-2, 1e-4, 1e-4, 1e-3, 1e-2], "fails"),
  row("RAdam", {}, [1e-2, 1e-4, 1e-3, 1e-3, 1e-2], "fails"),
  row("RMSprop", {}, [1e-3, 1e-4, 1e-4, 3e-4, 1e-2], "fails"),
  row("RMSprop", { centered: true, momentum: 0.5 }, [1e-3, 1e-4, 1e-4, 3e-4, 1e-3], "fails"),
  row("Adagrad", {}, [1e-1, 1, 1e-1, 1, 10]),
  row("Adadelta", { eps: 1e-4 }, [1e-3, 1e-3, 1e-3, 1, 1e-2], "fails"),
  row("ASGD", { lambd: 0 }, [1e-2, 1e-3, 1e-2, 1, 1e-4]),
  row("Rprop", { stepSizes: [1e-8, 50] }, [1e-2, 1e-2, 1e-2, 1e-2, 1e-2], "fails"),
];

function farthest(x: ArrayLike<number>, minimum: readonly number[]): number {
  return Math.max(...minimum.map((value, i) => Math.abs(x[i]! - value)));
}

function minimize(problem: Problem, make: (x: Parameter) => Optimizer): Course {
  const { cycle = 1, minimum, steps, within } = problem;
  const x = new Parameter(problem.start);
  const optimizer = make(x);
  const mean = new Float64Array(x.data.length);
  let since: number | undefined;
  for (let step = 0; step < steps; step++) {
    problem.gradient(x.data, x.grad, step);
    optimizer.step();
    problem.project?.(x.data);
    if (step % cycle === 0) mean.fill(0);
    for (let i = 0; i < mean.length; i++) mean[i]! += x.data[i]! / cycle;
    if ((step + 1) % cycle !== 0) continue;
    if (farthest(mean, minimum) > within) since = undefined;
    else since ??= step + 1;
  }
  return { steps: since, end: [...mean] };
}

const courses = new Map<Row, Course[]>();
for (const each of TABLE) {
  const { optimizer, options, rates } = each;
  const all = NAMES.map((name, i) =>
    minimize(PROBLEMS[name], (x) => makeByName(optimizer, [x], { ...options, lr: rates[i]! })),
  );
  courses.set(each, all);
}

it("has every optimizer, and problems that start elsewhere", () => {
  expect(new Set(TABLE.map(({ optimizer }) => optimizer))).toEqual(new Set(Object.keys(OPTIMIZERS)));
  for (const { rates } of TABLE) expect(rates).toHaveLength(NAMES.length);
  for (const { start, minimum } of Object.values(PROBLEMS))
    expect(farthest(start, minimum)).toBeGreaterThan(0.5);
});

it.each(NAMES.filter((name) => name !== "online"))("%s has its minimum there", (name) => {
  const problem: Problem = PROBLEMS[name];
  const gradientAt = (x: readonly number[]): number[] => {
    const grad = new Float64Array(x.length);
    problem.gradient(Float64Array.from(x), grad, 0);
    return [...grad];
  };
  for (const slope of gradientAt(problem.minimum)) expect(Math.abs(slope)).toBeLessThan(1e-14);
  // And the gradient rises on all sides.
  for (let angle = 0; angle < 2 * Math.PI; angle += 0.1) {
    const away = problem.minimum.map((_, k) => 1e-4 * Math.cos(angle + 2 * k));
    const slopes = gradientAt(problem.minimum.map((value, k) => value + away[k]!));
    expect(slopes.reduce((sum, slope, k) => sum + slope * away[k]!, 0)).toBeGreaterThan(0);
  }
});

describe.each(NAMES.map((name, i) => [name, i] as const))("%s", (name, i) => {
  const problem: Problem = PROBLEMS[name];
  const wrong = TABLE.filter(({ fails }) => fails && name === "online");

  it.each(TABLE.filter((each) => !wrong.includes(each)))("is solved by $optimizer $options", (each) => {
    const { steps, end } = courses.get(each)![i]!;
    expect(steps).toBeLessThan(problem.steps);
    expect(farthest(end, problem.minimum)).toBeLessThan(problem.inTheEnd);
  });

  it.each(wrong)("leads $optimizer $options to the worst point", (each) => {
    expect(courses.get(each)![i]!.end[0]).toBeGreaterThan(0.9);
  });
});

it("is what docs/optimizers.md says", async () => {
  const lines = TABLE.map((each) => ({ ...each, courses: courses.get(each)! }));
  await expect(optimizersPage(lines)).toMatchFileSnapshot("../../../docs/optimizers.md");
});
