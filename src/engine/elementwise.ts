// Arithmetic of the tape, element by element: values forwards, gradients backwards.

/** What a node was made by. */
export const ADD = 1;
export const SUB = 2;
export const MUL = 3;
export const DIV = 4;
export const ADD_CONSTANT = 5;
export const MUL_CONSTANT = 6;
export const DIV_CONSTANT = 7;
export const POW = 8;

/**
 * Numbers `a` and `b` with ADD to DIV; all three are places in `value`. A scalar has step 0, so that it meets every element; anything
 * else step 1.
 */
export function binaryForward(
  op: number,
  value: Float64Array,
  out: number,
  size: number,
  a: number,
  stepA: number,
  b: number,
  stepB: number,
): void {
  for (let k = 0; k < size; k++) {
    const x = value[a + k * stepA]!;
    const y = value[b + k * stepB]!;
    value[out + k] = op === ADD ? x + y : op === SUB ? x - y : op === MUL ? x * y : x / y;
  }
}

/** Adds to the gradients of `a` and `b`; every element's is added to a scalar's. */
export function binaryBackward(
  op: number,
  value: Float64Array,
  grad: Float64Array,
  out: number,
  size: number,
  a: number,
  stepA: number,
  b: number,
  stepB: number,
): void {
  for (let k = 0; k < size; k++) {
    const g = grad[out + k]!;
    const atA = a + k * stepA;
    const atB = b + k * stepB;
    switch (op) {
      case ADD:
        grad[atA]! += g;
        grad[atB]! += g;
        break;
      case SUB:
        grad[atA]! += g;
        grad[atB]! -= g;
        break;
      case MUL: {
        // Both are read first: a node may be multiplied with itself.
        const x = value[atA]!;
        const y = value[atB]!;
        grad[atA]! += g * y;
        grad[atB]! += g * x;
        break;
      }
      case DIV: {
        const x = value[atA]!;
        const y = value[atB]!;
        grad[atA]! += g / y;
        grad[atB]! -= (g * x) / (y * y);
        break;
      }
    }
  }
}

/** Numbers `a` with the number `c`, by ADD_CONSTANT to POW. */
export function constantForward(
  op: number,
  value: Float64Array,
  out: number,
  size: number,
  a: number,
  c: number,
): void {
  for (let k = 0; k < size; k++) {
    const x = value[a + k]!;
    value[out + k] =
      op === ADD_CONSTANT ? x + c : op === MUL_CONSTANT ? x * c : op === DIV_CONSTANT ? x / c : x ** c;
  }
}

/** Adds to the gradient of `a`. */
export function constantBackward(
  op: number,
  value: Float64Array,
  grad: Float64Array,
  out: number,
  size: number,
  a: number,
  c: number,
): void {
  for (let k = 0; k < size; k++) {
    const g = grad[out + k]!;
    if (op === ADD_CONSTANT) grad[a + k]! += g;
    else if (op === MUL_CONSTANT) grad[a + k]! += g * c;
    else if (op === DIV_CONSTANT) grad[a + k]! += g / c;
    else grad[a + k]! += c === 0 ? 0 : g * c * value[a + k]! ** (c - 1);
  }
}
