// The parts of an array.

import { sizeOf, type NumericArray } from "./arrays.js";

/** The parts of an array along its first dimension, which share its elements. */
export function slices({ shape: [count = 0, ...shape], data }: NumericArray): NumericArray[] {
  const size = sizeOf(shape);
  return Array.from({ length: count }, (_, i) => ({ shape, data: data.subarray(i * size, (i + 1) * size) }));
}
