// TensorBoard's smoothing of curves.

import { ArgumentError } from "../errors.js";

/**
 * The exponential moving average that TensorBoard's slider makes, freed of the bias to 0 that it begins with: after n finite numbers, the sum of
 * `(1 - weight) * weight^age * number` over all of them, divided by `1 - weight^n`. What is not finite stays as it is and counts for nothing; a column
 * of equal numbers stays as it is. (TensorBoard 2.20: `classicSmoothing` in its page.)
 *
 * @param weight from 0, which changes nothing, to less than 1
 * @throws {ArgumentError} another weight
 */
export function smoothed(ys: ArrayLike<number>, weight: number): Float64Array {
  if (!(weight >= 0 && weight < 1))
    throw new ArgumentError("weight", "a number from 0 to less than 1", weight);
  const out = Float64Array.from(ys);
  if (out.every((y) => y === out[0])) return out;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < out.length; i++) {
    const y = out[i]!;
    if (!Number.isFinite(y)) continue;
    count++;
    sum = sum * weight + (1 - weight) * y;
    out[i] = sum / (1 - weight ** count);
  }
  return out;
}
