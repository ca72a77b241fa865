// How many rows are predicted right (torchbearer/metrics/primitives.py).

import { ArgumentError } from "../../errors.js";
import { checkCount } from "../checks.js";
import { NO_CLASS } from "../matrix.js";
import { columnsOf, predictedRows, targetRows, type Rows } from "../rows.js";
import type { State } from "../state.js";
import { averaged } from "./averaged.js";
import type { LoggedMetric } from "./logged-metric.js";

/** What a prediction of two classes must be above. */
export interface BinaryAccuracyOptions {
  /** To count as 1: 0.5 for probabilities, 0 for logits; 0.5. */
  readonly threshold?: number;
}

/**
 * The share of rows whose largest number is that of their class, under `running_acc` and `acc`. Predictions have a column for each class (a
 * vector is one row); targets are class numbers from 0, or rows with a column for each class, the largest of which counts. A row of class
 * -100 is left out; one with a NaN is wrong.
 */
export function categoricalAccuracy(): LoggedMetric {
  return averaged("acc", (state, sums) => countRight(state, sums, 1));
}

/**
 * The share of rows whose class is among the `k` largest numbers, under `running_top_5_acc` and `top_5_acc`. `k`: 5. Otherwise as
 * `categoricalAccuracy`.
 */
export function topKAccuracy(k = 5): LoggedMetric {
  checkCount("k", k, 1);
  return averaged(`top_${k}_acc`, (state, sums) => countRight(state, sums, k));
}

/** The share of numbers that are on their target's side of `threshold`, under `running_binary_acc` and `binary_acc`; a target above 0.5 is 1. */
export function binaryAccuracy({ threshold = 0.5 }: BinaryAccuracyOptions = {}): LoggedMetric {
  if (!Number.isFinite(threshold)) throw new ArgumentError("threshold", "a finite number", threshold);
  return averaged("binary_acc", (state, sums) => {
    const { yPred, yTrue } = alike(state);
    let right = 0;
    for (let i = 0; i < yPred.length; i++) if (yPred[i]! > threshold === yTrue[i]! > 0.5) right++;
    sums[0] = right;
    sums[1] = yPred.length;
  });
}

/** The mean of the squared differences of prediction and target, under `running_mse` and `mse`; every number counts once. */
export function meanSquaredError(): LoggedMetric {
  return averaged("mse", (state, sums) => {
    const { yPred, yTrue } = alike(state);
    let sum = 0;
    for (let i = 0; i < yPred.length; i++) sum += (yPred[i]! - yTrue[i]!) ** 2;
    sums[0] = sum;
    sums[1] = yPred.length;
  });
}

/** The mean of the steps' losses, under `running_loss` and `loss`; every step counts once. */
export function lossMetric(): LoggedMetric {
  return averaged("loss", (state, sums) => {
    sums[0] = state.values[0]!;
    sums[1] = 1;
  });
}

// The numbers of prediction and target, one for one.
function alike(state: State): { readonly yPred: Float64Array; readonly yTrue: Float64Array } {
  const { data: yPred } = predictedRows(state);
  const { data: yTrue } = targetRows(state);
  if (yPred.length !== yTrue.length)
    throw new ArgumentError("yTrue", `${yPred.length} numbers, as yPred`, yTrue, `${yTrue.length}`);
  return { yPred, yTrue };
}

function countRight(state: State, sums: Float64Array, k: number): void {
  const { shape, data } = predictedRows(state);
  const rows = shape.length === 1 ? 1 : shape[0]!;
  const columns = data.length / rows;
  if (k > columns) throw new ArgumentError("k", `at most ${columns}, the number of classes`, k);
  const classes = classesOf(targetRows(state), rows, columns);
  let right = 0;
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const which = classes[i]!;
    if (which === NO_CLASS) continue;
    count++;
    if (isAmong(k, data, i * columns, columns, which)) right++;
  }
  sums[0] = right;
  sums[1] = count;
}

/** Whether fewer than `k` numbers of a row come before number `which`; of equal ones the first does. */
function isAmong(k: number, data: Float64Array, row: number, columns: number, which: number): boolean {
  if (!Number.isInteger(which) || which < 0 || which >= columns) return false;
  const own = data[row + which]!;
  let before = 0;
  for (let i = 0; i < columns; i++) {
    const other = data[row + i]!;
    if (other !== other) return false;
    if (other > own || (other === own && i < which)) before++;
  }
  return before < k;
}

function classesOf(yTrue: Rows, rows: number, columns: number): Float64Array {
  const { data } = yTrue;
  const width = columnsOf(yTrue);
  const isPerClass = width === columns && columns > 1 && yTrue.shape[0] === rows;
  if (!isPerClass) {
    if (data.length === rows) return data;
    throw new ArgumentError(
      "yTrue",
      `a class number for each row, ${rows} in all`,
      yTrue,
      `rows of shape [${yTrue.shape.join(", ")}]`,
    );
  }
  return Float64Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    return row.indexOf(Math.max(...row));
  });
}
