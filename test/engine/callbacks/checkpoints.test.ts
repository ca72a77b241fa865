// The callbacks that save a training: which files there are, what is in them, and that a killed training goes on from them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ArgumentError, ContextError, UnknownNameError, WriteError } from "../../../src/errors.js";
import type { Stochastic, Trial } from "../../../src/engine/index.js";
import {
  Best,
  CSVLogger,
  EarlyStopping,
  ExponentialLR,
  Interval,
  latestCheckpoint,
  loadCheckpoint,
  ModelCheckpoint,
  MostRecent,
  onCheckpoint,
  onEndEpoch,
  onlyIf,
  onSample,
  onStart,
  type BestOptions,
  type Callback,
  type ModelStateDict,
  type TrialStateDict,
} from "../../../src/engine/index.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { make, names } from "./saved-trials.js";

const tempDir = useTempDir("checkpoints");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("MostRecent", () => {
  it("keeps the two newest files", async () => {
    const dir = tempDir();
    const seen: string[][] = [];
    const look = onStart(onEndEpoch(() => void seen.push(names(dir))));
    const recent = new MostRecent(join(dir, "{epoch:02d}-{step:03d}.json"));
    await make([recent, look]).forTrainSteps(5).run(4);
    expect(seen).toEqual([
      [],
      [],
      ["00-005.json"],
      ["00-005.json", "01-010.json"],
      ["01-010.json", "02-015.json"],
    ]);
    expect(names(dir)).toEqual(["02-015.json", "03-020.json"]);
    expect(recent.files.map((path) => basename(path))).toEqual(names(dir));
  });

  it("makes of one name one file, and of keep: 1 one", async () => {
    const dir = tempDir();
    await make([new MostRecent(join(dir, "c.json")), new MostRecent(join(dir, "{epoch}"), { keep: 1 })])
      .forTrainSteps(1)
      .run(3);
    expect(names(dir)).toEqual(["2", "c.json"]);
    expect(loadCheckpoint(join(dir, "c.json")).epoch).toBe(3);
  });

  it("has checkpoints/ by default", async () => {
    vi.spyOn(process, "cwd").mockReturnValue(tempDir());
    const recent = new MostRecent();
    await make([recent]).forTrainSteps(2).run(1);
    expect(recent.files).toEqual([join(process.cwd(), "checkpoints", "00-00000002.json")]);
  });

  it("holds the trial's state dict, and the whole training goes on from it", async () => {
    const dir = tempDir();
    const whole = make([{}]).forTrainSteps(5);
    await whole.run(4);
    await make([new MostRecent(join(dir, "{epoch}"))])
      .forTrainSteps(5)
      .run(2);
    const { stateDict, path } = latestCheckpoint(dir)!;
    expect(basename(path)).toBe("1");
    const rest = make([new MostRecent(join(dir, "{epoch}"))], [], 99)
      .forTrainSteps(5)
      .loadStateDict(stateDict);
    expect(await rest.run(4)).toEqual(whole.state.history);
    expect(rest.stateDict().model).toEqual(whole.stateDict().model);
    expect(names(dir)).toEqual(["2", "3"]);
  });

  it("has what the callbacks behind it remember after this epoch", async () => {
    const dir = tempDir();
    const stop = new EarlyStopping({ monitor: "score", patience: 3, mode: "max" });
    await make([new MostRecent(join(dir, "c")), stop], [5, 4, 4])
      .forTrainSteps(1)
      .run(3);
    expect(loadCheckpoint(join(dir, "c")).callbacks[1]).toMatchObject({ wait: 2, best: 5 });
  });

  it("can save the model alone", async () => {
    const path = join(tempDir(), "m.json");
    const trial = make([new MostRecent(path, { saveModelParamsOnly: true })]).forTrainSteps(3);
    await trial.run(1);
    const model = loadCheckpoint<ModelStateDict>(path);
    expect(model).toEqual(trial.state.model.stateDict());
    const other = make([]);
    other.state.model.loadStateDict(model);
    expect(other.state.model.x.data).toEqual(trial.state.model.x.data);
  });

  it("does nothing in evaluations, predictions and replays", async () => {
    const dir = tempDir();
    const trial = make([
      new MostRecent(join(dir, "r{run}-{epoch}")),
      new Interval(join(dir, "i{run}-{epoch}-{batch}"), { steps: 1 }),
    ]).forSteps(1, 1, 1);
    await trial.run(1);
    await trial.evaluate();
    await trial.predict();
    await trial.replay(new Interval(join(dir, "replay"), { steps: 1 }));
    expect(names(dir)).toEqual(["i0-0-0", "r0-0"]);
  });

  it("is called last through a condition, too", async () => {
    const dir = tempDir();
    const calls: string[] = [];
    const saver: Callback = onlyIf(({ epoch }) => epoch > 0, new MostRecent(join(dir, "{epoch}")));
    const late = onCheckpoint(() => void calls.push(names(dir).join()));
    await make([saver, late]).forTrainSteps(1).run(3);
    expect(calls).toEqual(["", "", "1"]);
    expect(names(dir)).toEqual(["1", "2"]);
  });
});

