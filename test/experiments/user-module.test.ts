// Problems and optimizers in modules of the user's own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ModuleError, UnknownNameError } from "../../src/errors.js";
import { decodeHParams, decodeText } from "../../src/summary/index.js";
import { runExperiment } from "../../src/experiments/index.js";
import { eventFilesIn, eventsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { curvesOf } from "./curves.js";

const makeDir = useTempDir("user-module");
const SOURCES = join(import.meta.dirname, "..", "..", "src", "index.ts");

/** A file in a directory of its own, that can import this package's sources as `tensorboard-node-logger`. */
function moduleOf(name: string, text: string): string {
  const path = join(makeDir(), name);
  writeFileSync(path, text.replaceAll("tensorboard-node-logger", SOURCES));
  return path;
}

const MODEL = `import { Model, Parameter } from "tensorboard-node-logger";
export class Bowl extends Model {
  x = new Parameter(3);
  constructor({ centre = 0 } = {}) { super(); this.centre = centre; }
  forward() { return this.x.sub(this.centre).pow(2); }
}
`;
const OPTIMIZER = `import { SGD } from "tensorboard-node-logger";
`;

async function run(problem: string, optimizer: string, settings = { problem: {}, optimizer: {} }) {
  const logdir = join(makeDir(), "logs");
  const options = {
    problems: [problem],
    optimizers: [optimizer],
    steps: 200,
    batchStepSize: 1,
    verbose: 0,
  } as const;
  const [result] = await runExperiment({ ...options, lr: 0.1, settings, logdir, command: ["tnl", "run"] });
  return { result: result!, logdir };
}

describe("a module of a problem", () => {
  it.each([
    ["a class, by default", "bowl.mjs", `${MODEL} export default Bowl;`],
    ["a function, by name", "bowl.mjs", `${MODEL} export const problem = (config) => new Bowl(config);`],
    [
      "an object",
      "bowl.mjs",
      `${MODEL} export default { make: (config) => new Bowl(config), metrics: () => [] };`,
    ],
    [
      "TypeScript",
      "bowl.ts",
      `${MODEL.replace("  x =", "  readonly centre: number;\n  readonly x =")} export default Bowl;`,
    ],
  ])("may export %s; it runs with a built-in optimizer, its settings, its name", async (_, file, text) => {
    const { result, logdir } = await run(moduleOf(file, text), "sgd", {
      problem: { centre: 1 },
      optimizer: {},
    });
    expect(result).toMatchObject({
      run: "Bowl_sgd",
      problem: "bowl",
      optimizer: "sgd",
      steps: 200,
      averageRegret: NaN,
    });
    expect(result.finalX).toBeCloseTo(1, 12);
    const [path] = eventFilesIn(join(logdir, "Bowl_sgd", "epoch-0"));
    expect(curvesOf(path!)["batch/est"]!.values.at(-1)).toBeCloseTo(1, 6);
  });

  it("gives criterion, metrics, callbacks and data, as the built-in ones do", async () => {
    const text = `import { Model, Parameter, onStepTraining, toDict } from "tensorboard-node-logger";
class Line extends Model { w = new Parameter([0]); forward(x) { return this.w.at(0).mul(x); } }
export const problem = {
  make: () => new Line(),
  criterion: () => (yPred, yTrue) => yPred.sub(yTrue).pow(2),
  metrics: (model) => [toDict("w", () => model.w.data[0])],
  callbacks: (model) => onStepTraining(() => { if (model.w.data[0] > 1.5) model.w.data[0] = 1.5; }),
  setUp: (trial) => trial.withTrainGenerator([[1, 2], [2, 4]]),
};`;
    const { result, logdir } = await run(moduleOf("line.mjs", text), "adam");
    expect(result).toMatchObject({ run: "Line_adam", finalX: NaN, steps: 200 });
    const [path] = eventFilesIn(join(logdir, "Line_adam", "epoch-0"));
    const { values } = curvesOf(path!)["batch/w"]!;
    expect(Math.max(...values.slice(1))).toBeLessThan(1.7);
    expect(values.at(-1)).toBeGreaterThan(1.4);
  });
});

describe("a module of an optimizer", () => {
  it.each([
    [
      "a function, by default",
      `${OPTIMIZER} export default (params, { lr, factor = 1 }) => SGD(params, { lr: lr * factor });`,
    ],
    [
      "an object, by name",
      `${OPTIMIZER} export const optimizer = { description: "mine", make: (params, { lr, factor = 1 }) => SGD(params, { lr: lr * factor }) };`,
    ],
  ])("may export %s, and is given what is set for it", async (_, text) => {
    const path = moduleOf("mine.mjs", text);
    const [slow, fast] = [
      await run("online", path),
      await run("online", path, { problem: {}, optimizer: { factor: 1e-3 } }),
    ];
    expect(slow.result.run).toBe("Online_mine");
    expect(slow.result.finalX).not.toBe(fast.result.finalX);
  });

  it.each([
    [
      "problem",
      (text: string) =>
        run(moduleOf("a.mjs", `${MODEL} ${text}`), "sgd", { problem: { size: 1 }, optimizer: {} }),
    ],
    [
      "optimizer",
      (text: string) =>
        run("online", moduleOf("a.mjs", `${OPTIMIZER} ${text}`), { problem: {}, optimizer: { size: 1 } }),
    ],
  ])("and a %s may say which settings it has", async (_, runWith) => {
    const make = "make: (a, b) => (b === undefined ? new Bowl() : SGD(a, { lr: b.lr }))";
    await expect(runWith(`export default { settings: ["sizes"], ${make} };`)).rejects.toThrow(
      'Unknown setting of a "size". Did you mean sizes?',
    );
  });

  it("may be CommonJS", async () => {
    const path = moduleOf("mine.cjs", "module.exports = (params) => ({ step() {}, zeroGrad() {}, params });");
    expect((await run("online", path)).result.finalX).toBe(0);
  });
});

it("a run says what it was made with, as hyperparameters and as text", async () => {
  const { logdir } = await run("online", "sgd", { problem: { x0: 0.5 }, optimizer: { momentum: 0.5 } });
  const [path] = eventFilesIn(join(logdir, "Online_sgd"));
  const values = eventsOf(path!).flatMap(({ summary = [] }) => summary);
  const [start, text, end] = values;
  const { hparams } = (decodeHParams(start!) as { sessionStart: { hparams: Record<string, unknown> } })
    .sessionStart;
  expect(hparams).toMatchObject({
    problem: "online",
    optimizer: "sgd",
    lr: 0.1,
    betas: "0.9,0.99",
    seed: 1,
    steps: 200,
    dtype: "float64",
    "problem.x0": 0.5,
    "optimizer.momentum": 0.5,
    command: "tnl run",
    node: process.version,
  });
  expect(hparams["commit"]).toMatch(/^[0-9a-f]{40}( and changes)?$/);
  expect(decodeText(text!)).toContainEqual(["lr", "`0.1`"]);
  expect(decodeHParams(end!)).toMatchObject({ sessionEnd: { status: 1 } });
});

describe("what cannot be used is refused before anything is touched", () => {
  it.each<[string, () => string, string, RegExp]>([
    [
      "no file",
      () => join(makeDir(), "none.mjs"),
      "MODULE_NOT_LOADED",
      /^Cannot load .*none\.mjs: Cannot find module/,
    ],
    [
      "a module that throws",
      () => moduleOf("a.mjs", "throw new Error('not today')"),
      "MODULE_NOT_LOADED",
      /^Cannot load .*a\.mjs: not today$/,
    ],
    [
      "no problem",
      () => moduleOf("a.mjs", "export const other = 1"),
      "MODULE_EXPORTS",
      /a\.mjs exports no problem: expected `problem` or a default export/,
    ],
    [
      "a problem that makes no model",
      () => moduleOf("a.mjs", "export default () => ({})"),
      "MODULE_EXPORTS",
      /a\.mjs makes no model: expected an object with `forward` and `parameters`/,
    ],
  ])("a problem: %s", async (_, path, code, message) => {
    const dir = makeDir();
    const error = await runExperiment({ problems: [path()], logdir: join(dir, "logs"), verbose: 0 }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ModuleError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(eventFilesIn(dir)).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    [
      "none",
      "export const other = 1",
      /a\.mjs exports no optimizer: expected `optimizer` or a default export/,
    ],
    [
      "one that makes something else",
      "export default () => 3",
      /a\.mjs makes no optimizer: expected an object with `step` and `zeroGrad`/,
    ],
  ])("an optimizer: %s", async (_, text, message) => {
    await expect(run("online", moduleOf("a.mjs", text))).rejects.toThrow(message);
  });

  it("a setting that a built-in one does not have", async () => {
    const error = await run("online", "sgd", { problem: {}, optimizer: { momentun: 1 } }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(UnknownNameError);
    expect(String(error)).toContain('Unknown setting of sgd "momentun". Did you mean momentum?');
    await expect(run("online", "sgd", { problem: { centre: 1 }, optimizer: {} })).rejects.toThrow(
      UnknownNameError,
    );
  });
});
