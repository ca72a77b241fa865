// From a prediction to a loss.

import type { Operand } from "./operand.js";

/**
 * Makes a scalar loss from the prediction and the target, after torch's loss functions; `(yPred) => yPred` for a model whose output
 * is its loss. Without a criterion the prediction is the loss.
 */
export type Criterion = (yPred: Operand, yTrue: unknown) => Operand;

/** The criterion of a model whose output is its loss: the tutorial's `loss(y_pred, _)`. */
export const loss: Criterion = (yPred) => yPred;
