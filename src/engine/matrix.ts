// Operations of the tape on rows and columns: values forwards, gradients backwards. Places are those in `value` and `grad`.

/** out = x wᵀ + b, with x of `rows` x `inputs` and w of `outputs` x `inputs` (torch/nn/functional.py, linear); `b` is -1 without one. */
export function linearForward(
  value: Float64Array,
  out: number,
  x: number,
  w: number,
  b: number,
  rows: number,
  inputs: number,
  outputs: number,
): void {
  for (let i = 0; i < rows; i++) {
    const row = x + i * inputs;
    const to = out + i * outputs;
    for (let o = 0; o < outputs; o++) {
      const weights = w + o * inputs;
      let sum = b < 0 ? 0 : value[b + o]!;
      for (let k = 0; k < inputs; k++) sum += value[row + k]! * value[weights + k]!;
      value[to + o] = sum;
    }
  }
}

/** Adds to the gradients of w, of b, and of x unless `isData`: nobody asks for that of data, which is as long as the rest. */
export function linearBackward(
  value: Float64Array,
  grad: Float64Array,
  out: number,
  x: number,
  w: number,
  b: number,
  rows: number,
  inputs: number,
  outputs: number,
  isData: boolean,
): void {
  for (let i = 0; i < rows; i++) {
    const row = x + i * inputs;
    for (let o = 0; o < outputs; o++) {
      const g = grad[out + i * outputs + o]!;
      const weights = w + o * inputs;
      if (b >= 0) grad[b + o]! += g;
      for (let k = 0; k < inputs; k++) grad[weights + k]! += g * value[row + k]!;
      if (isData) continue;
      for (let k = 0; k < inputs; k++) grad[row + k]! += g * value[weights + k]!;
    }
  }
}

/** Each row less the logarithm of the sum of its exponentials; the largest is taken out first, so that none overflows. */
export function logSoftmaxForward(
  value: Float64Array,
  out: number,
  a: number,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    const from = a + i * columns;
    let max = -Infinity;
    for (let k = 0; k < columns; k++) max = Math.max(max, value[from + k]!);
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += Math.exp(value[from + k]! - max);
    const log = Math.log(sum);
    for (let k = 0; k < columns; k++) value[out + i * columns + k] = value[from + k]! - max - log;
  }
}

/** Adds to the gradient of `a`: each element's own, less its share of the row's. */
export function logSoftmaxBackward(
  value: Float64Array,
  grad: Float64Array,
  out: number,
  a: number,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += grad[out + at + k]!;
    for (let k = 0; k < columns; k++) {
      grad[a + at + k]! += grad[out + at + k]! - Math.exp(value[out + at + k]!) * sum;
    }
  }
}

/** The class number that a row without a class has (torch's `ignore_index`). */
export const NO_CLASS = -100;

/** The mean over the rows that have a class of minus the element of that class; `classes` is the place of a number for each row. */
export function nllForward(
  value: Float64Array,
  out: number,
  a: number,
  classes: number,
  rows: number,
  columns: number,
): void {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const which = value[classes + i]!;
    if (which !== NO_CLASS) sum -= value[a + i * columns + which]!;
  }
  value[out] = sum / countClasses(value, classes, rows);
}

/** Adds to the gradient of `a`. */
export function nllBackward(
  value: Float64Array,
  grad: Float64Array,
  out: number,
  a: number,
  classes: number,
  rows: number,
  columns: number,
): void {
  const share = grad[out]! / countClasses(value, classes, rows);
  for (let i = 0; i < rows; i++) {
    const which = value[classes + i]!;
    if (which !== NO_CLASS) grad[a + i * columns + which]! -= share;
  }
}

function countClasses(value: Float64Array, classes: number, rows: number): number {
  let count = 0;
  for (let i = 0; i < rows; i++) if (value[classes + i] !== NO_CLASS) count++;
  return count;
}
