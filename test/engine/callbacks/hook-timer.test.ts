// HookTimer: what is charged to what, by a clock that the tests advance, and by the real one.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { startHookClock } from "../../../src/engine/callbacks/hook-clock.js";
import {
  Adam,
  HookTimer,
  type Criterion,
  metric,
  Model,
  MostRecent,
  onBackward,
  onEndEpoch,
  onSample,
  onStepTraining,
  onStepValidation,
  Parameter,
  progressBar,
  TensorBoard,
  Trial,
  type Callback,
  type CallbackLike,
  type HookClock,
  type TrialOptions,
} from "../../../src/engine/index.js";
import { EventFileReader, findRuns } from "../../../src/events/index.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("hook-timer");

let cell: Int32Array;
let stopped: number;
beforeEach(() => {
  cell = new Int32Array(2);
  stopped = 0;
});

/** Lets the clock go on. */
function spend(milliseconds: number): void {
  cell[0]! += 10 * milliseconds;
}

function startClock(): HookClock {
  return { cell, ready: Promise.resolve(), stop: () => void stopped++ };
}

/** Each of its steps takes 3 ms forwards, 4 backwards and 5 in the criterion. */
class Slow extends Model {
  readonly x = new Parameter(1);

  override forward() {
    spend(3);
    return this.x.mul(2);
  }
}

const slowLoss: Criterion = (yPred) => {
  spend(5);
  return yPred;
};

const slowMetric = metric("m", () => {
  spend(2);
  return 1;
});

function trialOf(callbacks: CallbackLike, metrics: TrialOptions["metrics"] = [slowMetric]): Trial {
  const model = new Slow();
  const optimizer = Adam(model.parameters());
  const zeroGrad = optimizer.zeroGrad.bind(optimizer);
  optimizer.zeroGrad = () => {
    spend(4);
    zeroGrad();
  };
  const trial = new Trial(model, optimizer, slowLoss, { callbacks, metrics, verbose: 0 });
  return trial.withLoader(() => spend(1)) as unknown as Trial;
}

interface Written {
  readonly timer: HookTimer;
  readonly text: () => string;
}

function timerOf(): Written {
  let all = "";
  const stream = { write: (text: string) => (all += text) };
  return { timer: new HookTimer({ stream, startClock }), text: () => all };
}

/** Milliseconds and calls by name. */
function timesOf({ times }: HookTimer): Record<string, readonly [ms: number, calls: number] | number> {
  return Object.fromEntries(
    times.map(({ name, seconds, calls }) => {
      const ms = Math.round(seconds * 1e4) / 10;
      return [name, Number.isNaN(calls) ? ms : ([ms, calls] as const)];
    }),
  );
}

