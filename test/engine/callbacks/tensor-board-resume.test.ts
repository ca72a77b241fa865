// A training that is killed and goes on from a checkpoint: what both loaders make of its files is what the whole training logged.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  Adam,
  metric,
  onCheckpoint,
  onEndTraining,
  onStepTraining,
  runningMean,
  Stochastic,
  TensorBoard,
  Trial,
  type Callback,
  type TensorBoardOptions,
  type TrialStateDict,
} from "../../../src/engine/index.js";
import { fromPlainJson, toPlainJson } from "../../../src/engine/plain-json.js";
import { LogdirError } from "../../../src/errors.js";
import { findRuns } from "../../../src/events/index.js";
import { SummaryWriter } from "../../../src/summary/index.js";
import { byPythonRule, curvesIn, shownCurves as shown } from "../../helpers/loader-rules.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("tensor-board-resume");
const EPOCHS = 3;

function make(logDir: string, options: TensorBoardOptions, others: Callback[] = []): Trial {
  const model = new Stochastic({ seed: 1 });
  const log = new TensorBoard({
    ...{ logDir, comment: "x", writeBatchMetrics: true, batchStepSize: 1 },
    ...options,
  });
  return new Trial(model, Adam(model.parameters()), undefined, {
    metrics: [metric("x", () => model.x.item()), runningMean(["mean", () => model.x.item()])],
    callbacks: [log, others],
    verbose: 0,
  }).forSteps(4, 2) as unknown as Trial;
}

/** A moment of a training: its state dict, and its logs as a kill would leave them. */
interface Moment {
  readonly dict: string;
  readonly logDir: string;
}

/** Trains in a directory of its own, which is copied at every step, end of training and checkpoint. */
async function moments(options: TensorBoardOptions, before?: (logDir: string) => void): Promise<Moment[]> {
  const logDir = tempDir();
  before?.(logDir);
  const all: Moment[] = [];
  const take: Callback = {
    ...onStepTraining(
      onEndTraining(
        onCheckpoint((state) => {
          const dict = toPlainJson(state.stateDict(), "dict");
          const copy = tempDir();
          cpSync(logDir, copy, { recursive: true });
          all.push({ dict, logDir: copy });
        }),
      ),
    ),
    runsLast: true,
  };
  await make(logDir, options, [take]).run(EPOCHS);
  expect(all).toHaveLength(EPOCHS * 6);
  return all;
}

async function goOn(dict: string, logDir: string, options: TensorBoardOptions): Promise<void> {
  const trial = make(logDir, options, [{ runsLast: true }]);
  await trial.loadStateDict(fromPlainJson(dict) as TrialStateDict).run(EPOCHS);
}

const LAYOUTS: [string, TensorBoardOptions][] = [
  ["a directory an epoch, and the run's", {}],
  ["a directory an epoch alone", { writeEpochMetrics: false }],
  ["the run's directory alone", { writeBatchMetrics: false }],
  ["one directory for all", { layout: "flat" }],
  ["bounded runs", { maxPointsPerTag: 8, batchStepSize: 2 }],
];

describe.each(LAYOUTS)("a training with %s", (_, options) => {
  it("is logged as if it had not been killed, whatever came behind the checkpoint", async () => {
    const wholeDir = tempDir();
    await make(wholeDir, options).run(EPOCHS);
    const whole = shown(wholeDir);
    const all = await moments(options);
    for (const [i, { dict }] of all.entries()) {
      for (const { logDir } of new Set([all[i]!, all[i + 1] ?? all[i]!, all.at(-1)!])) {
        const dir = tempDir();
        cpSync(logDir, dir, { recursive: true });
        await goOn(dict, dir, options);
        expect(shown(dir)).toEqual(whole);
        rmSync(dir, { recursive: true });
      }
    }
  });

  it("goes on from one checkpoint again and again, and from older ones", async () => {
    const wholeDir = tempDir();
    await make(wholeDir, options).run(EPOCHS);
    const all = await moments(options);
    const dir = all.at(-1)!.logDir;
    for (const i of [10, 10, 3, 12, 0, 7, 17, 1]) {
      await goOn(all[i]!.dict, dir, options);
      expect(shown(dir)).toEqual(shown(wholeDir));
    }
  });
});

