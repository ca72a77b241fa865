// Batches as rows of numbers, and what a metric or a criterion takes from them.

import { ArgumentError } from "../errors.js";
import { toArray, type ArrayInput, type NumericArray } from "../summary/arrays.js";
import type { State } from "./state.js";

/** Rows of numbers: the first dimension of `shape` counts them. */
export interface Rows extends NumericArray {
  readonly data: Float64Array;
}

/** Whether a value has a shape and numbers. */
export function isRows(value: unknown): value is Rows {
  if (typeof value !== "object" || value === null) return false;
  const { shape, data } = value as Partial<Rows>;
  return Array.isArray(shape) && shape.length > 0 && data instanceof Float64Array;
}

/** Numbers of each row: 1 where the shape has only one size. */
export function columnsOf({ shape, data }: Rows): number {
  return data.length / shape[0]!;
}

/**
 * What the model gave for this step, with its shape: `[rows, columns]`, `[n]` for a vector, `[1]` for a number. For a metric.
 */
export function predictedRows(state: State): Rows {
  const { yPred, yPredShape } = state;
  const shape = yPredShape.length === 0 ? [1] : yPredShape;
  return { shape, data: typeof yPred === "number" ? Float64Array.of(yPred) : yPred };
}

/**
 * The target of this step as rows: of a batch `{ shape, data }` those, of a number or an array a row for each element. For a metric. Throws an
 * `ArgumentError` when there is none, or it is something else.
 */
export function targetRows(state: State): Rows {
  const { yTrue } = state as { yTrue: unknown };
  if (isRows(yTrue)) return yTrue;
  if (yTrue === undefined) throw new ArgumentError("yTrue", "a target: the step's batch has none", yTrue);
  const { shape, data } = toArray(yTrue as ArrayInput, "yTrue");
  return {
    shape: shape.length === 0 ? [1] : shape,
    data: data instanceof Float64Array ? data : Float64Array.from(data),
  };
}
