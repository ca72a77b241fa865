// One pass over an epoch's steps: training, or what looks at the model and changes nothing.

import type { CallbackList } from "./callback-list.js";
import { callHooks } from "./callback-list.js";
import type { Sampler } from "./data/sampler.js";
import { withPlace } from "./error-place.js";
import type { HookFunction } from "./callback.js";
import type { Hook } from "./hooks.js";
import type { MetricList } from "./metrics/metric-list.js";
import type { Mode } from "./metrics/metric.js";
import { Pacer } from "./pacer.js";
import type { State } from "./state.js";
import type { Step } from "./step.js";
import type { Place } from "./trial-state.js";

/** Gives a step its input and target instead of a source of batches: sets `state.x` and `state.yTrue`. */
export type Loader<S extends State = State> = HookFunction<S>;

/**
 * Computes a step of training in the place of the standard one: sets `state.loss` and the gradients. `standard` computes it as without a closure,
 * hooks included; what it returns, if it is a promise, is to be awaited or returned.
 */
export type Closure<S extends State = State> = (
  state: S,
  standard: () => void | Promise<void>,
) => void | Promise<void>;

/** The hooks of a pass; `onBackward` is training's alone. */
const TRAINING = {
  start: "onStartTraining",
  sample: "onSample",
  forward: "onForward",
  criterion: "onCriterion",
  step: "onStepTraining",
  end: "onEndTraining",
} as const satisfies Record<string, Hook>;
const LOOKING = {
  start: "onStartValidation",
  sample: "onSampleValidation",
  forward: "onForwardValidation",
  criterion: "onCriterionValidation",
  step: "onStepValidation",
  end: "onEndValidation",
} as const satisfies Record<string, Hook>;

/** What a pass is made of. */
export interface PassParts {
  readonly mode: Mode;
  readonly steps: number;
  readonly step: Step;
  readonly sampler: Sampler | undefined;
  /** Whether the data goes on where the last pass left it. */
  readonly goesOn: boolean;
  readonly loader: Loader | undefined;
  readonly closure: Closure | undefined;
  /** Where a training goes on that was taken up in the middle of an epoch. */
  readonly resumed: Place | undefined;
}

/** Runs a pass; what it measured is in `state.metrics` then. */
export async function runPass(
  state: State,
  callbacks: CallbackList,
  metrics: MetricList,
  parts: PassParts,
): Promise<void> {
  const { mode, steps, sampler, loader, resumed } = parts;
  const step = callbacks.wrapStep(parts.step, mode);
  const first = resumed?.stepsDone ?? 0;
  const { optimizer } = state;
  const isTraining = mode === "train";
  const hooks = isTraining ? TRAINING : LOOKING;
  const onSample = callbacks.at(hooks.sample);
  const onForward = callbacks.at(hooks.forward);
  const onCriterion = callbacks.at(hooks.criterion);
  const onBackward = callbacks.at("onBackward");
  const onStep = callbacks.at(hooks.step);
  const onPause = isTraining ? callbacks.at("onPause") : [];
  const closure = isTraining ? closureOf(parts.closure, step, state, callbacks) : undefined;
  // Without data there is nothing but the model to judge; with data there must be a target.
  const needsTarget = !isTraining && (sampler !== undefined || loader !== undefined);
  // No closure, which would make the loop look for its step in memory.
  state.computation = step.computation.bind(step);
  state.steps = steps;
  if (resumed === undefined || first === 0) metrics.reset(state, mode);
  else metrics.goOn(state, mode, resumed.values);
  state.stepsDone = first;
  await sampler?.begin(parts.goesOn);
  await callbacks.call(hooks.start, state);
  const pacer = new Pacer();
  let hasResult = !needsTarget;
  // A hook's promise is looked at where it is made, so that a training without promises never leaves this loop.
  let pending: void | Promise<void>;
  for (let batch = first; batch < steps && !state.stopTraining; batch++) {
    state.batch = batch;
    if (loader !== undefined) {
      if ((pending = loader(state)) !== undefined) await pending;
    } else if (sampler !== undefined && (pending = sample(sampler, state)) !== undefined) await pending;
    if (onSample.length > 0 && (pending = callHooks(onSample, state)) !== undefined) await pending;
    const isJudged = !needsTarget || state.yTrue !== undefined;
    if (closure === undefined) {
      step.forward(state);
      if (onForward.length > 0 && (pending = callHooks(onForward, state)) !== undefined) await pending;
      if (isJudged) {
        step.criterion(state);
        if (onCriterion.length > 0 && (pending = callHooks(onCriterion, state)) !== undefined) await pending;
      }
      if (isTraining) {
        step.backward();
        if (onBackward.length > 0 && (pending = callHooks(onBackward, state)) !== undefined) await pending;
      }
    } else if ((pending = closure()) !== undefined) await pending;
    if (isTraining) optimizer?.step();
    if (isJudged) {
      metrics.process(state);
      hasResult = true;
    }
    state.stepsDone = batch + 1;
    if (onStep.length > 0 && (pending = callHooks(onStep, state)) !== undefined) await pending;
    if (!pacer.isDue()) continue;
    if (onPause.length > 0 && (pending = callHooks(onPause, state)) !== undefined) await pending;
    await pacer.pause();
  }
  if (hasResult) metrics.processFinal(state);
  else metrics.clear(state);
  if (!parts.goesOn) sampler?.end();
  await callbacks.call(hooks.end, state);
}

function sample(sampler: Sampler, state: State): void | Promise<void> {
  try {
    const pending = sampler.sample(state);
    return pending === undefined ? undefined : awaitSample(pending, sampler, state);
  } catch (error) {
    throw withPlace(error, sampler.name, "a step", state);
  }
}

async function awaitSample(pending: Promise<void>, sampler: Sampler, state: State): Promise<void> {
  try {
    await pending;
  } catch (error) {
    throw withPlace(error, sampler.name, "a step", state);
  }
}

// The closure of a training step, given the standard one.
function closureOf(
  closure: Closure | undefined,
  step: Step,
  state: State,
  callbacks: CallbackList,
): (() => void | Promise<void>) | undefined {
  if (closure === undefined) return undefined;
  const standard = async (): Promise<void> => {
    step.forward(state);
    await callbacks.call("onForward", state);
    step.criterion(state);
    await callbacks.call("onCriterion", state);
    step.backward();
    await callbacks.call("onBackward", state);
  };
  return () => closure(state, standard);
}
