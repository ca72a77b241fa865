// Runs with several seeds, one after another and at once in threads: the same results, and the same errors.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError, ThreadError } from "../../src/errors.js";
import { findRuns } from "../../src/events/index.js";
import { ExperimentError, runExperiment, type ExperimentOptions } from "../../src/experiments/index.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { curvesOf } from "./curves.js";
import { writeModule } from "./user-modules.js";

const makeDir = useTempDir("run-jobs");

/** A problem with one number, on which `body` runs at each step: `seed` and `batch` are known there. */
function problemOf(name: string, body: string, dir = makeDir()): string {
  return writeModule(
    dir,
    name,
    `import { ArgumentError, Model, Parameter } from "tensorboard-node-logger";
import { threadId } from "node:worker_threads";
export default class Bowl extends Model {
  x = new Parameter(3);
  constructor({ seed }) { super(); this.seed = seed; }
  forward(_, { batch }) { const { seed } = this; ${body}; return this.x.sub(seed).pow(2); }
}
`,
  );
}

/** What came out of an experiment, well or not, without what differs between two times. */
async function outcomeOf(options: ExperimentOptions) {
  const logdir = join(makeDir(), "logs");
  const { results, error } = await runExperiment({ verbose: 0, ...options, logdir }).then(
    (done) => ({ results: done, error: undefined }),
    (thrown: unknown) => {
      if (!(thrown instanceof ExperimentError)) throw thrown;
      return { results: thrown.results, error: thrown };
    },
  );
  const curves = findRuns(logdir)
    .filter(({ name }) => name.endsWith("/epoch-0"))
    .map(({ name, files }) => ({ name, curves: files.map((file) => curvesOf(file)) }));
  return { results: results.map((result) => ({ ...result, stepsPerSecond: 0 })), error, curves, logdir };
}

