// The optimizers against the trajectories that PyTorch's take (scripts/generate-torch-golden.py).
import { describe, expect, it } from "vitest";
import { Parameter } from "../../../src/engine/index.js";
import fixture from "../../fixtures/torch-optim.json" with { type: "json" };
import { camelCase, makeByName, type Options } from "./by-name.js";

describe("makes the steps of torch", () => {
  it("in 23 cases", () => {
    expect(fixture.cases).toHaveLength(23);
    expect(new Set(fixture.cases.map(({ optimizer }) => optimizer))).toEqual(
      new Set(["Adam", "AdamW", "SGD"]),
    );
  });

  it.each(fixture.cases)("$optimizer: $case", ({ optimizer: name, options, groups, trajectory }) => {
    const { schedule, ...torchOptions } = options as Options;
    const parameters = { a: new Parameter(fixture.start.a), b: new Parameter(fixture.start.b) };
    const params = groups.map(({ params: names, ...own }) => ({
      params: (names as ("a" | "b")[]).map((member) => parameters[member]),
      ...camelCase(own),
    }));
    const optimizer = makeByName(name, params, torchOptions);

    const points: Record<string, number[]> = {};
    for (let step = 1; step <= 50; step++) {
      if (schedule !== undefined && step === fixture.schedule_at) {
        for (const group of optimizer.paramGroups) group.lr = schedule as number;
      }
      for (const parameter of Object.values(parameters)) setGradient(parameter);
      optimizer.step();
      if (String(step) in trajectory) points[step] = [...parameters.a.data, ...parameters.b.data];
    }

    expect(Object.keys(points)).toEqual(Object.keys(trajectory));
    const distances = Object.entries(trajectory).flatMap(([step, expected]) =>
      expected.map((x, i) => Math.abs(points[step]![i]! - x)),
    );
    expect(distances).toHaveLength(14 * 5);
    // Adam without momentum divides a gradient by its size, and so makes much of a last digit.
    expect(Math.max(...distances)).toBeLessThan(1e-13);
  });
});

/** Of the sum of 10 (x[i+1] - x[i]²)² + (1 - x[i])². */
function setGradient({ data, grad }: Parameter): void {
  grad.fill(0);
  for (let i = 0; i < data.length - 1; i++) {
    const x = data[i]!;
    const valley = data[i + 1]! - x * x;
    grad[i]! += -40 * x * valley - 2 * (1 - x);
    grad[i + 1]! += 20 * valley;
  }
}
