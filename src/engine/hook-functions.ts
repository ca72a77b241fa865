// The hooks as functions: each makes a callback from a function (torchbearer/callbacks/decorators.py).

import { bindTo, type Callback, type HookTarget } from "./callback.js";
import type { State } from "./state.js";

/** A callback that calls `f` when a trial is made. */
export function onInit<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onInit", f);
}

/** A callback that calls `f` when a run starts. */
export function onStart<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onStart", f);
}

/** A callback that calls `f` at the start of every epoch. */
export function onStartEpoch<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onStartEpoch", f);
}

/** A callback that calls `f` before an epoch's training steps. */
export function onStartTraining<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onStartTraining", f);
}

/** A callback that calls `f` when a step has its input. */
export function onSample<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onSample", f);
}

/** A callback that calls `f` when a step has its prediction. */
export function onForward<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onForward", f);
}

/** A callback that calls `f` when a step has its loss. */
export function onCriterion<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onCriterion", f);
}

/** A callback that calls `f` when a step has its gradients. */
export function onBackward<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onBackward", f);
}

/** A callback that calls `f` after every training step: parameters and metrics are new. */
export function onStepTraining<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onStepTraining", f);
}

/** A callback that calls `f` after an epoch's training steps. */
export function onEndTraining<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onEndTraining", f);
}

/** A callback that calls `f` before an epoch's validation steps. */
export function onStartValidation<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onStartValidation", f);
}

/** A callback that calls `f` when a validation step has its input. */
export function onSampleValidation<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onSampleValidation", f);
}

/** A callback that calls `f` when a validation step has its prediction. */
export function onForwardValidation<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onForwardValidation", f);
}

/** A callback that calls `f` when a validation step has its loss. */
export function onCriterionValidation<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onCriterionValidation", f);
}

/** A callback that calls `f` after every validation step. */
export function onStepValidation<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onStepValidation", f);
}

/** A callback that calls `f` after an epoch's validation steps. */
export function onEndValidation<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onEndValidation", f);
}

/** A callback that calls `f` at the end of every epoch, with all of its metrics. */
export function onEndEpoch<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onEndEpoch", f);
}

/** A callback that calls `f` after `onEndEpoch`, when the history has the epoch. */
export function onCheckpoint<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onCheckpoint", f);
}

/** A callback that calls `f` when a run ends. */
export function onEnd<S extends State = State>(f: HookTarget<S>): Callback<S> {
  return bindTo("onEnd", f);
}
