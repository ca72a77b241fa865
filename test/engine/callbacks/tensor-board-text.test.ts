// TensorBoardText: which texts it writes and where, beside a TensorBoard, and after a checkpoint.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError, LogdirError } from "../../../src/errors.js";
import {
  Adam,
  loss,
  mean,
  onStepTraining,
  Online,
  TensorBoard,
  TensorBoardText,
  toDict,
  Trial,
  type CallbackLike,
  type State,
  type TensorBoardTextOptions,
  type TrialStateDict,
} from "../../../src/engine/index.js";
import { fromPlainJson, toPlainJson } from "../../../src/engine/plain-json.js";
import { findRuns } from "../../../src/events/index.js";
import { decodeScalar, decodeText, SummaryWriter } from "../../../src/summary/index.js";
import { filesOfRun, valuesByBoth } from "../../helpers/loader-rules.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("tensor-board-text");

/** [step, text] of every text that both loaders show, by tag, by run. */
function texts(logDir: string): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    findRuns(logDir).map(({ name, dir }) => [
      name,
      valuesByBoth(filesOfRun(dir), (each) => decodeText(each)),
    ]),
  );
}

/** A number that tells epoch and batch. */
const clock = (state: State): number => 1000 * state.epoch + state.batch + 0.5;

function trialWith(callbacks: CallbackLike, metrics = [toDict("a", clock), mean("m", clock)]): Trial {
  const model = new Online();
  return new Trial(model, Adam(model.parameters(), { lr: 0.25 }), loss, { callbacks, metrics, verbose: 0 });
}

async function train(options: TensorBoardTextOptions, epochs = 2): Promise<string> {
  const logDir = tempDir();
  await trialWith(new TensorBoardText({ logDir, comment: "t", ...options }))
    .forSteps(3, 2)
    .run(epochs);
  return logDir;
}

function table(...rows: [string, number][]): string[][] {
  return [["metric", "value"], ...rows.map(([name, value]) => [`\`${name}\``, `\`${value}\``])];
}

const TRIAL = `    -------------------- OPTIMIZER ---------------------
    Adam (lr 0.25, 1 parameters)
    
    -------------------- CRITERION ---------------------
    loss
    
    --------------------- METRICS ----------------------
    a, m
    
    -------------------- CALLBACKS ---------------------
    TensorBoardText
    
    ---------------------- MODEL -----------------------
    Online
      x: 1
    `;