describe("Best", () => {
  it.each<[string, BestOptions, number[], string[]]>([
    ["the lowest", {}, [3, 1, 2, 1, 5], ["1"]],
    ["the highest", { mode: "max" }, [3, 1, 5, 4], ["2"]],
    ["the best three", { saveTopK: 3 }, [5, 4, 9, 3, 6, 3.5], ["1", "3", "5"]],
    ["of equals the earlier", { saveTopK: 2 }, [2, 2, 2], ["0", "1"]],
    ["what is better by enough", { minDelta: 1 }, [3, 2.5, 2, 1.9, 0.9], ["3"]],
    ["what is seen every other epoch", { period: 2 }, [0, 5, 1, 4, 2, 6], ["3"]],
    ["no NaN", { saveTopK: 3 }, [NaN, 2, NaN], ["1"]],
    ["infinities", {}, [Infinity, -Infinity, 0], ["1"]],
  ])("keeps %s", async (_name, options, scores, expected) => {
    const dir = tempDir();
    const best = new Best(join(dir, "{epoch}"), { monitor: "score", ...options });
    await make([best], scores).forTrainSteps(2).run(scores.length);
    expect(names(dir)).toEqual(expected);
    expect(best.files.map((path) => basename(path)).toSorted()).toEqual(expected);
  });

  it("knows the best, and has it in the name", async () => {
    const dir = tempDir();
    const best = new Best(join(dir, "{epoch:02d}-{score:.2f}.json"), { monitor: "score", saveTopK: 2 });
    expect(best.best).toBeUndefined();
    await make([best], [3, 0.126, 2]).forTrainSteps(1).run(3);
    expect(best.best).toEqual({ path: join(dir, "01-0.13.json"), value: 0.126 });
    expect(names(dir)).toEqual(["01-0.13.json", "02-2.00.json"]);
  });

  it("goes on in a continued training, and deletes what the killed one was about to", async () => {
    const dir = tempDir();
    const scores = [5, 4, 6, 3, 7, 2, 4.5];
    const saver = (): Best => new Best(join(dir, "{epoch}"), { monitor: "score", saveTopK: 2 });
    await make([saver()], scores).forTrainSteps(2).run(7);
    const expected = names(dir);
    expect(expected).toEqual(["3", "5"]);
    const dicts: TrialStateDict[] = [];
    const take: Callback = { ...onCheckpoint((state) => void dicts.push(state.stateDict())), runsLast: true };
    await make([saver(), take], scores).forTrainSteps(2).run(7);
    for (const dict of dicts) {
      const rest = make([saver(), {}], scores, 9).forTrainSteps(2);
      await rest.loadStateDict(dict).run(7);
      expect(names(dir)).toEqual(expected);
    }
    // Killed between the writing of 3 and the deleting of 0.
    const killed = loadCheckpoint(join(dir, "3"));
    writeFileSync(join(dir, "notes"), "of somebody else");
    await make([saver()], scores).forTrainSteps(2).run(1);
    expect(names(dir)).toEqual(["0", "3", "5", "notes"]);
    const { kept, dropped } = killed.callbacks[0] as { kept: object[]; dropped: object[] };
    expect(dropped).toEqual([{ path: join(dir, "0"), value: 5 }]);
    const forged = {
      ...killed,
      callbacks: [{ kept, epochs: 0, dropped: [...dropped, { path: join(dir, "notes"), value: 0 }] }],
    };
    await make([saver()], scores).forTrainSteps(2).loadStateDict(forged).run(4);
    expect(names(dir)).toEqual(["3", "5", "notes"]);
  });

  it("is not told by an epoch that a signal has cut", async () => {
    const dir = tempDir();
    const controller = new AbortController();
    const abort = onSample(({ epoch }) => void (epoch === 1 && controller.abort()));
    await make([new Best(join(dir, "{epoch}"), { monitor: "score" }), abort], [3, 1])
      .forTrainSteps(3)
      .run(5, { signal: controller.signal });
    expect(names(dir)).toEqual(["0"]);
  });

  it("says which metrics there are", async () => {
    const dir = tempDir();
    await expect(
      make([new Best(join(dir, "c"))])
        .forTrainSteps(1)
        .run(1),
    ).rejects.toThrow('Unknown metric "val_loss". Known: score, running_x');
    const badName = new Best(join(dir, "{val_loss}"), { monitor: "score" });
    await expect(make([badName]).forTrainSteps(1).run(1)).rejects.toThrow(UnknownNameError);
    expect(names(dir)).toEqual([]);
  });

  it.each<[BestOptions, string]>([
    [{ saveTopK: 0 }, "`saveTopK`"],
    [{ period: 0 }, "`period`"],
    [{ minDelta: -1 }, "`minDelta`"],
    [{ mode: "low" as never }, "`mode`"],
    [{ monitor: "" }, "`monitor`"],
  ])("refuses %o", (options, message) => {
    expect(() => new Best("c", options)).toThrow(ArgumentError);
    expect(() => new Best("c", options)).toThrow(message);
  });
});

