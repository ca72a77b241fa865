// Losses of batches (torch/nn/functional.py). Each is a criterion of a trial; the mean over the rows, as torch's are unless told otherwise.

import { ArgumentError } from "../errors.js";
import { NO_CLASS } from "./matrix.js";
import type { Operand } from "./operand.js";
import { isRows, type Rows } from "./rows.js";
import type { Var } from "./var.js";

/**
 * How improbable the targets are when `yPred` are the logits of the classes, a row each (a vector is one row): the mean of minus the
 * logarithm of the softmax at the target's class. `yTrue` has a class number a row, from 0; a row of -100 does not count. Or it has a
 * probability for each class. Throws an `ArgumentError`.
 */
export function crossEntropy(yPred: Operand, yTrue: Rows): Var {
  const logits = yPred.node();
  const columns = logits.tape.columnsOf(logits);
  const rows = logits.length / columns;
  if (isRows(yTrue) && columns > 1 && yTrue.data.length === logits.length && yTrue.shape[0] === rows) {
    const target = matching(logits, yTrue);
    return logits.logSoftmax().dot(target).div(-rows);
  }
  return nllLoss(logits.logSoftmax(), yTrue);
}

/** `crossEntropy` of what are logarithms of probabilities already, such as `logSoftmax` gives; class numbers only. Throws an `ArgumentError`. */
export function nllLoss(yPred: Operand, yTrue: Rows): Var {
  const a = yPred.node();
  const columns = a.tape.columnsOf(a);
  const rows = a.length / columns;
  if (!isRows(yTrue) || yTrue.data.length !== rows)
    throw notFitting(yTrue, `a class number for each row, ${rows} in all`);
  const { data } = yTrue;
  for (let i = 0; i < rows; i++) {
    const which = data[i]!;
    if (which === NO_CLASS || (Number.isInteger(which) && which >= 0 && which < columns)) continue;
    throw new ArgumentError(`yTrue[${i}]`, `a class number from 0 to ${columns - 1}, or ${NO_CLASS}`, which);
  }
  return a.tape.nll(a, a.tape.constant(data));
}

/** The mean of the squared differences. `yTrue` has as many rows and numbers. Throws an `ArgumentError`. */
export function mseLoss(yPred: Operand, yTrue: Rows): Var {
  const difference = yPred.sub(matching(yPred.node(), yTrue));
  return difference.mul(difference).mean();
}

/** The mean of the absolute differences. `yTrue` has as many rows and numbers. Throws an `ArgumentError`. */
export function l1Loss(yPred: Operand, yTrue: Rows): Var {
  return yPred.sub(matching(yPred.node(), yTrue)).abs().mean();
}

/**
 * How improbable the targets, 0 or 1 or a probability, are when `yPred` are the logits of 1: the mean over all numbers of -y log p - (1 -
 * y) log(1 - p) with p their sigmoid. `yTrue` has as many rows and numbers. Throws an `ArgumentError`.
 */
export function binaryCrossEntropyWithLogits(yPred: Operand, yTrue: Rows): Var {
  const logits = yPred.node();
  const target = matching(logits, yTrue);
  // log(1 - p) is log p - x: so neither is taken of a number that is all but 0.
  return target.mul(-1).add(1).mul(logits).sub(logits.logSigmoid()).mean();
}

// The target on the tape of the prediction, and in its shape: a vector and a column of one width are the same rows.
function matching(yPred: Var, yTrue: Rows): Var {
  const rows = yPred.shape[0] ?? 1;
  if (!isRows(yTrue) || yTrue.data.length !== yPred.length || yTrue.shape[0] !== rows)
    throw notFitting(yTrue, `rows of shape [${yPred.shape.join(", ")}], as yPred`);
  const isMatrix = yPred.shape.length === 2;
  return isMatrix ? yPred.tape.rows(yTrue) : yPred.tape.constant(yTrue.data);
}

function notFitting(yTrue: unknown, expected: string): ArgumentError {
  const got = isRows(yTrue) ? `rows of shape [${yTrue.shape.join(", ")}]` : undefined;
  return new ArgumentError("yTrue", expected, yTrue, got);
}
