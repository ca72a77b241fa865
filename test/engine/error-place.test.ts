// What a callback or a metric throws says where it was, and stays what it was.
import { describe, expect, it } from "vitest";
import { ArgumentError, CallbackError, TnlError, WriteError } from "../../src/errors.js";
import {
  mean,
  metric,
  onEndEpoch,
  onStart,
  onStepTraining,
  toDict,
  type Callback,
  type State,
} from "../../src/engine/index.js";
import { withPlace } from "../../src/engine/error-place.js";
import { online } from "./trials.js";

/** What a run throws, whatever it is. */
async function thrownBy(run: () => Promise<unknown>): Promise<unknown> {
  return run().then(
    () => expect.unreachable("nothing was thrown"),
    (error: unknown) => error,
  );
}

class Failing implements Callback {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
  onStepTraining(state: State): void {
    if (state.epoch === 1 && state.batch === 2) throw this.error;
  }
}

describe("an error of a callback", () => {
  it("names callback, hook and place, in message and stack, and is the same object", async () => {
    const error = new RangeError("too small");
    const thrown = await thrownBy(() => online(new Failing(error)).forTrainSteps(5).run(3));
    expect(thrown).toBe(error);
    const message = "too small (thrown by Failing at onStepTraining, epoch 1, batch 2)";
    expect(error.message).toBe(message);
    expect(error.stack?.split("\n")[0]).toBe(`RangeError: ${message}`);
    expect(error.stack).toContain("error-place.test.ts");
    expect(Object.keys(error)).toEqual([]);
  });

  it("keeps class and code", async () => {
    const error = new ArgumentError("x", "a number", "text");
    const thrown = await thrownBy(() => online(new Failing(error)).forTrainSteps(5).run(3));
    expect(thrown).toBe(error);
    expect(thrown).toMatchObject({ code: "INVALID_ARGUMENT", argument: "x" });
    expect(error.message).toMatch(/^Expected `x` to be a number, .* \(thrown by Failing at onStepTraining, /);
  });

  it("about a file says no more than the file", async () => {
    const error = new WriteError("log.csv", Object.assign(new Error("full"), { code: "ENOSPC" }));
    const thrown = await thrownBy(() => online(new Failing(error)).forTrainSteps(5).run(3));
    expect(thrown).toBe(error);
    expect(thrown).toMatchObject({ code: "WRITE_FAILED", errno: "ENOSPC", path: "log.csv" });
    expect(error.message).toBe("Cannot write log.csv: no space left on the disk (ENOSPC)");
  });

  it.each([
    ["a promise", () => Promise.reject(new Error("late"))],
    ["the promise of a second callback", async () => Promise.resolve()],
  ])("is placed when it comes from %s", async (_name, f) => {
    const second = onEndEpoch(() => Promise.reject(new Error("late")));
    const thrown = await thrownBy(() =>
      online([onEndEpoch(f), second])
        .forTrainSteps(1)
        .run(),
    );
    expect((thrown as Error).message).toBe("late (thrown by { onEndEpoch } at onEndEpoch, epoch 0, batch 0)");
  });

  it("becomes a CallbackError when it is none", async () => {
    const thrown = await thrownBy(() => online(new Failing("just text")).forTrainSteps(5).run(3));
    expect(thrown).toBeInstanceOf(CallbackError);
    expect(thrown).toBeInstanceOf(TnlError);
    expect(thrown).toMatchObject({
      code: "CALLBACK_FAILED",
      cause: "just text",
      message: "just text (thrown by Failing at onStepTraining, epoch 1, batch 2)",
    });
  });

  it("keeps the first place, and a frozen one goes on as it is", async () => {
    const inner = onStepTraining(() => Promise.reject(new Error("deep")));
    const outer = onStart(async () => void (await online(inner).forTrainSteps(1).run()));
    const thrown = await thrownBy(() => online(outer).forTrainSteps(1).run());
    expect((thrown as Error).message).toBe(
      "deep (thrown by { onStepTraining } at onStepTraining, epoch 0, batch 0)",
    );
    const frozen = Object.freeze(new Error("frozen"));
    expect(withPlace(frozen, "a", "b", online().state)).toBe(frozen);
    expect(frozen.message).toBe("frozen");
  });

  it("of an object without a class names its hooks", async () => {
    const bare = Object.assign(Object.create(null) as Callback, { onStart: () => expect.unreachable("no") });
    const thrown = await thrownBy(() => online(bare).forTrainSteps(1).run());
    expect((thrown as Error).message).toMatch(/\(thrown by \{ onStart \} at onStart, epoch 0, batch 0\)$/);
  });
});

describe("an error of a metric", () => {
  const failing = (state: State): number => {
    if (state.batch === 3) throw new Error("no number");
    return 1;
  };

  it.each([
    ["toDict", [toDict("fine", () => 1), toDict("est", failing)]],
    ["mean", [mean("est", failing)]],
    ["a plain one", [metric("est", failing)]],
  ])("names the metric: %s", async (_name, metrics) => {
    const thrown = await thrownBy(() => online([], metrics).forTrainSteps(5).run());
    expect((thrown as Error).message).toBe(
      "no number (thrown by the metric est at a step, epoch 0, batch 3)",
    );
  });

  it("names it at the end of a pass too", async () => {
    const last = Object.assign(
      metric("est", () => 1),
      {
        processFinal: (): number => expect.unreachable("no number"),
      },
    );
    const thrown = await thrownBy(() => online([], [last]).forTrainSteps(2).run());
    expect((thrown as Error).message).toMatch(/ \(thrown by the metric est at the end of a pass, epoch 0, /);
  });
});

describe("a callback that runs last", () => {
  it("is called after those behind it, and keeps its place in the list", async () => {
    const calls: string[] = [];
    const named = (name: string, runsLast: boolean): Callback => ({
      onStart: () => void calls.push(name),
      runsLast,
    });
    const callbacks = [named("a", true), named("b", false), named("c", true), named("d", false)];
    const trial = online(callbacks);
    await trial.forTrainSteps(1).run();
    expect(calls).toEqual(["b", "d", "a", "c"]);
    expect(trial.state.callbackList.callbacks).toEqual(callbacks);
  });
});