describe("the texts", () => {
  it("are the trial and a table an epoch, in the run's directory", async () => {
    expect(texts(await train({}))).toEqual({
      Online_t: {
        trial: [[0, TRIAL]],
        epoch: [
          [0, table(["a", 2.5], ["m", 1.5], ["val_a", 1.5], ["val_m", 1])],
          [1, table(["a", 1002.5], ["m", 1001.5], ["val_a", 1001.5], ["val_m", 1001])],
        ],
      },
    });
  });

  it("are a table every so many steps of training, in the epoch's directory, by batch", async () => {
    const options = { writeBatchMetrics: true, batchStepSize: 2, writeEpochMetrics: false };
    expect(texts(await train({ ...options, logTrialSummary: false }))).toEqual({
      "Online_t/epoch-0": {
        batch: [
          [0, table(["a", 0.5])],
          [2, table(["a", 2.5])],
        ],
      },
      "Online_t/epoch-1": {
        batch: [
          [0, table(["a", 1000.5])],
          [2, table(["a", 1002.5])],
        ],
      },
    });
  });

  it("have one step that counts all batches in the flat layout", async () => {
    const logDir = await train({ layout: "flat", writeBatchMetrics: true, batchStepSize: 2 });
    const { Online_t: run, ...others } = texts(logDir);
    expect(others).toEqual({});
    expect(
      Object.entries(run!).map(([tag, each]) => [tag, (each as [number][]).map(([step]) => step)]),
    ).toEqual([
      ["trial", [0]],
      ["batch", [0, 2, 3, 5]],
      ["epoch", [2, 5]],
    ]);
  });

  it("are every hundredth step's unless told otherwise", async () => {
    const logDir = tempDir();
    const text = new TensorBoardText({ logDir, comment: "t", writeBatchMetrics: true });
    await trialWith(text).forTrainSteps(201).run();
    expect(texts(logDir)["Online_t/epoch-0"]).toEqual({
      batch: [0, 100, 200].map((batch) => [batch, table(["a", batch + 0.5])]),
    });
  });

  it("are none of an evaluation, a prediction or a trial without metrics, and the trial is written once", async () => {
    const logDir = tempDir();
    const trial = trialWith(new TensorBoardText({ logDir, comment: "t" })).forSteps(1, 1, 1);
    await trial.run(1);
    await trial.evaluate();
    await trial.predict();
    await trial.run(2);
    const { epoch, trial: summary } = texts(logDir)["Online_t"]!;
    expect(summary).toHaveLength(1);
    expect(epoch).toEqual([
      [0, table(["a", 0.5], ["m", 0.5], ["val_a", 0.5], ["val_m", 0.5])],
      [1, table(["a", 1000.5], ["m", 1000.5], ["val_a", 1000.5], ["val_m", 1000.5])],
    ]);
    const bare = tempDir();
    await trialWith(
      new TensorBoardText({ logDir: bare, logTrialSummary: false, writeBatchMetrics: true }),
      [],
    )
      .forSteps(3)
      .run(1);
    expect(texts(bare)).toEqual({});
  });

  it("keep names and numbers as they are", async () => {
    const logDir = tempDir();
    const metrics = [toDict("a*b*`c`", () => NaN), toDict("d", () => -0.1 / 3)];
    const text = new TensorBoardText({ logDir, comment: "t", logTrialSummary: false });
    await trialWith(text, metrics).forTrainSteps(1).run();
    expect(texts(logDir)["Online_t"]!["epoch"]).toEqual([
      [
        0,
        [
          ["metric", "value"],
          ["`a*b*'c'`", "`NaN`"],
          ["`d`", "`-0.03333333333333333`"],
        ],
      ],
    ]);
  });

  it("are those of a replay too", async () => {
    const logDir = tempDir();
    const trial = trialWith([]).forSteps(2, 1);
    await trial.run(2);
    await trial.replay(new TensorBoardText({ logDir, comment: "again" }), { verbose: 0 });
    const { epoch, trial: summary } = texts(logDir)["Online_again"]! as Record<string, [number, string][]>;
    expect(epoch!.map(([step]) => step)).toEqual([0, 1]);
    expect(summary![0]![1]).toContain("Adam (lr 0.25, 1 parameters)");
  });
});

