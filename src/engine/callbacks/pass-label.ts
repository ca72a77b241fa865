// What a pass is called on the console: torchbearer's letters.

import type { State } from "../state.js";

/** `t` for training, `v` (or another letter) for the validation of an epoch, `e` for an evaluation, `p` for a prediction. */
export function passLetter({ task, phase, trainSteps }: State, validation = "v"): string {
  if (task === "evaluate") return "e";
  if (task === "predict") return "p";
  // At the end of a run there is no pass, and what it was about counts.
  return phase === "validation" || (phase === "between" && trainSteps === 0) ? validation : "t";
}

/** Epoch, epochs and kind of the pass: `0/10(t)`. */
export function passLabel(state: State, validation?: string): string {
  return `${state.epoch}/${state.maxEpochs}(${passLetter(state, validation)})`;
}
