// Plays the history of a training to callbacks once more (torchbearer/trial.py, replay).

import type { CallbackList } from "./callback-list.js";
import type { Hook } from "./hooks.js";
import type { HistoryEntry, State } from "./state.js";

const TRAINING_STEP: readonly Hook[] = [
  "onSample",
  "onForward",
  "onCriterion",
  "onBackward",
  "onStepTraining",
];
const VALIDATION_STEP: readonly Hook[] = [
  "onSampleValidation",
  "onForwardValidation",
  "onCriterionValidation",
  "onStepValidation",
];

/** Calls the hooks of each epoch of `history`, nothing computed; with `oneBatch` one step a pass. */
export async function replay(
  state: State,
  history: readonly HistoryEntry[],
  callbacks: CallbackList,
  oneBatch: boolean,
): Promise<void> {
  const stepsOf = (steps: number): number => (oneBatch ? Math.min(1, steps) : steps);
  state.maxEpochs = history.length;
  await callbacks.call("onStart", state);
  for (const [epoch, { trainSteps, validationSteps, ...metrics }] of history.entries()) {
    if (state.stopTraining) break;
    state.epoch = epoch;
    state.trainSteps = stepsOf(trainSteps);
    state.validationSteps = stepsOf(validationSteps);
    const isOfValidation = ([tag]: [string, number]): boolean => tag.startsWith("val_");
    const all = Object.entries(metrics as Record<string, number>);
    const training = all.filter((entry) => !isOfValidation(entry));
    const validation = all.filter(isOfValidation);
    await callbacks.call("onStartEpoch", state);
    show(state, training);
    state.phase = "training";
    await pass(state, callbacks, state.trainSteps, ["onStartTraining", TRAINING_STEP, "onEndTraining"]);
    if (state.validationSteps > 0 && !state.stopTraining) {
      show(state, validation);
      state.phase = "validation";
      const hooks = ["onStartValidation", VALIDATION_STEP, "onEndValidation"] as const;
      await pass(state, callbacks, state.validationSteps, hooks);
    }
    show(state, all);
    state.phase = "between";
    await callbacks.call("onEndEpoch", state);
  }
  await callbacks.call("onEnd", state);
}

async function pass(
  state: State,
  callbacks: CallbackList,
  steps: number,
  [start, step, end]: readonly [Hook, readonly Hook[], Hook],
): Promise<void> {
  state.steps = steps;
  await callbacks.call(start, state);
  for (let batch = 0; batch < steps && !state.stopTraining; batch++) {
    state.batch = batch;
    for (const hook of step) await callbacks.call(hook, state);
    state.stepsDone = batch + 1;
  }
  await callbacks.call(end, state);
}

// As a pass lays metrics out, so that what reads them reads these.
function show(state: State, metrics: readonly (readonly [string, number])[]): void {
  const tags = metrics.map(([tag]) => tag);
  state.metricTags = { step: tags, final: [], all: tags };
  state.values = Float64Array.of(NaN, ...metrics.map(([, value]) => value));
  state.metrics = Object.fromEntries(metrics);
}
