// The state of an optimizer as data: steps go on from it bit for bit, and what does not fit is refused.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  Adam,
  Parameter,
  SGD,
  type DType,
  type Optimizer,
  type OptimizerStateDict,
} from "../../../src/engine/index.js";
import fixture from "../../fixtures/optimizer-steps.json" with { type: "json" };
import { makeByName, type Options } from "./by-name.js";
import { mixedGradients } from "./gradients.js";

const GRADIENTS = mixedGradients(300);
const HALF = 150;

const CASES: (readonly [string, Options])[] = [
  ...fixture.cases.map(({ optimizer, options }) => [optimizer, options as Options] as const),
  ...["paper", "keras", "optax"].map((amsgrad) => ["Adam", { amsgrad }] as const),
];

/** Two groups, the second with a learning rate of its own, and steps over the gradients from `from` to `to`. */
class Training {
  readonly a: Parameter;
  readonly b: Parameter;
  readonly optimizer: Optimizer;

  constructor(name: string, options: Options, dtype: DType) {
    this.a = new Parameter([0.5, -1.25, 2, 0], { dtype });
    this.b = new Parameter([-0.75, 1], { dtype });
    this.optimizer = makeByName(name, [{ params: [this.a] }, { params: [this.b], lr: 0.02 }], options);
  }

  step(from: number, to: number): void {
    for (const gradient of GRADIENTS.slice(from, to)) {
      this.a.grad.set(gradient.slice(0, 4));
      this.b.grad.set(gradient.slice(4));
      this.optimizer.step();
    }
  }

  get numbers(): number[] {
    return [...this.a.data, ...this.b.data];
  }
}

/** As a file of JSON would give it back. */
function throughJson(dict: OptimizerStateDict): OptimizerStateDict {
  const text = JSON.stringify(dict, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
  );
  return JSON.parse(text) as OptimizerStateDict;
}

describe.each(["float64", "float32"] as const)("%s: goes on bit for bit", (dtype) => {
  it.each(CASES)("%s %j", (name, options) => {
    const whole = new Training(name, options, dtype);
    whole.step(0, HALF);
    // As a schedule does.
    whole.optimizer.paramGroups[1]!.lr *= 0.5;
    const saved = { numbers: whole.numbers, dict: whole.optimizer.stateDict() };
    whole.step(HALF, GRADIENTS.length);
    expect(whole.numbers).not.toEqual(saved.numbers);

    const resume = (dict: OptimizerStateDict): Training => {
      const resumed = new Training(name, options, dtype);
      resumed.a.data.set(saved.numbers.slice(0, 4));
      resumed.b.data.set(saved.numbers.slice(4));
      resumed.optimizer.loadStateDict(dict);
      return resumed;
    };
    const resumed = resume(structuredClone(saved.dict));
    expect(resumed.optimizer.stateDict()).toEqual(saved.dict);
    resumed.step(HALF, GRADIENTS.length);
    expect(resumed.numbers).toEqual(whole.numbers);
    expect(resumed.optimizer.stateDict()).toEqual(whole.optimizer.stateDict());
    // JSON makes 0 of a -0 in the state, which no rule tells apart.
    const fromJson = resume(throughJson(saved.dict));
    fromJson.step(HALF, GRADIENTS.length);
    expect(fromJson.numbers).toEqual(whole.numbers);
  });
});

describe("stateDict", () => {
  it("is learning rates, lengths, and what the rules remember, in copies", () => {
    const [a, b] = [new Parameter([1, 2]), new Parameter(3)];
    const optimizer = SGD([{ params: [a] }, { params: [b], momentum: 0, lr: 0.25 }], {
      lr: 0.5,
      momentum: 0.5,
    });
    a.grad.set([4, 8]);
    optimizer.step();
    const dict = optimizer.stateDict();
    const expected = {
      optimizer: "SGD",
      groups: [
        { lr: 0.5, params: [2] },
        { lr: 0.25, params: [1] },
      ],
      state: [{ momentumBuffer: new Float64Array([4, 8]), started: new Float64Array([1]) }, {}],
    };
    expect(dict).toEqual(expected);
    a.grad.set([1, 1]);
    optimizer.step();
    optimizer.paramGroups[0]!.lr = 9;
    expect(dict).toEqual(expected);

    optimizer.loadStateDict(dict);
    optimizer.step();
    expect(dict).toEqual(expected);
  });
});

