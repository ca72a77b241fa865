// Names: what they stand for, and what is suggested for those that are not known.
import { describe, expect, it } from "vitest";
import { Online, Stochastic, type LoggedMetric } from "../../src/engine/index.js";
import { Parameter } from "../../src/engine/parameter.js";
import { UnknownNameError } from "../../src/errors.js";
import { lookUp, OPTIMIZERS, PROBLEMS } from "../../src/experiments/registry.js";

const NAMES = [
  "adam",
  "amsgrad",
  "amsgrad-paper",
  "amsgrad-keras",
  "amsgrad-optax",
  "adamw",
  "adamax",
  "nadam",
  "radam",
  "rmsprop",
  "adagrad",
  "adadelta",
  "rprop",
  "sgd",
  "asgd",
];

function refused(kind: string, table: Readonly<Record<string, unknown>>, name: string): UnknownNameError {
  try {
    lookUp(kind, table, name);
  } catch (error) {
    if (error instanceof UnknownNameError) return error;
    throw error;
  }
  throw new Error(`${name} was found`);
}

describe("lookUp", () => {
  it("gives the entry of that name", () => {
    expect(lookUp("problem", PROBLEMS, "online")).toBe(PROBLEMS["online"]);
    expect(lookUp("optimizer", OPTIMIZERS, "amsgrad")).toBe(OPTIMIZERS["amsgrad"]);
  });

  it.each([
    ["onlin", "online"],
    ["oneline", "online"],
    ["Online", "online"],
    ["STOCHASTIC", "stochastic"],
    ["stochstic", "stochastic"],
    ["stochastik", "stochastic"],
  ])("suggests for the problem %s %s", (name, nearest) => {
    expect(refused("problem", PROBLEMS, name).suggestion).toBe(nearest);
  });

  it.each([
    ["adm", "adam"],
    ["ADAM", "adam"],
    ["amsgard", "amsgrad"],
    ["AMSGrad", "amsgrad"],
    ["adam-w", "adamw"],
    ["sdg", "sgd"],
  ])("suggests for the optimizer %s %s", (name, nearest) => {
    expect(refused("optimizer", OPTIMIZERS, name).suggestion).toBe(nearest);
  });

  it.each(["", "x", "lookahead", "momentum", "adam,amsgrad", "toString", "__proto__", "constructor"])(
    "suggests nothing for %j",
    (name) => {
      const error = refused("optimizer", OPTIMIZERS, name);
      expect(error.suggestion).toBeUndefined();
      expect(error.message).toBe(`Unknown optimizer ${JSON.stringify(name)}. Known: ${NAMES.join(", ")}`);
    },
  );

  it("says all in its error", () => {
    const error = refused("problem", PROBLEMS, "onlin");
    expect({ ...error, code: error.code, message: error.message }).toEqual({
      code: "UNKNOWN_NAME",
      kind: "problem",
      value: "onlin",
      known: ["online", "stochastic"],
      suggestion: "online",
      message: 'Unknown problem "onlin". Did you mean online? Known: online, stochastic',
    });
  });
});

describe("the problems", () => {
  it("are the two of the paper, made anew each time", () => {
    const config = { seed: 1, dtype: "float64" } as const;
    const online = PROBLEMS["online"]!;
    const stochastic = PROBLEMS["stochastic"]!;
    expect(Object.keys(PROBLEMS)).toEqual(["online", "stochastic"]);
    expect(online.make(config)).toBeInstanceOf(Online);
    expect(stochastic.make(config)).toBeInstanceOf(Stochastic);
    expect(online.make(config)).not.toBe(online.make(config));
    const model = online.make(config);
    expect(online.metrics!(model)[0]).not.toBe(online.metrics!(model)[0]);
  });

  it.each(["online", "stochastic"])("%s takes the precision and measures the regret", (name) => {
    const problem = PROBLEMS[name]!;
    const model = problem.make({ seed: 1, dtype: "float32" });
    expect(model.parameters().map(({ data }) => data)).toEqual([new Float32Array([0])]);
    expect(problem.make({ seed: 1, dtype: "float64" }).parameters()[0]!.data).toEqual(new Float64Array([0]));
    const metrics = problem.metrics!(model) as readonly LoggedMetric[];
    expect(metrics.map((metric) => metric.stepTags("train"))).toEqual([["average_regret"]]);
  });
});

describe("the optimizers", () => {
  // Two steps from 0.5, with the gradients 2 and 0.1, by torch 2.15, AMSGrad's dialects by their formulas: the second gradient is small, so
  // that the means and AMSGrad's maximum show.
  it.each([
    ["adam", 0.3440838584710682],
    ["amsgrad", 0.3514945601179825],
    ["amsgrad-paper", 0.34500000155],
    ["amsgrad-keras", 0.35149456078220354],
    ["amsgrad-optax", 0.3633333340166667],
    ["adamw", 0.3431843584705682],
    ["adamax", 0.35111111185555555],
    ["nadam", 0.3699063244205285],
    ["radam", 0.22666666666666663],
    ["rmsprop", -0.5501885088039601],
    ["adagrad", 0.3950062383108602],
    ["adadelta", 0.49966023511892055],
    ["rprop", 0.28],
    ["sgd", 0.29],
    ["asgd", 0.28999207507184316],
  ])("%s is what its name says, with the learning rate and the betas it is given", (name, expected) => {
    const x = new Parameter(0.5);
    const optimizer = OPTIMIZERS[name]!.make([x], { lr: 0.1, betas: [0.5, 0.75] });
    for (const gradient of [2, 0.1]) {
      x.grad[0] = gradient;
      optimizer.step();
    }
    expect(x.item()).toBeCloseTo(expected, 14);
  });

  it("are all tested here", () => {
    expect(Object.keys(OPTIMIZERS)).toEqual(NAMES);
  });
});