describe("seeds", () => {
  it("are a run each, whose name has it; what comes out does not depend on how many go at once", async () => {
    const options = { steps: 1500, seeds: [7, -1, 7], lr: 0.01 };
    const [alone, together] = [
      await outcomeOf({ ...options, jobs: 1 }),
      await outcomeOf({ ...options, jobs: 2 }),
    ];
    const names = ["Online_adam", "Online_amsgrad", "Stochastic_adam", "Stochastic_amsgrad"].flatMap(
      (name) => [`${name}_seed-7`, `${name}_seed--1`],
    );
    expect(alone.results.map(({ run }) => run)).toEqual(names);
    expect(alone.results.map(({ seed }) => seed)).toEqual(names.map((_, i) => (i % 2 === 0 ? 7 : -1)));
    expect(together.results).toEqual(alone.results);
    expect(together.curves).toEqual(alone.curves);
    expect(together.curves.map(({ name }) => name)).toEqual(
      names.map((name) => `${name}/epoch-0`).toSorted(),
    );
    // With one seed alone it is the same run.
    const one = await outcomeOf({ ...options, seeds: [-1], jobs: 1 });
    expect(one.results).toEqual(alone.results.filter(({ seed }) => seed === -1));
    const named = await outcomeOf({ steps: 1500, lr: 0.01, seed: -1, jobs: 1 });
    expect(named.results).toEqual(
      one.results.map((result) => ({ ...result, run: result.run.replace(/_seed.*/, "") })),
    );
  });

  it("get one number when the run of one of them is there already", async () => {
    const logdir = join(makeDir(), "logs");
    mkdirSync(join(logdir, "Online_adam_seed-2"), { recursive: true });
    const options = {
      problems: ["online"],
      optimizers: ["adam"],
      steps: 10,
      verbose: 0,
      jobs: 1,
      logdir,
    } as const;
    const results = await runExperiment({ ...options, seeds: [1, 2] });
    expect(results.map(({ run }) => run)).toEqual(["Online_adam_seed-1_1", "Online_adam_seed-2_1"]);
  });

  it.each<[string, object, string]>([
    ["beside a seed", { seed: 1, seeds: [2] }, "Expected `seeds` to be given without `seed`"],
    ["that are none", { seeds: [] }, "Expected `seeds` to be one seed or more, got none"],
    [
      "of which one is no integer",
      { seeds: [1, 0.5] },
      "Expected `seeds` to be safe integers, got 0.5 (number)",
    ],
    ["with no jobs", { seeds: [1], jobs: 0 }, "Expected `jobs` to be an integer from 1, got 0 (number)"],
    [
      "with half a job",
      { seeds: [1], jobs: 1.5 },
      "Expected `jobs` to be an integer from 1, got 1.5 (number)",
    ],
  ])("are refused %s", async (_, options, message) => {
    const refused = runExperiment({ steps: 10, logdir: join(makeDir(), "logs"), verbose: 0, ...options });
    await expect(refused).rejects.toThrow(ArgumentError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe("threads", () => {
  it("are kept and take the next run; results are in the order that was asked for", async () => {
    // The first one takes longer than all others.
    const wait =
      "if (batch === 0 && seed === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)";
    const problem = problemOf("bowl.mts", `${wait}; this.x.data[0] = threadId`);
    const seeds = [0, 1, 2, 3, 4, 5];
    const options = { problems: [problem], optimizers: ["sgd"], seeds, steps: 3, lr: 0 };
    const { results, error } = await outcomeOf({ ...options, jobs: 2 });
    expect(error).toBe(undefined);
    expect(results.map(({ seed }) => seed)).toEqual(seeds);
    const threads = new Set(results.map(({ finalX }) => finalX));
    expect(threads.has(0)).toBe(false);
    expect(threads.size).toBeLessThanOrEqual(2);
    const here = await outcomeOf({ ...options, jobs: 1 });
    expect(new Set(here.results.map(({ finalX }) => finalX))).toEqual(new Set([0]));
  });

  it("are not taken for settings that cannot be sent, and refused when they are asked for", async () => {
    const problem = problemOf("bowl.mjs", "this.x.data[0] = threadId");
    const settings = { problem: { start: () => 3 }, optimizer: {} };
    const options = { problems: [problem], optimizers: ["sgd"], seeds: [1, 2], steps: 3, lr: 0, settings };
    const { results } = await outcomeOf(options);
    expect(results.map(({ finalX }) => finalX)).toEqual([0, 0]);
    await expect(outcomeOf({ ...options, jobs: 2 })).rejects.toThrow(
      /^Expected `settings` to be what can be sent to a thread, or `jobs` to be 1, got .*could not be cloned/,
    );
  });
});

describe("a run that fails", () => {
  const ONE = { optimizers: ["sgd"], seeds: [1, 2, 3, 4], steps: 20, lr: 0.1 };

  it("does not keep the others from being done, and is thrown at the end as it was", async () => {
    const dir = makeDir();
    const body = `if (seed === 2 && batch === 5) throw new ArgumentError("seed", "odd", seed);
      if (seed === 3 && batch === 7) throw Object.assign(new RangeError("too far"), { code: "FAR", at: { batch } })`;
    const problems = [problemOf("bowl.mjs", body, dir)];
    const [alone, together] = [
      await outcomeOf({ ...ONE, problems, jobs: 1 }),
      await outcomeOf({ ...ONE, problems, jobs: 2 }),
    ];
    expect(together.results).toEqual(alone.results);
    expect(together.curves).toEqual(alone.curves);
    for (const { error, results } of [alone, together]) {
      expect(results.map(({ run, steps }) => [run, steps])).toEqual([
        ["Bowl_sgd_seed-1", 20],
        ["Bowl_sgd_seed-4", 20],
      ]);
      expect(error!.code).toBe("RUNS_FAILED");
      const [second, third] = error!.failures as [
        { run: string; error: Error },
        { run: string; error: Error },
      ];
      expect(error!.failures).toHaveLength(2);
      expect(error!.cause).toBe(second.error);
      expect(error!.message).toBe(
        `Bowl_sgd_seed-2: ${second.error.message}; Bowl_sgd_seed-3: ${third.error.message}`,
      );
      expect(second.run).toBe("Bowl_sgd_seed-2");
      expect(second.error).toMatchObject({ name: "ArgumentError", code: "INVALID_ARGUMENT" });
      expect(third).toMatchObject({ run: "Bowl_sgd_seed-3", error: { code: "FAR", at: { batch: 7 } } });
      expect(third.error).toBeInstanceOf(RangeError);
      expect(third.error.message).toMatch(/^too far/);
    }
    expect(together.error!.message).toBe(alone.error!.message);
    expect((together.error!.cause as Error) instanceof ArgumentError).toBe(true);
  });

  it("with its thread is named, and another thread does the rest", async () => {
    const body = `if (seed === 1 && batch === 5) process.exit(7);
      if (seed === 3) {
        if (batch === 5) setTimeout(() => { throw new Error("in a timer"); });
        // Longer than the loop holds the thread.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      }`;
    const { results, error } = await outcomeOf({ ...ONE, problems: [problemOf("bowl.mjs", body)], jobs: 2 });
    expect(results.map(({ run }) => run)).toEqual(["Bowl_sgd_seed-2", "Bowl_sgd_seed-4"]);
    const message = "The worker thread ended before the run did, with";
    expect(error!.message).toBe(
      `Bowl_sgd_seed-1: ${message} exit code 7; Bowl_sgd_seed-3: ${message} an error: in a timer`,
    );
    expect(error!.failures.map((failure) => failure.error)).toEqual([
      expect.any(ThreadError),
      expect.any(ThreadError),
    ]);
  });

  it("because something else is there is one of them", async () => {
    const logdir = join(makeDir(), "logs");
    mkdirSync(logdir);
    writeFileSync(join(logdir, "Online_sgd_seed-3"), "not a run");
    const options = { ...ONE, problems: ["online"], ifExists: "overwrite", verbose: 0, logdir } as const;
    for (const jobs of [1, 2]) {
      await expect(runExperiment({ ...options, jobs })).rejects.toMatchObject({
        results: [1, 2, 4].map((seed) => ({ run: `Online_sgd_seed-${seed}`, seed })),
        failures: [
          {
            run: "Online_sgd_seed-3",
            error: { name: "LogdirError", code: "NOT_A_DIRECTORY", path: join(logdir, "Online_sgd_seed-3") },
          },
        ],
      });
    }
  });
});

describe("two modules whose runs have one name", () => {
  it("are refused before anything is touched", async () => {
    const problems = [problemOf("bowl.mjs", ""), problemOf("bowl.mjs", "")];
    const logdir = join(makeDir(), "logs");
    await expect(runExperiment({ problems, optimizers: ["sgd"], logdir, verbose: 0 })).rejects.toThrow(
      "Expected `problems` to be such that no two runs have one name, got two runs Bowl_sgd",
    );
    expect(() => findRuns(logdir)).toThrow("no such file");
  });
});
