// Reverse-mode differentiation over scalars and vectors: a tape that is written forwards and read backwards once a step.

import { ArgumentError, ContextError } from "../errors.js";
import {
  ADD,
  ADD_CONSTANT,
  binaryBackward,
  binaryForward,
  constantBackward,
  constantForward,
  DIV,
  DIV_CONSTANT,
  MUL,
  MUL_CONSTANT,
  POW,
  SUB,
} from "./elementwise.js";
import {
  linearBackward,
  linearForward,
  logSoftmaxBackward,
  logSoftmaxForward,
  nllBackward,
  nllForward,
} from "./matrix.js";
import type { Parameter } from "./parameter.js";
import { NodeStore } from "./node-store.js";
import type { Rows } from "./rows.js";
import type { StoredNode } from "./tape-nodes.js";
import { UNARY_INDEX, UNARY_LIST, type UnaryName } from "./unary.js";
import { Var } from "./var.js";

// What else a node is; the numbers go on behind the elementwise ones.
export const LEAF = 0;
export const CONSTANT = 9;
export const UNARY = 10;
export const SUM = 11;
export const AT = 12;
export const LINEAR = 13;
export const LOG_SOFTMAX = 14;
export const NLL = 15;

// Not made anew, since a state asks for the shape of its prediction at every step.
const SCALAR: readonly number[] = [];
const ONE_BY_ONE: readonly number[] = [1, 1];

let current: Tape | undefined;

/** The tape of the step that is being computed. Throws when none is: a parameter can be computed with only in a model's `forward`. */
export function currentTape(): Tape {
  if (current === undefined) {
    throw new ContextError(
      "A parameter can be computed with only inside a model's forward function or a criterion",
    );
  }
  return current;
}

/**
 * Records what `forward` and the criterion compute. Its memory is kept and used again at every `reset`, so a step leaves no garbage;
 * values that are to outlive the step must be copied (`item`, `toArray`).
 */
export class Tape extends NodeStore {
  readonly #parameters: Parameter[] = [];
  #leaves = 0;

  /** Forgets every node. */
  reset(): void {
    this.nodes = 0;
    this.used = 0;
    this.#leaves = 0;
  }

  /** Forgets every node and starts with a scalar, `cell[0]`, that is not trained; for a tape that starts so every time. */
  restart(cell: Float64Array): Var {
    if (this.vars.length === 0) this.constant(0);
    this.value[0] = cell[0]!;
    this.nodes = 1;
    this.#leaves = 0;
    this.used = 1;
    return this.vars[0]!;
  }

  /** Makes this the tape that parameters write to, until `deactivate`. */
  activate(): void {
    current = this;
  }

  /** No tape is written to until the next `activate`. */
  deactivate(): void {
    current = undefined;
  }

  /** The node of a parameter, one a step. */
  leaf(parameter: Parameter): Var {
    const parameters = this.#parameters;
    for (let i = 0; i < this.nodes; i++) {
      if (this.op[i] === LEAF && parameters[this.left[i]!] === parameter) return this.vars[i]!;
    }
    const leaf = this.#leaves++;
    const { shape } = parameter;
    const columns = shape.length === 2 ? shape[1]! : 0;
    const node = this.push(LEAF, leaf, 0, parameter.data.length, columns, 0);
    parameters[leaf] = parameter;
    this.store(node, parameter.data);
    return node;
  }

  /** A node that is not trained. */
  constant(value: number | ArrayLike<number>): Var {
    const isNumber = typeof value === "number";
    const node = this.push(CONSTANT, 0, 0, isNumber ? 1 : value.length, 0, 0);
    if (isNumber) this.value[this.starts[node.index]!] = value;
    else this.store(node, value);
    return node;
  }

  /** A matrix that is not trained; what a row has in several dimensions stands in its columns. */
  rows({ shape, data }: Rows): Var {
    const node = this.push(CONSTANT, 0, 0, data.length, data.length / shape[0]!, 0);
    this.store(node, data);
    return node;
  }

  add(a: Var, b: Var): Var {
    return this.#binary(ADD, a, b);
  }

  sub(a: Var, b: Var): Var {
    return this.#binary(SUB, a, b);
  }

  mul(a: Var, b: Var): Var {
    return this.#binary(MUL, a, b);
  }

  div(a: Var, b: Var): Var {
    return this.#binary(DIV, a, b);
  }

  addConstant(a: Var, c: number): Var {
    return this.#withConstant(ADD_CONSTANT, a, c);
  }

  mulConstant(a: Var, c: number): Var {
    return this.#withConstant(MUL_CONSTANT, a, c);
  }

  divConstant(a: Var, c: number): Var {
    return this.#withConstant(DIV_CONSTANT, a, c);
  }

