// What `tnl run` is told by --set, by a file, and by modules of the user's.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunResult } from "../../src/experiments/index.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { tnl } from "./fake-io.js";

const makeDir = useTempDir("run-config");

async function results(...argv: string[]): Promise<RunResult[]> {
  const args = ["run", "--json", "--jobs=1", "--verbose", "0", "--logdir", join(makeDir(), "logs"), ...argv];
  const { code, stdout, stderr } = await tnl(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as RunResult[];
}

function fileOf(name: string, content: string): string {
  const path = join(makeDir(), name);
  writeFileSync(path, content);
  return path;
}

const ONE = ["online", "--optimizer", "adam", "--steps", "100"];

describe("--set", () => {
  it("reaches problem and optimizer, and wins over the options", async () => {
    const [plain] = await results(...ONE, "--lr", "0.1");
    const [set] = await results(...ONE, "--set", "optimizer.lr=0.1");
    expect(set!.finalX).toBe(plain!.finalX);
    const [other] = await results(
      ...ONE,
      "--lr",
      "0.1",
      "--set",
      "problem.x0=-0.5",
      "--set",
      "optimizer.eps=10",
    );
    expect(other!.finalX).not.toBe(plain!.finalX);
  });

  it.each([
    ["lr=1", "Expected `--set` to be optimizer.NAME=VALUE or problem.NAME=VALUE, got"],
    ["optimizer.epss=1", 'Unknown setting of adam "epss". Did you mean eps?'],
    ["problem.y=1", 'Unknown setting of online "y".'],
  ])("%s is refused", async (text, message) => {
    const { code, stderr } = await tnl(["run", ...ONE, "--set", text]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("--config", () => {
  it("is a file of the options; those on the command line win", async () => {
    const config = {
      problems: ["online"],
      optimizer: ["sgd", "adam"],
      steps: 50,
      betas: [0.5, 0.9],
      lr: 0.01,
      set: { "problem.x0": 0.25 },
    };
    const path = fileOf("run.json", JSON.stringify(config));
    const fromFile = await results("--config", path);
    const typed = [
      "online",
      "--optimizer",
      "sgd",
      "--optimizer",
      "adam",
      "--betas",
      "0.5,0.9",
      "--lr",
      "0.01",
    ];
    const fromLine = await results(...typed, "--set", "problem.x0=0.25", "--steps", "50");
    const finals = (runs: RunResult[]) => runs.map(({ run, steps, finalX }) => ({ run, steps, finalX }));
    expect(finals(fromFile)).toEqual(finals(fromLine));
    expect((await results("--config", path, "--steps", "7")).map(({ steps }) => steps)).toEqual([7, 7]);
  });

  it.each<[unknown, number[]]>([
    [
      [4, -2],
      [4, -2],
    ],
    ["0..2, 7", [0, 1, 2, 7]],
    ["-2..-1,+3", [-2, -1, 3]],
    [5, [5]],
  ])("has seeds as on the command line or as a list: %j", async (seeds, expected) => {
    const config = { problems: ["online"], optimizer: "adam", steps: 5, seeds };
    const runs = await results("--config", fileOf("run.json", JSON.stringify(config)));
    expect(runs.map(({ run, seed }) => [run, seed])).toEqual(
      expected.map((seed) => [`Online_adam_seed-${seed}`, seed]),
    );
  });

  it.each([
    ["one that is not there", () => join(makeDir(), "none.json"), "Cannot read --config"],
    ["one that is no JSON", () => fileOf("a.json", "{"), "Cannot read --config"],
    [
      "one that is a list",
      () => fileOf("a.json", "[]"),
      "Expected `--config` to be a file with a JSON object of options",
    ],
    ["one with an option that there is not", () => fileOf("a.json", '{"step": 3}'), "Unknown argument: step"],
  ])("%s is refused", async (_, path, message) => {
    const { code, stderr } = await tnl(["run", ...ONE, "--config", path()]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe("a module", () => {
  it("is named by its path, beside those by name", async () => {
    const path = fileOf("still.mjs", "export default (params) => ({ step() {}, zeroGrad() {}, params });");
    const runs = await results("online", "--optimizer", "adam", "--optimizer", path, "--steps", "10");
    expect(runs.map(({ run }) => run)).toEqual(["Online_adam", "Online_still"]);
  });

  it("that cannot be loaded is wrong usage, in one line", async () => {
    const { code, stderr } = await tnl(["run", "./no-such-problem.mjs"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tnl: Cannot load \.\/no-such-problem\.mjs: [^\n]+\n$/);
  });
});
