// The paper's problems, trained, against PyTorch's own numbers.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  Adam,
  averageRegret,
  greedyUpdate,
  loss,
  Online,
  onStepTraining,
  Stochastic,
  toDict,
  Trial,
  type DType,
} from "../../../src/engine/index.js";
import golden from "../../fixtures/torch-golden.json" with { type: "json" };

const PROBLEMS = {
  online: (dtype: DType) => new Online({ dtype }),
  stochastic: (dtype: DType) => new Stochastic({ dtype, seed: 1 }),
};

/** The tutorial's training; `est` at some batches. */
async function train(problem: keyof typeof PROBLEMS, amsgrad: boolean, dtype: DType, steps: number) {
  const model = PROBLEMS[problem](dtype);
  const optimizer = Adam(model.parameters(), { lr: golden.lr, betas: [0.9, 0.99], eps: golden.eps, amsgrad });
  const projection = greedyUpdate();
  const estimates = new Map<number, number>();
  const record = onStepTraining((state) => void estimates.set(state.batch, state.metrics["est"]!));
  const trial = new Trial(model, optimizer, loss, {
    metrics: [toDict("est", () => model.x.item()), averageRegret()],
    callbacks: [projection, record],
    verbose: 0,
  });
  const [epoch] = await trial.forTrainSteps(steps).run();
  return { model, optimizer, projection, estimates, epoch: epoch! };
}

describe("the trajectories of torch", () => {
  const series = ["online", "stochastic"].flatMap((problem) =>
    ["adam", "amsgrad"].flatMap((rule) =>
      ["f32", "f64"].map((precision) => `${problem}_${rule}_${precision}`),
    ),
  );

  it("are all eight in the fixture", () => {
    expect(series.filter((name) => !(name in golden))).toEqual([]);
    expect(series).toHaveLength(8);
  });

  it.each(series)("%s", async (name) => {
    const expected = golden[name as "online_adam_f32" | "online_amsgrad_f32"];
    const [problem, rule, precision] = name.split("_") as [keyof typeof PROBLEMS, string, string];
    const dtype = precision === "f64" ? "float64" : "float32";
    const tolerance = dtype === "float64" ? 1e-14 : 5e-6;
    const { model, optimizer, estimates, epoch } = await train(
      problem,
      rule === "amsgrad",
      dtype,
      expected.step,
    );

    const batches = Object.keys(expected.est_by_batch).map(Number);
    expect(batches).toHaveLength(18);
    const wrong = Object.entries(expected.est_by_batch).filter(
      ([batch, est]) => !(Math.abs(estimates.get(Number(batch))! - est) <= tolerance),
    );
    expect(wrong).toEqual([]);
    expect(Math.abs(model.x.item() - expected.x_after_clamp)).toBeLessThanOrEqual(tolerance);
    expect(epoch["est"]).toBe(estimates.get(19_999));

    const [state] = optimizer.state;
    expect(state!["expAvg"]).toBeInstanceOf(dtype === "float64" ? Float64Array : Float32Array);
    expect(Object.keys(state!).includes("maxExpAvgSq")).toBe(rule === "amsgrad");
    const moments = [
      [state!["expAvg"]![0]!, expected.exp_avg],
      [state!["expAvgSq"]![0]!, expected.exp_avg_sq],
      ...(rule === "amsgrad" ? [[state!["maxExpAvgSq"]![0]!, expected.max_exp_avg_sq!]] : []),
    ] as const;
    const relative = dtype === "float64" ? 1e-13 : 5e-6;
    for (const [ours, torch] of moments) expect(Math.abs(ours! / torch! - 1)).toBeLessThanOrEqual(relative);
  });

  // From the simulations of 6,000,000 steps in C-like loops over torch's operations; linear.full.test.ts has the rest of them.
  it.each([
    ["float64", 53_025],
    ["float32", 53_111],
  ] as const)("in %s Adam arrives at the wrong end at batch %i", async (dtype, firstClamp) => {
    const { projection, epoch } = await train("online", false, dtype, 60_000);
    expect(projection.firstClamp).toBe(firstClamp);
    expect(epoch["est"]).toBeCloseTo(0.9970760941505432, 6);
  });

  it("AMSGrad is on its way to the right one by then", async () => {
    const { projection, epoch } = await train("online", true, "float32", 60_000);
    expect(projection.clamps).toBe(0);
    expect(projection.firstClamp).toBeUndefined();
    expect(epoch["est"]).toBeCloseTo(-0.04740680009126663, 6);
  });
});