  pow(a: Var, exponent: number): Var {
    return this.#withConstant(POW, a, exponent);
  }

  unary(name: UnaryName, a: Var): Var {
    const which = UNARY_INDEX[name];
    const size = this.size[a.index]!;
    const node = this.push(UNARY, a.index, which, size, this.columns[a.index]!, 0);
    const f = UNARY_LIST[which]!;
    const from = this.starts[a.index]!;
    const to = this.starts[node.index]!;
    for (let i = 0; i < size; i++) this.value[to + i] = f.value(this.value[from + i]!);
    return node;
  }

  sum(a: Var): Var {
    const from = this.starts[a.index]!;
    const node = this.push(SUM, a.index, 0, 1, 0, 0);
    let total = 0;
    for (let i = 0; i < this.size[a.index]!; i++) total += this.value[from + i]!;
    this.value[this.starts[node.index]!] = total;
    return node;
  }

  at(a: Var, index: number): Var {
    const size = this.size[a.index]!;
    if (!Number.isInteger(index) || index < 0 || index >= size) {
      throw new ArgumentError("index", `an integer from 0 to ${size - 1}`, index);
    }
    const node = this.push(AT, a.index, index, 1, 0, 0);
    this.value[this.starts[node.index]!] = this.value[this.starts[a.index]! + index]!;
    return node;
  }

  /** x wᵀ + b, for x of rows or one row, w of [outputs, inputs], and b of the outputs. */
  linear(x: Var, w: Var, b: Var | undefined): Var {
    const inputs = this.columnsOf(w);
    const outputs = this.size[w.index]! / inputs;
    const rows = this.size[x.index]! / inputs;
    const columns = this.columns[x.index] === 0 ? 0 : outputs;
    const node = this.push(LINEAR, x.index, w.index, rows * outputs, columns, b?.index ?? -1);
    const at = this.starts;
    const bias = b === undefined ? -1 : at[b.index]!;
    linearForward(this.value, at[node.index]!, at[x.index]!, at[w.index]!, bias, rows, inputs, outputs);
    return node;
  }

  /** The logarithm of the softmax of each row; a vector is one row. */
  logSoftmax(a: Var): Var {
    const size = this.size[a.index]!;
    const columns = this.columnsOf(a);
    const node = this.push(LOG_SOFTMAX, a.index, 0, size, this.columns[a.index]!, 0);
    logSoftmaxForward(this.value, this.starts[node.index]!, this.starts[a.index]!, size / columns, columns);
    return node;
  }

  /** The mean of minus the elements of `a`, one of each row: that which the row's number in `classes` says. */
  nll(a: Var, classes: Var): Var {
    const node = this.push(NLL, a.index, classes.index, 1, 0, 0);
    const at = this.starts;
    const columns = this.columnsOf(a);
    const rows = this.size[classes.index]!;
    nllForward(this.value, at[node.index]!, at[a.index]!, at[classes.index]!, rows, columns);
    return node;
  }

  /** Every node as it was made, for those who tell of it. */
  stored(): StoredNode[] {
    return this.vars.slice(0, this.nodes).map((node, i) => ({
      op: this.op[i]!,
      left: this.left[i]!,
      right: this.right[i]!,
      constant: this.constants[i]!,
      shape: this.shapeOf(node),
      parameter: this.op[i] === LEAF ? this.#parameters[this.left[i]!] : undefined,
    }));
  }

  lengthOf(a: Var): number {
    return this.size[a.index]!;
  }

  /** Columns of a matrix; a vector is one row. */
  columnsOf(a: Var): number {
    return this.columns[a.index] || this.size[a.index]!;
  }

  shapeOf(a: Var): readonly number[] {
    const size = this.size[a.index]!;
    const columns = this.columns[a.index]!;
    if (size === 1) return columns === 0 ? SCALAR : ONE_BY_ONE;
    return columns === 0 ? [size] : [size / columns, columns];
  }

  item(a: Var): number {
    if (this.size[a.index] !== 1) {
      throw new ArgumentError("value", "a scalar", undefined, `a vector of ${this.size[a.index]} numbers`);
    }
    return this.value[this.starts[a.index]!]!;
  }

  /** Writes the number of the scalar `a` to `cell[0]`: `item`, for once a step, where a returned number might be put on the heap. */
  copyItem(a: Var, cell: Float64Array): void {
    cell[0] = this.size[a.index] === 1 ? this.value[this.starts[a.index]!]! : this.item(a);
  }

  valuesOf(a: Var): Float64Array {
    const at = this.starts[a.index]!;
    return this.value.subarray(at, at + this.size[a.index]!);
  }

  /** The gradient of the last `backward`'s scalar with respect to the scalar `a`. */
  gradOf(a: Var): number {
    return this.grad[this.starts[a.index]!]!;
  }