describe("ModelCheckpoint", () => {
  it("is torchbearer's choice of the two", async () => {
    const dir = tempDir();
    const best = ModelCheckpoint(join(dir, "best-{epoch}"), { monitor: "score", saveBestOnly: true });
    const all = ModelCheckpoint(join(dir, "all-{epoch}"), { period: 2 });
    expect([best.constructor, all.constructor]).toEqual([Best, Interval]);
    await make([best, all], [3, 1, 2, 4]).forTrainSteps(1).run(4);
    expect(names(dir)).toEqual(["all-1", "all-3", "best-1"]);
    expect(() => ModelCheckpoint("c", { period: 0 })).toThrow("`period`");
  });
});

describe("a checkpoint that cannot be written", () => {
  it("ends the run by a WriteError, and the old files stay", async () => {
    const dir = tempDir();
    mkdirSync(join(dir, "1"));
    const run = make([new MostRecent(join(dir, "{epoch}"), { keep: 1 })])
      .forTrainSteps(1)
      .run(5);
    await expect(run).rejects.toThrow(WriteError);
    await expect(run).rejects.toThrow(/^Cannot write the checkpoint .*1: [^(]*(\(E[A-Z]+\))?$/);
    expect(names(dir)).toEqual(["0", "1"]);
    expect(loadCheckpoint(join(dir, "0")).epoch).toBe(1);
  });
});

describe("state.stateDict", () => {
  it("is the trial's, and of a replay there is none", async () => {
    let ofState: TrialStateDict | undefined;
    const take = onCheckpoint((state) => void (ofState = state.stateDict()));
    const trial = make([take]).forTrainSteps(2);
    await trial.run(1);
    expect(ofState).toEqual(trial.stateDict());
    const fail = onStart((state) => void state.stateDict());
    await expect(trial.replay(fail)).rejects.toThrow(ContextError);
  });
});

describe("everything together", () => {
  it("goes on from each file to the same parameters, rates, log and end", async () => {
    const scores = [9, 8, 8.5, 7, 6, 6.5, 6.5, 6.5, 1];
    const build = (dir: string, seed: number): Trial<Stochastic> =>
      make(
        [
          new Interval(join(dir, "c", "{step:03d}"), { steps: 3 }),
          new CSVLogger(join(dir, "log.csv"), { batchGranularity: true }),
          new ExponentialLR({ gamma: 0.9 }),
          new EarlyStopping({ monitor: "val_score", patience: 3 }),
          new Best(join(dir, "best-{epoch}"), { monitor: "val_score" }),
        ],
        scores,
        seed,
      ).forSteps(7, 2);
    const dir = tempDir();
    const whole = build(dir, 1);
    const history = [...(await whole.run(9))];
    expect(history).toHaveLength(8);
    const log = readFileSync(join(dir, "log.csv"), "utf8");
    const files = names(join(dir, "c"));
    expect(files).toHaveLength(Math.floor((8 * 7) / 3));
    for (const file of files) {
      const rest = build(dir, 99).loadStateDict(loadCheckpoint(join(dir, "c", file)));
      expect(await rest.run(9)).toEqual(history);
      expect(rest.state.stopReason).toBe(whole.state.stopReason);
      expect(rest.stateDict()).toEqual(whole.stateDict());
      expect(rest.state.optimizer!.paramGroups[0]!.lr).toBe(whole.state.optimizer!.paramGroups[0]!.lr);
      expect(readFileSync(join(dir, "log.csv"), "utf8")).toBe(log);
      expect(names(dir)).toEqual(["best-4", "c", "log.csv"]);
    }
  });
});