describe("what a training takes", () => {
  it("is charged to the phases and to each hook of each callback", async () => {
    class Tenth implements Callback {
      onStepTraining({ batch }: { batch: number }): void {
        if (batch % 10 === 0) spend(70);
      }
      onEndEpoch(): void {
        spend(6);
      }
    }
    const { timer } = timerOf();
    const quick = onStepTraining(function quick() {
      spend(1);
    });
    await trialOf([new Tenth(), timer, quick]).forSteps(20).run(2);
    expect(timesOf(timer)).toEqual({
      sample: 40 * 1,
      forward: 40 * 3,
      criterion: 40 * 5,
      backward: 40 * 4,
      update: 40 * 2,
      "Tenth.onStepTraining": [4 * 70, 40],
      "Tenth.onEndEpoch": [2 * 6, 2],
      "quick.onStepTraining": [40 * 1, 40],
    });
  });

  it("has the hooks of a phase beside it", async () => {
    const { timer } = timerOf();
    const sampled = onSample(function sampled() {
      spend(10);
    });
    const clip = onBackward(function clip() {
      spend(20);
    });
    await trialOf([timer, sampled, clip], []).forSteps(2).run();
    expect(timesOf(timer)).toEqual({
      ...{ sample: 2, forward: 6, criterion: 10, backward: 8 },
      "sampled.onSample": [20, 2],
      "clip.onBackward": [40, 2],
    });
  });

  it("has validations apart", async () => {
    const { timer } = timerOf();
    const look = onStepValidation(function look() {
      spend(9);
    });
    const trial = trialOf([timer, look]);
    trial.withLoader((state) => {
      spend(1);
      state.yTrue = 0;
    });
    await trial.forSteps(1, 3).run();
    expect(timesOf(timer)).toEqual({
      ...{ sample: 1, forward: 3, criterion: 5, backward: 4, update: 2 },
      ...{ val_sample: 3, val_forward: 9, val_criterion: 15, val_measure: 6 },
      "look.onStepValidation": [27, 3],
    });
  });

  it("counts a promise until it is settled, and no longer", async () => {
    const { timer } = timerOf();
    const slow = onStepTraining(async function slow() {
      spend(1);
      await Promise.resolve();
      spend(20);
    });
    const after = onStepTraining(function after() {
      spend(2);
    });
    await trialOf([slow, after, timer], []).forSteps(3).run();
    expect(timesOf(timer)).toMatchObject({
      "slow.onStepTraining": [63, 3],
      "after.onStepTraining": [6, 3],
    });
  });

  it("is that of the inner one, where a hook has others called", async () => {
    class Log implements Callback {
      sync(): void {
        spend(30);
      }
    }
    const { timer } = timerOf();
    const save = new MostRecent(join(tempDir(), "{epoch}.json"));
    const inner = save.onCheckpoint.bind(save);
    save.onCheckpoint = (state) => {
      spend(7);
      return inner(state);
    };
    await trialOf([save, new Log(), timer], []).forSteps(1).run();
    expect(timesOf(timer)).toMatchObject({
      "MostRecent.onCheckpoint": [7, 1],
      "Log.sync": [30, 1],
    });
  });

  it("is right where the clock's number wraps", async () => {
    cell[0] = 2 ** 31 - 25;
    const { timer } = timerOf();
    await trialOf(timer, []).forSteps(2).run();
    expect(timesOf(timer)).toEqual({ sample: 2, forward: 6, criterion: 10, backward: 8 });
  });

  it("is each run's own, and none of an evaluation", async () => {
    const { timer, text } = timerOf();
    const trial = trialOf(timer, []).forSteps(1, 1);
    trial.withLoader((state) => void (state.yTrue = 0));
    await trial.run(1);
    const first = timesOf(timer);
    await trial.evaluate();
    expect(timesOf(timer)).toEqual(first);
    await trial.run(2);
    expect(timesOf(timer)).toEqual(first);
    expect(text().match(/seconds/g)).toHaveLength(2);
    expect(stopped).toBe(2);
  });
});

describe("the table", () => {
  it("has the longest first, and comes behind the ends of the others", async () => {
    const { timer, text } = timerOf();
    const closing: Callback = {
      onEnd: function closing() {
        spend(1500);
      },
    };
    const nothing = onStepTraining(function nothing() {});
    await trialOf([timer, closing, nothing], []).forSteps(1000).run();
    expect(text()).toBe(`seconds  share  calls  of
  5.000  34.5%         criterion
  4.000  27.6%         backward
  3.000  20.7%         forward
  1.500  10.3%      1  closing.onEnd
  1.000   6.9%         sample
  0.000   0.0%  1,000  nothing.onStepTraining
`);
  });

  it("names callbacks of one kind apart, a progress bar too", async () => {
    const { timer } = timerOf();
    class Twice implements Callback {
      onEndEpoch(): void {
        spend(1);
      }
    }
    const stream = { write: () => true } as unknown as NodeJS.WriteStream;
    const callbacks = [timer, new Twice(), new Twice(), onEndEpoch(() => spend(5)), progressBar({ stream })];
    await trialOf(callbacks, []).forSteps(1).run();
    expect(timesOf(timer)).toMatchObject({
      "Twice.onEndEpoch": [1, 1],
      "Twice.onEndEpoch 2": [1, 1],
      "function.onEndEpoch": [5, 1],
    });
  });

  it("is written where the run fails, whose error says the same as without", async () => {
    const { timer, text } = timerOf();
    class Failing implements Callback {
      onStepTraining({ batch }: { batch: number }): void {
        spend(1);
        if (batch === 2) throw new Error("halfway");
      }
    }
    const run = trialOf([new Failing(), timer], []).forSteps(5).run();
    await expect(run).rejects.toThrow("halfway (thrown by Failing at onStepTraining, epoch 0, batch 2)");
    expect(timesOf(timer)["Failing.onStepTraining"]).toEqual([3, 3]);
    expect(text()).toContain("Failing.onStepTraining");
    expect(stopped).toBe(1);
  });

  it("is written nowhere with null", async () => {
    const timer = new HookTimer({ stream: null, startClock });
    await trialOf(timer, []).forSteps(1).run();
    expect(String(timer)).toContain("criterion");
  });
});

