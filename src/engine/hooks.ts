// The moments of a training at which callbacks are called (torchbearer/callbacks/callbacks.py).

/** Every hook, in the order of its first call in a run with training and validation. */
export const HOOKS = [
  "onInit",
  "onStart",
  "onStartEpoch",
  "onStartTraining",
  "onSample",
  "onForward",
  "onCriterion",
  "onBackward",
  "onStepTraining",
  "onEndTraining",
  "onStartValidation",
  "onSampleValidation",
  "onForwardValidation",
  "onCriterionValidation",
  "onStepValidation",
  "onEndValidation",
  "onEndEpoch",
  "onCheckpoint",
  "onEnd",
] as const;

/** The name of a hook. */
export type Hook = (typeof HOOKS)[number];
