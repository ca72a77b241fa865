// What models and criteria compute with besides their operands' own methods (torch/nn/functional.py).

import { ArgumentError } from "../errors.js";
import { Operand } from "./operand.js";
import { isRows, type Rows } from "./rows.js";
import { currentTape } from "./tape.js";
import type { Var } from "./var.js";

/**
 * Data to be computed with, which is not trained: a number; a vector; or rows, which are a vector if each is one number, else a matrix. A node, valid
 * for one step.
 */
export function constant(value: number | ArrayLike<number> | Rows): Var {
  const tape = currentTape();
  if (!isRows(value)) return tape.constant(value);
  return value.shape.length === 1 ? tape.constant(value.data) : tape.rows(value);
}

/**
 * `x` times the transpose of `weight`, plus `bias`: `weight` is a matrix `[outputs, inputs]`, as torch's `nn.Linear` has it, and `bias` has
 * the outputs' length. `x` is a batch or a matrix of `inputs` columns, which gives as many rows of `outputs` columns; or a vector of the
 * inputs' length, which gives one of the outputs'. What a row of a batch has in several dimensions counts as one. Throws an `ArgumentError`
 * for sizes that do not fit.
 */
export function linear(x: Rows | Operand, weight: Operand, bias?: Operand): Var {
  const tape = currentTape();
  if (!(x instanceof Operand) && !isRows(x)) throw new ArgumentError("x", "rows or an operand", x);
  const w = weight.node();
  if (w.shape.length !== 2)
    throw new ArgumentError("weight", "a matrix [outputs, inputs]", weight, `shape [${w.shape.join(", ")}]`);
  const [outputs, inputs] = w.shape as [number, number];
  // A batch of one-dimensional shape is a column: its first dimension counts rows.
  const data = x instanceof Operand ? x.node() : tape.rows(x);
  if (tape.columnsOf(data) !== inputs) {
    throw new ArgumentError("x", `${inputs} columns, as weight has`, x, `${tape.columnsOf(data)}`);
  }
  const b = bias?.node();
  if (b !== undefined && b.length !== outputs)
    throw new ArgumentError("bias", `${outputs} numbers, one for each row of weight`, bias, `${b.length}`);
  return tape.linear(data, w, b);
}