describe("what others have logged in the run's directories", () => {
  const earlier = (logDir: string): void => {
    for (const run of ["Stochastic_x", "Stochastic_x/epoch-0", "Stochastic_x/epoch-2"]) {
      const writer = new SummaryWriter(join(logDir, run));
      for (let step = 0; step < 20; step++) writer.addScalar("batch/x", 5, step);
      writer.addScalar("other", 1, 0);
      writer.closeSync();
    }
  };

  it("stays in front, and in a training that is continued too", async () => {
    const wholeDir = tempDir();
    earlier(wholeDir);
    await make(wholeDir, {}).run(EPOCHS);
    const all = await moments({}, earlier);
    for (const i of [0, 5, 9, 14]) {
      const dir = tempDir();
      cpSync(all[15]!.logDir, dir, { recursive: true });
      await goOn(all[i]!.dict, dir, {});
      expect(curvesIn(dir)).toEqual(curvesIn(wholeDir));
      expect(curvesIn(dir, byPythonRule)["Stochastic_x/epoch-2"]!["other"]).toEqual([{ step: 0, value: 1 }]);
    }
  });

  it("is void with overwrite, and a training that is continued goes on from its own", async () => {
    const cleanDir = tempDir();
    await make(cleanDir, {}).run(EPOCHS);
    const all = await moments({ overwrite: true }, earlier);
    for (const [i, from] of [
      [17, 17],
      [12, 3],
      [5, 0],
    ] as const) {
      const dir = all[i]!.logDir;
      await goOn(all[from]!.dict, dir, { overwrite: true });
      expect(shown(dir)).toEqual(shown(cleanDir));
    }
  });

  it("is void with overwrite where a training begins once more", async () => {
    const dir = tempDir();
    await make(dir, { overwrite: true }).run(EPOCHS);
    const whole = shown(dir);
    await make(dir, { overwrite: true }).run(2);
    await make(dir, { overwrite: true }).run(EPOCHS);
    expect(shown(dir)).toEqual(whole);
  });
});

describe("a trial that goes on itself", () => {
  it("goes on behind what it has logged, in a second run, after an evaluation and with overwrite", async () => {
    const dir = tempDir();
    const otherDir = tempDir();
    for (const [logDir, overwrite] of [
      [dir, true],
      [otherDir, false],
    ] as const) {
      const trial = make(logDir, { overwrite });
      await trial.run(1);
      await trial.evaluate();
      await trial.run(EPOCHS);
    }
    // An evaluation logs the epoch's validation once more.
    expect(curvesIn(dir, byPythonRule)).toEqual(curvesIn(otherDir, byPythonRule));
    expect(curvesIn(dir)["Stochastic_x"]!["epoch/x"]).toHaveLength(EPOCHS);
  });

  it("keeps its logs where it is continued and then evaluated", async () => {
    const all = await moments({});
    const { dict, logDir } = all.at(-1)!;
    const before = shown(logDir);
    const trial = make(logDir, {}, [{ runsLast: true }]);
    trial.loadStateDict(fromPlainJson(dict) as TrialStateDict);
    await trial.run(EPOCHS);
    await trial.evaluate();
    expect(curvesIn(logDir)["Stochastic_x/epoch-2"]!["batch/x"]).toEqual(
      before["Stochastic_x/epoch-2"]!["batch/x"],
    );
  });
});

it("a log that lost what the checkpoint knows is an error at the start, and nothing is changed", async () => {
  const all = await moments({});
  const { dict } = all[8]!;
  const dir = tempDir();
  mkdirSync(join(dir, "Stochastic_x"));
  await expect(goOn(dict, dir, {})).rejects.toThrow(LogdirError);
  await expect(goOn(dict, dir, {})).rejects.toMatchObject({ code: "POSITION_LOST" });
  expect(findRuns(dir)).toEqual([]);
});

it("a writer without a position goes on behind what is there", async () => {
  const all = await moments({ createWriter: () => SummaryWriter.noop() });
  const { logs } = (fromPlainJson(all[3]!.dict) as TrialStateDict).callbacks[0] as { logs: object };
  expect(logs).toEqual({ "": null, "epoch-0": null });
  await goOn(all[3]!.dict, tempDir(), { createWriter: () => SummaryWriter.noop() });
});