describe("the metric", () => {
  it("is the seconds of each epoch, logged as any other", async () => {
    const { timer } = timerOf();
    const logDir = tempDir();
    const wait = onEndEpoch(function wait({ epoch }) {
      spend(1000 * (epoch + 1));
    });
    const log = new TensorBoard({ logDir });
    const trial = trialOf([timer, wait, log], [timer.metric]).forSteps(2);
    const history = await trial.run(3);
    expect(history[0]).toMatchObject({ "time/forward": 0.006, "time/backward": 0.008, "time/update": 0 });
    // What comes behind an epoch's training is the next one's.
    expect(history.map((entry) => entry["time/wait.onEndEpoch"])).toEqual([0, 1, 2]);
    const [run] = findRuns(logDir);
    const tags = [...new EventFileReader(run!.files[0]!)].flatMap(({ summary = [] }) =>
      summary.map(({ tag }) => tag),
    );
    expect(tags).toContain("epoch/time/forward");
    expect(tags).toContain("epoch/time/TensorBoard.onEndEpoch");
  });

  it("has the same names in a training that is continued, with a progress bar or without", async () => {
    const make = (): Trial => {
      const { timer } = timerOf();
      return trialOf([timer, onEndEpoch(() => {})], [timer.metric]).forSteps(2);
    };
    const trial = make();
    await trial.run(1);
    const next = make().loadStateDict(trial.stateDict());
    const history = await next.run(2);
    expect(Object.keys(history[1]!)).toEqual(Object.keys(history[0]!));
  });
});

describe("the real clock", () => {
  it("charges a hook with what passes in it", async () => {
    let clock: HookClock | undefined;
    const timer = new HookTimer({ stream: null, startClock: () => (clock = startHookClock()) });
    const wait = onStepTraining(function wait({ batch }) {
      if (batch !== 1) return;
      const now = clock!.cell;
      const end = now[0]! + 200;
      // It ends by the thread's time alone.
      while (now[0]! < end);
    });
    await trialOf([timer, wait], []).forSteps(3).run();
    const { seconds, calls } = timer.times.find(({ name }) => name === "wait.onStepTraining")!;
    expect(seconds).toBeGreaterThanOrEqual(0.02);
    expect(calls).toBe(3);
  });

  it("does not keep the process alive, whatever becomes of the run", async () => {
    const program = `
      import { Adam, HookTimer, Online, Trial } from "./src/engine/index.ts";
      const model = new Online();
      const fail = { onStepTraining() { if (process.argv[1] === "fail") throw new Error("halfway"); } };
      const trial = new Trial(model, Adam(model.parameters()), undefined, {
        callbacks: [new HookTimer(), fail, ...(process.argv[1] === "hang" ? [{ onEnd: () => new Promise(() => {}) }] : [])],
        verbose: 0,
      });
      trial.forTrainSteps(1000).run().catch((error) => console.log(error.message));
    `;
    const root = join(import.meta.dirname, "..", "..", "..");
    const run = async (how: string) =>
      promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program, how], {
        cwd: root,
        timeout: 30_000,
      });
    expect((await run("end")).stderr).toContain("of");
    expect((await run("fail")).stdout).toContain("halfway");
    await run("hang");
  });
});
