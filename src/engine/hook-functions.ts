// The hooks as functions: each makes a callback from a function (torchbearer/callbacks/decorators.py).

import { bindTo, type Callback, type HookTarget } from "./callback.js";

/** A callback that calls `f` when a trial is made. */
export function onInit(f: HookTarget): Callback {
  return bindTo("onInit", f);
}

/** A callback that calls `f` when a run starts. */
export function onStart(f: HookTarget): Callback {
  return bindTo("onStart", f);
}

/** A callback that calls `f` at the start of every epoch. */
export function onStartEpoch(f: HookTarget): Callback {
  return bindTo("onStartEpoch", f);
}

/** A callback that calls `f` before an epoch's training steps. */
export function onStartTraining(f: HookTarget): Callback {
  return bindTo("onStartTraining", f);
}

/** A callback that calls `f` when a step has its input. */
export function onSample(f: HookTarget): Callback {
  return bindTo("onSample", f);
}

/** A callback that calls `f` when a step has its prediction. */
export function onForward(f: HookTarget): Callback {
  return bindTo("onForward", f);
}

/** A callback that calls `f` when a step has its loss. */
export function onCriterion(f: HookTarget): Callback {
  return bindTo("onCriterion", f);
}

/** A callback that calls `f` when a step has its gradients. */
export function onBackward(f: HookTarget): Callback {
  return bindTo("onBackward", f);
}

/** A callback that calls `f` after every training step: parameters and metrics are new. */
export function onStepTraining(f: HookTarget): Callback {
  return bindTo("onStepTraining", f);
}

/** A callback that calls `f` after an epoch's training steps. */
export function onEndTraining(f: HookTarget): Callback {
  return bindTo("onEndTraining", f);
}

/** A callback that calls `f` before an epoch's validation steps. */
export function onStartValidation(f: HookTarget): Callback {
  return bindTo("onStartValidation", f);
}

/** A callback that calls `f` when a validation step has its input. */
export function onSampleValidation(f: HookTarget): Callback {
  return bindTo("onSampleValidation", f);
}

/** A callback that calls `f` when a validation step has its prediction. */
export function onForwardValidation(f: HookTarget): Callback {
  return bindTo("onForwardValidation", f);
}

/** A callback that calls `f` when a validation step has its loss. */
export function onCriterionValidation(f: HookTarget): Callback {
  return bindTo("onCriterionValidation", f);
}

/** A callback that calls `f` after every validation step. */
export function onStepValidation(f: HookTarget): Callback {
  return bindTo("onStepValidation", f);
}

/** A callback that calls `f` after an epoch's validation steps. */
export function onEndValidation(f: HookTarget): Callback {
  return bindTo("onEndValidation", f);
}

/** A callback that calls `f` at the end of every epoch, with all of its metrics. */
export function onEndEpoch(f: HookTarget): Callback {
  return bindTo("onEndEpoch", f);
}

/** A callback that calls `f` after `onEndEpoch`, when the history has the epoch. */
export function onCheckpoint(f: HookTarget): Callback {
  return bindTo("onCheckpoint", f);
}

/** A callback that calls `f` when a run ends. */
export function onEnd(f: HookTarget): Callback {
  return bindTo("onEnd", f);
}
