// tnl list: what can be run, and what is there.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";
import { tnl } from "./fake-io.js";

const makeDir = useTempDir("list");
const home = process.cwd();
let dir: string;
beforeEach(() => {
  dir = makeDir();
  process.chdir(dir);
});
afterAll(() => process.chdir(home));

const NAMES = `Problems
  online      1010 x at every 101st step, -10 x otherwise
  stochastic  1010 x with probability 0.01, -10 x otherwise

Optimizers
  adam           Adam
  amsgrad        Adam with amsgrad
  amsgrad-paper  AMSGrad as in its paper
  amsgrad-keras  AMSGrad as in Keras
  amsgrad-optax  AMSGrad as in optax
  adamw          Adam with decoupled weight decay 0.01
  adamax         Adam with the greatest gradient
  nadam          Adam with Nesterov's momentum
  radam          Rectified Adam
  rmsprop        RMSprop
  adagrad        Adagrad
  adadelta       Adadelta
  rprop          Resilient propagation
  sgd            Gradient descent
  asgd           Averaged gradient descent
`;

/** Two runs: one of two files with 2,600,000 bytes, one of one with 77. */
function fill(logdir: string): void {
  for (const [path, bytes] of [
    ["Online_adam/epoch-0/events.out.tfevents.1", 2_500_000],
    ["Online_adam/epoch-0/events.out.tfevents.2", 100_000],
    ["other/events.out.tfevents.1", 77],
    ["no-run/notes.txt", 1000],
  ] as const) {
    mkdirSync(join(logdir, path, ".."), { recursive: true });
    writeFileSync(join(logdir, path), Buffer.alloc(bytes));
  }
}

describe("tnl list", () => {
  it("lists problems and optimizers where there is no logdir", async () => {
    expect(await tnl(["list"])).toEqual({ code: 0, stdout: NAMES, stderr: "" });
  });

  it("lists the runs of the logdir that is named, with their files and megabytes", async () => {
    fill(join(dir, "some logs"));
    expect(await tnl(["list", "some logs"])).toEqual({
      code: 0,
      stderr: "",
      stdout: `${NAMES}
Runs in some logs
run                  files   MB
-------------------  -----  ---
Online_adam/epoch-0      2  2.6
other                    1  0.0
`,
    });
  });

  it("lists those of logs, if it is there", async () => {
    fill(join(dir, "logs"));
    expect((await tnl(["list"])).stdout).toContain("\nRuns in logs\nrun                  files   MB\n");
  });

  it("says when there are none", async () => {
    mkdirSync(join(dir, "logs"));
    expect(await tnl(["list"])).toEqual({ code: 0, stdout: `${NAMES}\nRuns in logs\n  none\n`, stderr: "" });
  });

  it("gives the same as JSON", async () => {
    fill(join(dir, "logs"));
    const { code, stdout, stderr } = await tnl(["list", "logs", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lists = JSON.parse(stdout) as Record<string, { name?: string; description?: string }[]>;
    expect(Object.keys(lists)).toEqual(["problems", "optimizers", "logdir", "runs"]);
    expect(lists["problems"]!.map(({ name }) => name)).toEqual(["online", "stochastic"]);
    expect(lists["optimizers"]).toContainEqual({ name: "amsgrad", description: "Adam with amsgrad" });
    expect(lists["logdir"]).toBe("logs");
    expect(lists["runs"]).toEqual([
      { run: "Online_adam/epoch-0", files: 2, bytes: 2_600_000 },
      { run: "other", files: 1, bytes: 77 },
    ]);
  });

  it("gives no runs as JSON where there is no logdir", async () => {
    const { stdout } = await tnl(["list", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ logdir: null, runs: [] });
  });

  it("refuses a logdir that is not there, and one that is a file", async () => {
    expect(await tnl(["list", "nothing"])).toEqual({
      code: 3,
      stdout: "",
      stderr: "tnl: Cannot read nothing: no such file or directory (ENOENT)\n",
    });
    writeFileSync(join(dir, "file"), "");
    expect(await tnl(["list", "file"])).toEqual({
      code: 3,
      stdout: "",
      stderr: "tnl: file is a file, not a directory\n",
    });
  });
});