  /** Sets `grad` of every parameter on the tape to the gradient of the scalar `loss`. */
  backward(loss: Var): void {
    if (this.size[loss.index] !== 1) {
      throw new ArgumentError("loss", "a scalar", undefined, `a vector of ${this.size[loss.index]} numbers`);
    }
    this.grad.fill(0, 0, this.used);
    this.grad[this.starts[loss.index]!] = 1;
    for (let i = loss.index; i >= 0; i--) this.#backwardNode(i);
  }

  #backwardNode(i: number): void {
    const value = this.value;
    const grad = this.grad;
    const out = this.starts[i]!;
    const size = this.size[i]!;
    const left = this.left[i]!;
    const op = this.op[i]!;
    if (op === CONSTANT) return;
    if (op === LEAF) {
      const target = this.#parameters[left]!.grad;
      for (let k = 0; k < size; k++) target[k] = grad[out + k]!;
      return;
    }
    const a = this.starts[left]!;
    if (op <= DIV) {
      const right = this.right[i]!;
      const stepA = this.size[left] === 1 ? 0 : 1;
      const stepB = this.size[right] === 1 ? 0 : 1;
      binaryBackward(op, value, grad, out, size, a, stepA, this.starts[right]!, stepB);
    } else if (op <= POW) {
      constantBackward(op, value, grad, out, size, a, this.constants[i]!);
    } else this.#backwardOther(i);
  }

  #backwardOther(i: number): void {
    const value = this.value;
    const grad = this.grad;
    const out = this.starts[i]!;
    const left = this.left[i]!;
    const right = this.right[i]!;
    const a = this.starts[left]!;
    const size = this.size[left]!;
    const columns = this.columns[left] || size;
    switch (this.op[i]) {
      case UNARY: {
        const f = UNARY_LIST[right]!;
        for (let k = 0; k < size; k++)
          grad[a + k]! += grad[out + k]! * f.slope(value[a + k]!, value[out + k]!);
        return;
      }
      case SUM:
        for (let k = 0; k < size; k++) grad[a + k]! += grad[out]!;
        return;
      case AT:
        grad[a + right]! += grad[out]!;
        return;
      case LINEAR: {
        const inputs = this.columns[right] || this.size[right]!;
        const outputs = this.size[right]! / inputs;
        const bias = this.constants[i]! < 0 ? -1 : this.starts[this.constants[i]!]!;
        const isData = this.op[left] === CONSTANT;
        const w = this.starts[right]!;
        linearBackward(value, grad, out, a, w, bias, size / inputs, inputs, outputs, isData);
        return;
      }
      case LOG_SOFTMAX:
        logSoftmaxBackward(value, grad, out, a, size / columns, columns);
        return;
      case NLL:
        nllBackward(value, grad, out, a, this.starts[right]!, size / columns, columns);
    }
  }

  #binary(op: number, a: Var, b: Var): Var {
    const sizeA = this.size[a.index]!;
    const sizeB = this.size[b.index]!;
    const columnsA = this.columns[a.index]!;
    const columnsB = this.columns[b.index]!;
    let columns = sizeA === 1 ? columnsB : columnsA;
    if (sizeA !== 1 && sizeB !== 1) {
      if (sizeA !== sizeB || columnsA !== columnsB) this.#refuse(a, b);
    } else if (sizeA === sizeB) columns = Math.max(columnsA, columnsB);
    const size = Math.max(sizeA, sizeB);
    const node = this.push(op, a.index, b.index, size, columns, 0);
    const stepA = sizeA === 1 ? 0 : 1;
    const stepB = sizeB === 1 ? 0 : 1;
    const at = this.starts;
    binaryForward(op, this.value, at[node.index]!, size, at[a.index]!, stepA, at[b.index]!, stepB);
    return node;
  }

  #refuse(a: Var, b: Var): never {
    const [first, second] = [this.shapeOf(a), this.shapeOf(b)];
    const areVectors = first.length < 2 && second.length < 2;
    throw new ArgumentError(
      "operands",
      areVectors ? "scalars or vectors of one length" : "scalars or arrays of one shape",
      undefined,
      areVectors
        ? `lengths ${first[0]} and ${second[0]}`
        : `shapes [${first.join(", ")}] and [${second.join(", ")}]`,
    );
  }

  #withConstant(op: number, a: Var, c: number): Var {
    const size = this.size[a.index]!;
    const node = this.push(op, a.index, 0, size, this.columns[a.index]!, c);
    constantForward(op, this.value, this.starts[node.index]!, size, this.starts[a.index]!, c);
    return node;
  }

  protected override newVar(index: number): Var {
    return new Var(this, index);
  }
}
