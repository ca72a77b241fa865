// The hooks that torchbearer calls, recorded from its own program by scripts/record-torchbearer-hooks.py, are called here in the same order.
import { describe, expect, it } from "vitest";
import {
  bindTo,
  Model,
  Parameter,
  SGD,
  Trial,
  type Callback,
  type CallbackLike,
  type Hook,
  type Rows,
  type Var,
} from "../../src/engine/index.js";
import recorded from "../fixtures/torchbearer-hooks.json" with { type: "json" };
import { recorder } from "./trials.js";

class Line extends Model {
  readonly w = new Parameter(1);
  override forward(x: Rows): Var {
    return this.w.mul(x.data[0]!);
  }
}

const X = [
  [1, 2],
  [3, 4],
  [5, 6],
  [7, 8],
];
const Y = [1, 2, 3, 4];

function trial(callbacks: CallbackLike): Trial<Line, Rows> {
  const model = new Line();
  const criterion = (yPred: Var, yTrue: Rows): Var => yPred.sub(yTrue.data[0]!).pow(2);
  return new Trial(model, SGD(model.parameters(), { lr: 0.01 }), criterion as never, {
    callbacks,
    verbose: 0,
  })
    .withTrainData(X, Y, { batchSize: 2 })
    .withValData(X, Y, { batchSize: 2 }) as Trial<Line, Rows>;
}

describe("the order of the hooks is torchbearer's", () => {
  it("in training, evaluation, prediction and replay", async () => {
    const { calls, callback } = recorder();
    const own = trial(callback);
    const actions: [keyof typeof recorded.hooks, () => Promise<unknown>][] = [
      ["run", () => own.run(2)],
      ["run again", () => own.run(2)],
      ["evaluate", () => own.evaluate()],
      ["evaluate train", () => own.evaluate({ dataKey: "train" })],
      ["predict without data", () => own.predict()],
      ["predict", () => own.withTestData(X, undefined, { batchSize: 2 }).predict()],
      ["predict validation", () => own.predict({ dataKey: "validation" })],
      ["replay", () => own.replay(callback, { verbose: 0 })],
      ["replay one batch", () => own.replay(callback, { verbose: 0, oneBatch: true })],
    ];
    expect(calls).toEqual(["onInit"]);
    for (const [name, action] of actions) {
      calls.length = 0;
      await action();
      expect({ [name]: calls }).toEqual({ [name]: recorded.hooks[name] });
    }
  });

  async function stoppedAt(hook: Hook): Promise<string[]> {
    const { calls, callback } = recorder();
    const stop: Callback = bindTo(hook, (state) => void (state.stopTraining = true));
    await trial([callback, stop]).run(2);
    return calls.slice(1);
  }

  it.each(["onStepValidation", "onEndEpoch", "onCheckpoint"] as const)(
    "when it is stopped at %s",
    async (hook) => {
      expect(await stoppedAt(hook)).toEqual(recorded.hooks[`stop at ${hook}`]);
    },
  );

  // torchbearer loses the epoch: no history, no checkpoint, and what is closed at its end stays open (docs/torchbearer.md).
  it.each(["onSample", "onStepTraining"] as const)(
    "but when it is stopped at %s the epoch is completed",
    async (hook) => {
      const theirs = recorded.hooks[`stop at ${hook}`];
      expect(theirs.slice(-2)).toEqual(["onEndTraining", "onEnd"]);
      expect(await stoppedAt(hook)).toEqual([...theirs.slice(0, -1), "onEndEpoch", "onCheckpoint", "onEnd"]);
    },
  );
});
