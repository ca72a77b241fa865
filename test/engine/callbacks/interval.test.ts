// Saving a training at regular intervals, where a signal ends it, and at its end.
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ArgumentError, WriteError } from "../../../src/errors.js";
import { cleanForFileName } from "../../../src/events/file-name.js";
import {
  Interval,
  latestCheckpoint,
  loadCheckpoint,
  MostRecent,
  onBackward,
  onlyIf,
  onStepTraining,
  type Callback,
  type IntervalOptions,
} from "../../../src/engine/index.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { make, names } from "./saved-trials.js";

const tempDir = useTempDir("interval");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("Interval", () => {
  it("saves every so many epochs, and keeps all", async () => {
    const dir = tempDir();
    await make([new Interval(join(dir, "{epoch}"), { epochs: 3 })])
      .forTrainSteps(2)
      .run(10);
    expect(names(dir)).toEqual(["2", "5", "8"]);
  });

  it("saves every so many steps over the epochs, and keeps the newest", async () => {
    const dir = tempDir();
    await make([
      new Interval(join(dir, "all-{epoch}-{batch}"), { steps: 3 }),
      new Interval(join(dir, "new-{step:02d}"), { steps: 3, keep: 2 }),
    ])
      .forTrainSteps(4)
      .run(3);
    expect(names(dir)).toEqual(["all-0-2", "all-1-1", "all-2-0", "all-2-3", "new-09", "new-12"]);
  });

  it("saves when so much time has passed", async () => {
    const dir = tempDir();
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const clock = onBackward(() => void (now += 100));
    await make([clock, new Interval(join(dir, "{batch:02d}"), { milliseconds: 450 })])
      .forTrainSteps(20)
      .run(1);
    // A step takes 100 ms: at the fifth, the tenth and so on.
    expect(names(dir)).toEqual(["04", "09", "14", "19"]);
  });

  it("deletes what a process has left that was killed while it saved its first file", async () => {
    const dir = tempDir();
    const left = join(dir, `.tnl-unfinished.${cleanForFileName(hostname())}.${process.pid}.abcdef`);
    writeFileSync(left, "");
    await make([new Interval(join(dir, "{epoch}"))])
      .forTrainSteps(2)
      .run(2);
    expect(names(dir)).toEqual(["0", "1"]);
  });

  it("saves where its signal ends a run, which goes on from there as if nothing had happened", async () => {
    for (const keepsTime of [false, true]) {
      const dir = tempDir();
      const whole = make([{}]).forSteps(7, 2);
      await whole.run(4);
      const controller = new AbortController();
      const abort = onStepTraining(({ epoch, batch }) => {
        if (epoch === 2 && batch === 3) controller.abort();
      });
      const saver = keepsTime
        ? new Interval(join(dir, "{step}"), { milliseconds: 1e9 })
        : new MostRecent(join(dir, "{step}"));
      const cut = make([saver, abort]).forSteps(7, 2);
      await cut.run(4, { signal: controller.signal });
      expect(names(dir)).toEqual(keepsTime ? ["18"] : ["14", "18"]);
      const { stateDict } = latestCheckpoint(dir)!;
      expect([stateDict.epoch, stateDict.stepsDone]).toEqual([2, 4]);
      const rest = make([{}, {}], [], 99).forSteps(7, 2).loadStateDict(stateDict);
      expect(await rest.run(4)).toEqual(whole.state.history);
      expect(rest.stateDict().model).toEqual(whole.stateDict().model);
    }
  });

  it("saves at the end too, once all other callbacks have ended, but not where a signal ended it", async () => {
    const dir = tempDir();
    const calls: string[] = [];
    const late: Callback = { onEnd: () => void calls.push("end"), stateDict: () => calls.slice() };
    const saver = (): Interval => new Interval(join(dir, "{step:02d}"), { steps: 4, keep: 2, atEnd: true });
    await make([saver(), late]).forTrainSteps(6).run(2);
    expect(names(dir)).toEqual(["08", "12"]);
    const { stateDict } = latestCheckpoint(dir)!;
    expect(stateDict.callbacks[1]).toEqual(["end"]);
    expect(stateDict.history).toHaveLength(2);
    const before = stateDict.model;
    const rest = make([saver(), {}]).forTrainSteps(6).loadStateDict(stateDict);
    await rest.run(2);
    expect(rest.stateDict().model).toEqual(before);
    const controller = new AbortController();
    const abort = onStepTraining(({ batch }) => void (batch === 1 && controller.abort()));
    await make([new Interval(join(dir, "cut-{step}"), { steps: 99, atEnd: true }), abort])
      .forTrainSteps(6)
      .run(1, { signal: controller.signal });
    expect(names(dir)).toEqual(["08", "12", "cut-2"]);
  });

  it("writes when the other callbacks have their files on the disk, while the training goes on", async () => {
    const dir = tempDir();
    const calls: string[] = [];
    const slow: Callback = {
      sync: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        calls.push(`synced beside ${names(dir).length}`);
      },
      onStepTraining: () => void calls.push("step"),
    };
    await make([new Interval(join(dir, "{step}"), { steps: 2 }), onlyIf(() => true, slow)])
      .forTrainSteps(4)
      .run(1);
    expect(calls).toEqual(["step", "step", "step", "step", "synced beside 0", "synced beside 1"]);
    // As it was when it was begun.
    expect([2, 4].map((step) => loadCheckpoint(join(dir, String(step))).stepsDone)).toEqual([2, 4]);
    const failing: Callback = { sync: async () => Promise.reject(new Error("no disk")) };
    const run = make([new Interval(join(dir, "{step}-x"), { steps: 2 }), failing])
      .forTrainSteps(4)
      .run(1);
    await expect(run).rejects.toThrow(/^no disk \(thrown by .* at sync, epoch 0, batch 3\)$/);
    expect(names(dir)).toEqual(["2", "4"]);
  });

  it("is called where it saves, and at no other step", async () => {
    const hooksOf = (options: IntervalOptions): string[] =>
      (["onStepTraining", "onPause"] as const).filter(
        (hook) => new Interval("c", options)[hook] !== undefined,
      );
    expect([{}, { epochs: 2 }, { steps: 2 }, { milliseconds: 2 }].map(hooksOf)).toEqual([
      [],
      [],
      ["onStepTraining"],
      ["onPause"],
    ]);
    const dir = tempDir();
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const clock = onBackward(() => void (now += 100));
    const late = onlyIf(
      ({ batch }) => batch > 10,
      new Interval(join(dir, "{batch:02d}"), { milliseconds: 450 }),
    );
    await make([clock, late]).forSteps(20, 20).run(1);
    expect(names(dir)).toEqual(["11", "16"]);
  });

  it("ends the run at the next step when a file cannot be written, and no later than its end", async () => {
    const dir = tempDir();
    mkdirSync(join(dir, "2"));
    const steps: number[] = [];
    // Gives what is written time to fail.
    const pause = onStepTraining(async ({ batch }) => {
      steps.push(batch);
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    const long = make([new Interval(join(dir, "{step}"), { steps: 2 }), pause])
      .forTrainSteps(9)
      .run(1);
    await expect(long).rejects.toThrow(WriteError);
    expect(steps).toEqual([0, 1, 2]);
    const short = make([new Interval(join(dir, "{step}"), { steps: 2 })])
      .forTrainSteps(2)
      .run(1);
    await expect(short).rejects.toThrow(WriteError);
    expect(names(dir)).toEqual(["2"]);
  });

  it("has written what it has begun when an error ends the run", async () => {
    const dir = tempDir();
    const failing: Callback = {
      sync: async () => new Promise((resolve) => setTimeout(resolve, 20)),
      onStepTraining: ({ batch }) => {
        if (batch === 3) throw new Error("in between");
      },
    };
    const run = make([new Interval(join(dir, "{step}"), { steps: 2 }), failing])
      .forTrainSteps(9)
      .run(1);
    await expect(run).rejects.toThrow("in between");
    expect(names(dir)).toEqual(["2"]);
  });

  it.each([
    [{ epochs: 0 }, "`epochs` to be an integer from 1"],
    [{ steps: 1.5 }, "`steps` to be an integer from 1"],
    [{ milliseconds: 0 }, "`milliseconds` to be a positive, finite number"],
    [{ milliseconds: Infinity }, "`milliseconds` to be a positive, finite number"],
    [{ keep: 0 }, "`keep` to be an integer from 1"],
    [{ steps: 1, milliseconds: 1 }, "`options` to be with one of epochs, steps and milliseconds"],
  ])("refuses %o", (options, message) => {
    expect(() => new Interval("c", options)).toThrow(ArgumentError);
    expect(() => new Interval("c", options)).toThrow(message);
    expect(() => new Interval("{", {})).toThrow("`fileFormat`");
  });
});
