// What verify says of each kind of damage; that the loaders do what it says is shown by test/tensorboard/damage.test.ts.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findRuns } from "../../../src/events/runs.js";
import { DEFECT_CODES, type Defect } from "../../../src/events/verify/defect.js";
import { verifyRun } from "../../../src/events/verify/verify-run.js";
import { DAMAGED_RUNS, writeRuns, type DamagedRun } from "../../helpers/damaged-runs.js";
import { fits } from "../../helpers/fitting-effects.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS } from "../../helpers/tensorboard.js";

const makeDir = useTempDir("verify");

function defectsOf(run: DamagedRun): readonly Defect[] {
  const logdir = makeDir();
  writeRuns(logdir, [run]);
  return verifyRun(findRuns(logdir)[0]!, []).defects;
}

describe.each(DAMAGED_RUNS)("$name", (run) => {
  test("is told with its code and what it means to the loaders", () => {
    const found = defectsOf(run).find(({ code }) => code === run.code);
    expect(found).toMatchObject(run.effects);
    expect(found!.message).toMatch(/^[^\n]+$/);
  });

  test.each(LOADERS)("is shown by %s as that says", (loader) => {
    expect(fits(run, loader)).toBe(true);
  });
});

test("there is damage of every code but those of other tests", () => {
  const codes = new Set(DAMAGED_RUNS.flatMap((run) => defectsOf(run).map(({ code }) => code)));
  expect(DEFECT_CODES.filter((code) => !codes.has(code))).toEqual([]);
});

describe("the place and the size", () => {
  // The record of `rate` at step 4 stands behind 1,643 bytes and has 49, in most kinds.
  test.each<[string, Partial<Defect>]>([
    ["the last record is torn", { offset: 2939, length: 20 }],
    ["zeros at the end", { offset: 2939, length: 4096 }],
    ["a hole of zeros between records", { offset: 1643, length: 49 }],
    ["a bit of a length is flipped", { offset: 1643, length: 49 }],
    ["a record that claims 2^62 bytes", { offset: 1643, length: 12 }],
    ["a bit of a value is flipped", { offset: 1643, length: 49 }],
    ["a record that is no Event", { offset: 1643, length: 46 }],
    ["garbage between records", { offset: 1643, length: 100 }],
    ["records are appended to a torn one", { offset: 1643, length: 30 }],
    ["a wall time that is NaN", { offset: 1643 }],
    ["steps that go back within a file", { offset: 459, tag: "loss", step: 2 }],
    ["a step several times", { offset: 180, count: 2, tag: "loss", step: 0 }],
    ["a tag without metadata", { tag: "picture", step: 0 }],
    ["scalars of 64 bits", { count: 8, tag: "rate", step: 0 }],
  ])("of %s", (name, expected) => {
    const run = DAMAGED_RUNS.find((one) => one.name === name)!;
    const found = defectsOf(run).find(({ code }) => code === run.code)!;
    expect(found).toMatchObject({ ...expected, run: name });
    expect(found.path).toContain(join(name, Object.keys(run.files).at(0)!));
  });
});
