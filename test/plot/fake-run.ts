// Runs callbacks as a trial does, in torchbearer's order, without a model.
import type { Callback } from "../../src/engine/callback.js";
import type { State } from "../../src/engine/state.js";

export interface FakeRun {
  readonly epochs?: number;
  readonly steps: number;
  /** The first batch of the first epoch: a resumed run's. */
  readonly from?: number;
  /** The metrics at a batch. */
  readonly metrics?: (batch: number, epoch: number) => Record<string, number>;
  /** Called after each step, with the number of steps before it. */
  readonly afterStep?: (step: number) => void;
}

/** Calls the hooks of a run; the metrics are one object that changes, as the engine's view does. */
export async function fakeRun(callbacks: readonly Callback[], run: FakeRun): Promise<void> {
  const { epochs = 1, steps, from = 0, metrics = () => ({}), afterStep } = run;
  const view: Record<string, number> = {};
  const fields = { batch: 0, epoch: 0, steps, maxEpochs: epochs, trainSteps: steps, loss: 0, metrics: view };
  const state = fields as unknown as State;
  const all = async (hook: "onStart" | "onStartTraining" | "onEndTraining" | "onEnd"): Promise<void> => {
    for (const callback of callbacks) await callback[hook]?.(state);
  };
  await all("onStart");
  for (let epoch = 0; epoch < epochs; epoch++) {
    fields.epoch = epoch;
    fields.steps = steps;
    await all("onStartTraining");
    for (let batch = epoch === 0 ? from : 0; batch < steps; batch++) {
      fields.batch = batch;
      Object.assign(view, metrics(batch, epoch));
      for (const callback of callbacks) {
        const returned = callback.onStepTraining?.(state);
        if (returned !== undefined)
          throw new Error("onStepTraining returned something, which a trial would await");
      }
      afterStep?.(epoch * steps + batch);
    }
    await all("onEndTraining");
  }
  // A validation leaves its own number of steps.
  fields.steps = 7;
  await all("onEnd");
}