describe("Online", () => {
  it("has the large slope at batch 1 and every 101st after it", async () => {
    const model = new Online({ x0: 0.5 });
    const seen: [number, number, number][] = [];
    const trial = new Trial(model, undefined, loss, {
      callbacks: onStepTraining((state) => void seen.push([state.batch, model.slope, state.loss])),
      verbose: 0,
    });
    await trial.forTrainSteps(1000).run();
    expect(seen.filter(([, slope]) => slope === 1010).map(([batch]) => batch)).toEqual([
      1, 102, 203, 304, 405, 506, 607, 708, 809, 910,
    ]);
    expect(seen.filter(([, slope]) => slope === -10)).toHaveLength(990);
    expect(seen.every(([, slope, value]) => value === slope * 0.5)).toBe(true);
  });

  it("begins anew in every epoch, as its step does", async () => {
    const model = new Online();
    const slopes: number[] = [];
    const trial = new Trial(model, undefined, loss, {
      callbacks: onStepTraining(() => void slopes.push(model.slope)),
      verbose: 0,
    });
    await trial.forTrainSteps(3).run(2);
    expect(slopes).toEqual([-10, 1010, -10, -10, 1010, -10]);
  });
});

describe("Stochastic", () => {
  /** At which of `steps` steps the slope was large. */
  async function large(seed: number | bigint | undefined, steps: number): Promise<number[]> {
    const model = new Stochastic(seed === undefined ? {} : { seed });
    const batches: number[] = [];
    const trial = new Trial(model, undefined, loss, {
      callbacks: onStepTraining((state) => void (model.slope === 1010 && batches.push(state.batch))),
      verbose: 0,
    });
    await trial.forTrainSteps(steps).run();
    return batches;
  }

  // Python 3.11: random.seed(s); [i for i in range(1000) if random.random() <= 0.01]
  it.each([
    [0, [40, 186, 225, 266, 310, 402, 502, 512, 583, 586, 663, 723, 906, 983, 993]],
    [1, [13, 91, 179, 387, 464, 503, 514, 531, 869, 987]],
    [12345678901234n, [45, 81, 91, 292, 362, 414, 748, 919, 969, 986]],
  ] as const)("draws as Python does after random.seed(%s)", async (seed, batches) => {
    expect(await large(seed, 1000)).toEqual(batches);
  });

  it("has seed 0 unless told", async () => {
    expect(await large(undefined, 1000)).toEqual(await large(0, 1000));
  });

  it("goes on drawing in the next epoch", async () => {
    const model = new Stochastic({ seed: 1 });
    const slopes: number[] = [];
    const trial = new Trial(model, undefined, loss, {
      callbacks: onStepTraining(() => void slopes.push(model.slope)),
      verbose: 0,
    });
    await trial.forTrainSteps(250).run(4);
    expect(slopes.flatMap((slope, i) => (slope === 1010 ? [i] : []))).toEqual(await large(1, 1000));
  });
});

describe.each([
  ["Online", (options: object) => new Online(options)],
  ["Stochastic", (options: object) => new Stochastic(options)],
])("%s", (name, make) => {
  it("is named, starts at 0 in float64, and is one parameter", () => {
    const model = make({});
    expect(model.name).toBe(name);
    expect(model.parameters()).toEqual([model.x]);
    expect(model.x.data).toEqual(new Float64Array([0]));
  });

  it("starts where and how it is told", () => {
    expect(make({ x0: -1, dtype: "float32" }).x.data).toEqual(new Float32Array([-1]));
    expect(make({ x0: 1 }).x.data).toEqual(new Float64Array([1]));
  });

  it.each([1.0001, -2, NaN, Infinity])("refuses to start at %s", (x0) => {
    expect(() => make({ x0 })).toThrow(ArgumentError);
    expect(() => make({ x0 })).toThrow(`Expected \`x0\` to be a number in [-1, 1], got ${x0} (number)`);
  });
});