describe("loadStateDict", () => {
  const make = (): Optimizer =>
    Adam([{ params: [new Parameter([1, 2]), new Parameter(3)] }, { params: [new Parameter(4)] }], {
      lr: 0.5,
    });
  const part = (path: readonly (string | number)[], value: unknown): OptimizerStateDict => {
    const dict = structuredClone(make().stateDict());
    let at = dict as unknown as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as typeof at;
    if (value === undefined) delete at[path.at(-1)!];
    else at[path.at(-1)!] = value;
    return dict;
  };

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "Expected `stateDict` to be an object, as stateDict() gives it, got undefined"],
    ["a list", [], "Expected `stateDict` to be an object, as stateDict() gives it, got an array"],
    [
      "another optimizer's",
      part(["optimizer"], "AdamW"),
      'Expected `stateDict.optimizer` to be "Adam", got "AdamW" (string)',
    ],
    [
      "no groups",
      part(["groups"], undefined),
      "Expected `stateDict.groups` to be an array of 2 groups, got undefined",
    ],
    ["another number of groups", part(["groups"], [{}]), "Expected `stateDict.groups` to be 2 groups, got 1"],
    ["a group that is none", part(["groups", 1], null), "Expected `stateDict.groups[1]` to be an object"],
    [
      "a learning rate that is none",
      part(["groups", 0, "lr"], -1),
      "Expected `stateDict.groups[0].lr` to be a number from 0, got -1 (number)",
    ],
    [
      "a learning rate of JSON's",
      part(["groups", 0, "lr"], null),
      "Expected `stateDict.groups[0].lr` to be a number from 0, got null",
    ],
    [
      "fewer parameters",
      part(["groups", 0, "params"], [2]),
      "Expected `stateDict.groups[0].params` to be 2 lengths, got 1",
    ],
    [
      "a parameter of another length",
      part(["groups", 0, "params", 1], 5),
      "Expected `stateDict.groups[0].params[1]` to be 1, the parameter's length, got 5 (number)",
    ],
    ["fewer states", part(["state"], []), "Expected `stateDict.state` to be 3 states, got 0"],
    ["a state that is none", part(["state", 2], 7), "Expected `stateDict.state[2]` to be an object"],
    [
      "the state of other options",
      part(["state", 0, "maxExpAvgSq"], [0, 0]),
      "Expected `stateDict.state[0]` to be an object that has betaProducts, expAvg, expAvgSq, got one that has betaProducts, expAvg, expAvgSq, maxExpAvgSq",
    ],
    [
      "a state without a part",
      part(["state", 1, "expAvg"], undefined),
      "Expected `stateDict.state[1]` to be an object that has betaProducts, expAvg, expAvgSq, got one that has betaProducts, expAvgSq",
    ],
    [
      "another length",
      part(["state", 0, "expAvg"], [1]),
      "Expected `stateDict.state[0].expAvg` to be 2 numbers in a Float64Array or an array, got 1 in an array",
    ],
    [
      "another precision",
      part(["state", 0, "expAvg"], new Float32Array(2)),
      "Expected `stateDict.state[0].expAvg` to be 2 numbers in a Float64Array or an array, got 2 in a Float32Array",
    ],
    [
      "something that is no number",
      part(["state", 0, "expAvg"], [1, null]),
      "Expected `stateDict.state[0].expAvg` to be 2 numbers in a Float64Array or an array, got 2 in an array with null at 1",
    ],
    [
      "no list",
      part(["state", 0, "expAvg"], { 0: 1, 1: 2 }),
      "Expected `stateDict.state[0].expAvg` to be 2 numbers in a Float64Array or an array, got an object (Object)",
    ],
  ])("refuses %s, and changes nothing", (_name, dict, message) => {
    const optimizer = make();
    const before = optimizer.stateDict();
    const load = (): void => optimizer.loadStateDict(dict as OptimizerStateDict);
    expect(load).toThrow(ArgumentError);
    expect(load).toThrow(message);
    expect(optimizer.stateDict()).toEqual(before);
  });

  it("takes the state of torch's AMSGrad for the paper's, whose maximum is the same, and not for optax's", () => {
    const of = (amsgrad: boolean | "paper" | "optax"): Optimizer => Adam([new Parameter(1)], { amsgrad });
    expect(() => of("paper").loadStateDict(of(true).stateDict())).not.toThrow();
    expect(() => of("optax").loadStateDict(of(true).stateDict())).toThrow("maxCorrectedExpAvgSq");
  });
});
