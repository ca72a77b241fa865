// The TensorBoard callback: which files it writes and what is in them, read back with every checksum.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArgumentError, LogdirError } from "../../../src/errors.js";
import {
  averageRegret,
  mean,
  onCheckpoint,
  onStepTraining,
  runningMean,
  TensorBoard,
  toDict,
  type State,
  type TensorBoardOptions,
  type Trial,
} from "../../../src/engine/index.js";
import { EventFileReader, findRuns } from "../../../src/events/index.js";
import { decodeScalar, SummaryWriter } from "../../../src/summary/index.js";
import { online } from "../trials.js";

let logDir: string;
beforeEach(() => {
  logDir = mkdtempSync(join(tmpdir(), "tnl-tensor-board-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(logDir, { recursive: true, force: true });
});

/** [step, value] of every point, by tag, by run; of a run's several files, one behind the other. */
type Logged = Record<string, Record<string, [step: number, value: number][]>>;

function logged(dir = logDir): Logged {
  return Object.fromEntries(findRuns(dir).map((run) => [run.name, pointsOf(run.files)]));
}

function pointsOf(files: readonly string[]): Logged[string] {
  const points: Logged[string] = {};
  for (const file of files) {
    const reader = new EventFileReader(file);
    for (const { step, summary = [] } of reader) {
      for (const value of summary) (points[value.tag] ??= []).push([Number(step), decodeScalar(value)!]);
    }
    expect(reader.pending).toBe(0);
    reader.close();
  }
  return points;
}

function filesOf(dir = logDir): Record<string, number> {
  return Object.fromEntries(findRuns(dir).map((run) => [run.name, run.files.length]));
}

/** A number that tells epoch and batch. */
const clock = (state: State): number => 1000 * state.epoch + state.batch;
const steps = (count: number, by = 1): number[] => Array.from({ length: count }, (_, i) => i * by);

async function train(
  options: TensorBoardOptions,
  sizes: readonly [number, number?],
  epochs = 1,
): Promise<Trial> {
  const tensorBoard = new TensorBoard({ logDir, ...options });
  const trial = online(tensorBoard, [toDict("a", clock), mean("m", clock)]).forSteps(...sizes);
  await trial.run(epochs);
  return trial;
}

describe("torchbearer's layout", () => {
  it("logs the steps of an epoch in a directory of its own, every 10th, by batch", async () => {
    await train({ writeBatchMetrics: true, writeEpochMetrics: false, comment: "adam" }, [35], 2);
    expect(logged()).toEqual({
      "Online_adam/epoch-0": { "batch/a": steps(4, 10).map((batch) => [batch, batch]) },
      "Online_adam/epoch-1": { "batch/a": steps(4, 10).map((batch) => [batch, 1000 + batch]) },
    });
    expect(filesOf()).toEqual({ "Online_adam/epoch-0": 1, "Online_adam/epoch-1": 1 });
  });

  it("logs epochs in the run's directory, by epoch: what a new callback does", async () => {
    await train({}, [3, 2], 2);
    expect(logged()).toEqual({
      Online_torchbearer: {
        "epoch/a": [
          [0, 2],
          [1, 1002],
        ],
        "epoch/m": [
          [0, 1],
          [1, 1001],
        ],
        "epoch/val_a": [
          [0, 1],
          [1, 1001],
        ],
        "epoch/val_m": [
          [0, 0.5],
          [1, 1000.5],
        ],
      },
    });
  });

  it("logs both", async () => {
    await train({ writeBatchMetrics: true, batchStepSize: 2 }, [3], 1);
    expect(logged()).toEqual({
      Online_torchbearer: { "epoch/a": [[0, 2]], "epoch/m": [[0, 1]] },
      "Online_torchbearer/epoch-0": {
        "batch/a": [
          [0, 0],
          [2, 2],
        ],
      },
    });
  });

  it("logs the steps of a validation beside those of its epoch", async () => {
    await train({ writeBatchMetrics: true, writeEpochMetrics: false, batchStepSize: 3 }, [5, 4]);
    expect(logged()).toEqual({
      "Online_torchbearer/epoch-0": {
        "batch/a": [
          [0, 0],
          [3, 3],
        ],
        "batch/val_a": [
          [0, 0],
          [3, 3],
        ],
      },
    });
  });

  it("goes on in the right directories in a second run", async () => {
    const trial = await train({ writeBatchMetrics: true, comment: "again" }, [5], 1);
    await trial.run(3);
    await trial.run(3);
    expect(Object.keys(logged())).toEqual([
      "Online_again",
      "Online_again/epoch-0",
      "Online_again/epoch-1",
      "Online_again/epoch-2",
    ]);
    expect(filesOf()["Online_again"]).toBe(2);
    expect(logged()["Online_again"]!["epoch/a"]).toEqual([
      [0, 4],
      [1, 1004],
      [2, 2004],
    ]);
  });

  it("logs what is there when the run is stopped", async () => {
    const tensorBoard = new TensorBoard({ logDir, writeBatchMetrics: true, batchStepSize: 1 });
    const stop = onStepTraining((state) => void (state.stopTraining = state.batch === 1));
    await online([tensorBoard, stop], [toDict("a", clock)])
      .forSteps(5, 5)
      .run(2);
    expect(logged()).toEqual({
      Online_torchbearer: { "epoch/a": [[0, 1]] },
      "Online_torchbearer/epoch-0": {
        "batch/a": [
          [0, 0],
          [1, 1],
        ],
      },
    });
  });
});

describe("the flat layout", () => {
  it("is one directory with a step that counts all batches", async () => {
    const trial = await train(
      { layout: "flat", writeBatchMetrics: true, batchStepSize: 2, comment: "flat" },
      [5],
      2,
    );
    await trial.run(3);
    expect(logged()).toEqual({
      Online_flat: {
        "batch/a": [0, 2, 4, 5, 7, 9, 10, 12, 14].map((step) => [step, clockAt(step, 5)]),
        "epoch/a": [4, 9, 14].map((step) => [step, clockAt(step, 5)]),
        "epoch/m": [4, 9, 14].map((step) => [step, clockAt(step - 2, 5)]),
      },
    });
    expect(filesOf()).toEqual({ Online_flat: 2 });
  });

  it("counts the batches of validation by themselves, so that no tag goes back", async () => {
    await train(
      { layout: "flat", writeBatchMetrics: true, writeEpochMetrics: false, batchStepSize: 1 },
      [1, 3],
      2,
    );
    expect(logged()).toEqual({
      Online_torchbearer: {
        "batch/a": [
          [0, 0],
          [1, 1000],
        ],
        "batch/val_a": steps(6).map((step) => [step, clockAt(step, 3)]),
      },
    });
  });

  it("counts validation alone too", async () => {
    await train({ layout: "flat", writeEpochMetrics: true }, [0, 3], 2);
    expect(logged()["Online_torchbearer"]!["epoch/val_a"]).toEqual([
      [2, 2],
      [5, 1002],
    ]);
  });

  it("counts an epoch without end from 0", async () => {
    const tensorBoard = new TensorBoard({
      logDir,
      layout: "flat",
      writeBatchMetrics: true,
      batchStepSize: 4,
    });
    const stop = onStepTraining((state) => void (state.stopTraining = state.batch === 9));
    await online([tensorBoard, stop], [toDict("a", clock)])
      .forInfTrainSteps()
      .run();
    expect(logged()["Online_torchbearer"]).toEqual({
      "batch/a": [0, 4, 8].map((step) => [step, step]),
      "epoch/a": [[9, 9]],
    });
  });

  function clockAt(step: number, stepsOfEpoch: number): number {
    return 1000 * Math.floor(step / stepsOfEpoch) + (step % stepsOfEpoch);
  }
});

describe("the points", () => {
  it("are all metrics of a step, in one event", async () => {
    const tensorBoard = new TensorBoard({ logDir, writeBatchMetrics: true, writeEpochMetrics: false });
    await online(tensorBoard, [
      toDict("a", clock),
      averageRegret(),
      mean("m", clock),
      runningMean(["a", clock]),
    ])
      .forTrainSteps(11)
      .run();
    const [run] = findRuns(logDir);
    const events = [...new EventFileReader(run!.files[0]!)];
    expect(events).toHaveLength(3);
    expect(events[0]!.fileVersion).toBe("brain.Event:2");
    expect(events.slice(1).map(({ step, summary }) => [step, summary!.map(({ tag }) => tag)])).toEqual([
      [0, ["batch/a", "batch/average_regret", "batch/running_a"]],
      [10, ["batch/a", "batch/average_regret", "batch/running_a"]],
    ]);
  });

  it("are those before the projection, as the tutorial logs them", async () => {
    // toDict is asked before any callback; here the callback in front of TensorBoard changes x.
    const trial = online(
      [
        onStepTraining((state) => void (state.model.parameters()[0]!.data[0] = 7)),
        new TensorBoard({ logDir, writeBatchMetrics: true, writeEpochMetrics: false, batchStepSize: 1 }),
      ],
      [toDict("x", (state) => state.model.parameters()[0]!.item())],
    );
    await trial.forTrainSteps(1).run();
    expect(logged()["Online_torchbearer/epoch-0"]!["batch/x"]![0]![1]).toBeCloseTo(0.001, 9);
  });

  it("are 600 of 6,000 steps, not one lost", async () => {
    await train({ writeBatchMetrics: true, writeEpochMetrics: false }, [6000]);
    expect(logged()["Online_torchbearer/epoch-0"]!["batch/a"]).toEqual(
      steps(600, 10).map((step) => [step, step]),
    );
  });
});

describe("a file", () => {
  it.each<[string, TensorBoardOptions]>([
    ["nothing is to be written", { writeBatchMetrics: false, writeEpochMetrics: false }],
    ["the layout is flat and nothing is to be written", { layout: "flat", writeEpochMetrics: false }],
  ])("is not made when %s", async (_name, options) => {
    await train(options, [20], 2);
    expect(logged()).toEqual({});
  });

  it("is not made where there are no metrics", async () => {
    const tensorBoard = new TensorBoard({ logDir, writeBatchMetrics: true });
    await online(tensorBoard).forSteps(20, 20).run();
    expect(logged()).toEqual({});
  });

  it("is not made when the run has no epoch left", async () => {
    const tensorBoard = new TensorBoard({ logDir, writeBatchMetrics: true });
    const trial = online(tensorBoard, [toDict("a", clock)]).forTrainSteps(2);
    await trial.run(0);
    expect(logged()).toEqual({});
  });

  it("of an epoch is closed at its end, that of the run at its end", async () => {
    const tensorBoard = new TensorBoard({ logDir, writeBatchMetrics: true });
    // A second writer on a directory is refused while it is in use.
    const probe = (dir: string): string => {
      try {
        const other = new TensorBoard({ logDir, comment: dir, writeEpochMetrics: true });
        other.onStart(trial.state);
        other.onEnd(trial.state);
        return "free";
      } catch (error) {
        return (error as LogdirError).code;
      }
    };
    const seen: string[] = [];
    const look = onCheckpoint(() => void seen.push(probe("torchbearer"), probe("torchbearer/epoch-0")));
    const trial = online([tensorBoard, look], [toDict("a", clock)]).forTrainSteps(1);
    await trial.run();
    expect(seen).toEqual(["RUN_IN_USE", "free"]);
    expect(probe("torchbearer")).toBe("free");
  });

  it("has everything up to an error, and is closed", async () => {
    const fail = onStepTraining((state) => {
      if (state.batch === 25) throw new Error("halfway");
    });
    const trial = online([new TensorBoard({ logDir, writeBatchMetrics: true }), fail], [toDict("a", clock)]);
    await expect(trial.forTrainSteps(100).run()).rejects.toThrow("halfway");
    expect(logged()["Online_torchbearer/epoch-0"]!["batch/a"]!.map(([step]) => step)).toEqual([0, 10, 20]);
    // The directories are free for the next run.
    await train({ writeBatchMetrics: true }, [1]);
    expect(filesOf()["Online_torchbearer/epoch-0"]).toBe(2);
  });
});

describe("options", () => {
  it("are logs and torchbearer unless given", async () => {
    vi.spyOn(process, "cwd").mockReturnValue(logDir);
    const trial = online(new TensorBoard(), [toDict("a", clock)]).forTrainSteps(1);
    await trial.run();
    expect(existsSync(join(logDir, "logs", "Online_torchbearer"))).toBe(true);
    expect(logged(join(logDir, "logs"))).toEqual({ Online_torchbearer: { "epoch/a": [[0, 0]] } });
  });

  it("may make the writers", async () => {
    const dirs: string[] = [];
    const createWriter = (dir: string): SummaryWriter => {
      dirs.push(dir);
      return new SummaryWriter(dir, { filenameSuffix: "mine" });
    };
    await train({ createWriter, writeBatchMetrics: true }, [1]);
    expect(dirs).toEqual(["", "epoch-0"].map((name) => join(logDir, "Online_torchbearer", name)));
    const [run] = findRuns(logDir);
    expect(run!.files[0]).toMatch(/\.mine$/);
  });

  it("may make writers that write nothing", async () => {
    await train({ createWriter: () => SummaryWriter.noop(), writeBatchMetrics: true }, [20, 20], 2);
    expect(readdirSync(logDir)).toEqual([]);
  });

  it.each([
    [{ batchStepSize: 0 }, "Expected `batchStepSize` to be an integer from 1, got 0 (number)"],
    [{ batchStepSize: 2.5 }, "`batchStepSize`"],
    [{ batchStepSize: NaN }, "`batchStepSize`"],
    [{ layout: "nested" as never }, 'Expected `layout` to be "torchbearer" or "flat", got "nested" (string)'],
  ] satisfies [TensorBoardOptions, string][])("%j are refused", (options, message) => {
    expect(() => new TensorBoard(options)).toThrow(ArgumentError);
    expect(() => new TensorBoard(options)).toThrow(message);
  });

  it("that name a directory which cannot be written end the run before its first step", async () => {
    const batches: number[] = [];
    const trial = online(
      [
        new TensorBoard({ logDir: import.meta.filename }),
        onStepTraining((state) => void batches.push(state.batch)),
      ],
      [toDict("a", clock)],
    );
    await expect(trial.forTrainSteps(5).run()).rejects.toThrow(LogdirError);
    expect(batches).toEqual([]);
  });
});
