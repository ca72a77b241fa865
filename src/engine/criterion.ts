// From a prediction to a loss.

import type { Operand } from "./operand.js";

/**
 * Makes a scalar loss from the prediction and the target, after torch's loss functions; `(yPred) => yPred` for a model whose output
 * is its loss. Without a criterion the prediction is the loss.
 */
export type Criterion<Y = unknown> = Criterial<Y>["criterion"];

// A method, so that a state whose targets are of one type can be given to a callback that is for any state.
interface Criterial<Y> {
  criterion(yPred: Operand, yTrue: Y): Operand;
}

/** The criterion of a model whose output is its loss: the tutorial's `loss(y_pred, _)`. */
export const loss: Criterion = (yPred) => yPred;