describe("beside a TensorBoard", () => {
  it.each([
    ["before it", true],
    ["behind it", false],
  ])("%s in the list, it shares the files", async (_, isFirst) => {
    const logDir = tempDir();
    const options = { logDir, comment: "t", writeBatchMetrics: true, batchStepSize: 2 };
    const both = [new TensorBoardText(options), new TensorBoard(options)];
    const trial = trialWith(isFirst ? both : both.toReversed()).forSteps(3);
    await trial.run(2);
    await trial.run(3);
    const scalars = Object.fromEntries(
      findRuns(logDir).map(({ name, dir }) => [
        name,
        valuesByBoth(filesOfRun(dir), (each) => decodeScalar(each)),
      ]),
    );
    expect(scalars).toEqual({
      Online_t: {
        "epoch/a": [0, 1, 2].map((epoch) => [epoch, 1000 * epoch + 2.5]),
        "epoch/m": [0, 1, 2].map((epoch) => [epoch, 1000 * epoch + 1.5]),
      },
      ...Object.fromEntries(
        [0, 1, 2].map((epoch) => [
          `Online_t/epoch-${epoch}`,
          { "batch/a": [0, 2].map((batch) => [batch, 1000 * epoch + batch + 0.5]) },
        ]),
      ),
    });
    expect(findRuns(logDir).map(({ files }) => files.length)).toEqual([2, 1, 1, 1]);
    expect(Object.keys(texts(logDir)["Online_t"]!)).toEqual(["trial", "epoch"]);
    expect(texts(logDir)["Online_t/epoch-2"]!["batch"]).toHaveLength(2);
  });

  it("does not share a writer that is asked for in another way, nor with one of its kind", async () => {
    const logDir = tempDir();
    const others: CallbackLike[] = [
      [new TensorBoard({ logDir }), new TensorBoard({ logDir })],
      [new TensorBoard({ logDir, maxPointsPerTag: 8 }), new TensorBoardText({ logDir })],
      [new TensorBoard({ logDir, overwrite: true }), new TensorBoardText({ logDir })],
    ];
    for (const callbacks of others) {
      const run = trialWith(callbacks).forSteps(1).run();
      await expect(run).rejects.toThrow(LogdirError);
      await expect(run).rejects.toMatchObject({ code: "RUN_IN_USE" });
    }
  });

  it("closes its files when another callback throws", async () => {
    const logDir = tempDir();
    const options = { logDir, comment: "t", writeBatchMetrics: true, batchStepSize: 1 };
    const fail = onStepTraining(({ batch }) => {
      if (batch === 1) throw new Error("halfway");
    });
    const trial = trialWith([new TensorBoardText(options), new TensorBoard(options), fail]).forSteps(3);
    await expect(trial.run()).rejects.toThrow("halfway");
    expect(texts(logDir)["Online_t/epoch-0"]!["batch"]).toHaveLength(2);
    // The directories are free.
    for (const run of ["Online_t", "Online_t/epoch-0"]) new SummaryWriter(join(logDir, run)).closeSync();
  });
});

describe("after a checkpoint", () => {
  it.each([
    ["torchbearer", {}],
    ["flat", { layout: "flat" }],
  ] as const)("the texts are the same, in the layout %s, from every step on", async (_, layout) => {
    const make = (logDir: string, others: CallbackLike = { runsLast: true }): Trial => {
      const options = { ...layout, logDir, comment: "t", writeBatchMetrics: true, batchStepSize: 2 };
      const both = [new TensorBoardText(options), new TensorBoard(options)];
      return trialWith([both, others]).forSteps(4, 1);
    };
    const whole = tempDir();
    const cuts: { dict: string; copy: string }[] = [];
    const take = {
      runsLast: true,
      onStepTraining: async (state: State) => {
        const dict = toPlainJson(state.stateDict(), "dict");
        const copy = tempDir();
        // What is logged behind the checkpoint is there, as after a kill.
        if (state.batch > 0) cpSync(whole, cuts.at(-1)!.copy, { recursive: true });
        cuts.push({ dict, copy });
      },
    };
    await make(whole, take).run(2);
    cpSync(whole, cuts.at(-1)!.copy, { recursive: true });
    cpSync(whole, cuts[3]!.copy, { recursive: true });
    expect(cuts).toHaveLength(8);
    for (const { dict, copy } of cuts) {
      await make(copy)
        .loadStateDict(fromPlainJson(dict) as TrialStateDict)
        .run(2);
      expect(texts(copy)).toEqual(texts(whole));
    }
  });
});

it.each([
  [{ batchStepSize: 0 }, "Expected `batchStepSize` to be an integer from 1, got 0 (number)"],
  [{ layout: "nested" as never }, 'Expected `layout` to be "torchbearer" or "flat", got "nested" (string)'],
] satisfies [TensorBoardTextOptions, string][])("%j is refused", (options, message) => {
  expect(() => new TensorBoardText(options)).toThrow(ArgumentError);
  expect(() => new TensorBoardText(options)).toThrow(message);
});
