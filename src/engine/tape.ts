// Reverse-mode differentiation over scalars and vectors: a tape that is written forwards and read backwards once a step.

import { ArgumentError, ContextError } from "../errors.js";
import { Operand } from "./operand.js";
import type { Parameter, Vec } from "./parameter.js";
import { UNARY_INDEX, UNARY_LIST, type UnaryName } from "./unary.js";

const LEAF = 0;
const CONSTANT = 1;
const ADD = 2;
const MUL = 3;
const DIV = 4;
const ADD_CONSTANT = 5;
const MUL_CONSTANT = 6;
const DIV_CONSTANT = 7;
const POW = 8;
const SUM = 9;
const AT = 10;
const SUB = 11;
const UNARY = 12;

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

/** A node of a tape. It is valid until the tape's next `reset`. */
export class Var extends Operand {
  readonly tape: Tape;
  /** Its place on the tape. */
  readonly index: number;

  /** Made by a tape. */
  constructor(tape: Tape, index: number) {
    super();
    this.tape = tape;
    this.index = index;
  }

  override node(): Var {
    return this;
  }

  /** How many numbers it holds. */
  get length(): number {
    return this.tape.lengthOf(this);
  }

  /** The number of a scalar. */
  item(): number {
    return this.tape.item(this);
  }

  /** The numbers, in a new array. */
  toArray(): Float64Array {
    return this.tape.valuesOf(this).slice();
  }
}

/**
 * Records what `forward` and the criterion compute. Its memory is kept and used again at every `reset`, so a step leaves no garbage;
 * values that are to outlive the step must be copied (`item`, `toArray`).
 */
export class Tape {
  #op = new Uint8Array(64);
  #left = new Int32Array(64);
  #right = new Int32Array(64);
  #at = new Int32Array(64);
  #size = new Int32Array(64);
  #constant = new Float64Array(64);
  #value = new Float64Array(256);
  #grad = new Float64Array(256);
  readonly #vars: Var[] = [];
  readonly #parameters: Parameter[] = [];
  #nodes = 0;
  #leaves = 0;
  #used = 0;

  /** Forgets every node. */
  reset(): void {
    this.#nodes = 0;
    this.#used = 0;
    this.#leaves = 0;
  }

  /** Forgets every node and starts with a scalar, `cell[0]`, that is not trained; for a tape that starts so every time. */
  restart(cell: Float64Array): Var {
    if (this.#vars.length === 0) this.constant(0);
    this.#value[0] = cell[0]!;
    this.#nodes = 1;
    this.#leaves = 0;
    this.#used = 1;
    return this.#vars[0]!;
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
    for (let i = 0; i < this.#nodes; i++) {
      if (this.#op[i] === LEAF && parameters[this.#left[i]!] === parameter) return this.#vars[i]!;
    }
    const leaf = this.#leaves++;
    const node = this.#push(LEAF, leaf, 0, parameter.data.length, 0);
    parameters[leaf] = parameter;
    this.#store(node, parameter.data);
    return node;
  }

  /** A node that is not trained. */
  constant(value: number | ArrayLike<number>): Var {
    if (typeof value === "number") {
      const node = this.#push(CONSTANT, 0, 0, 1, 0);
      this.#value[this.#at[node.index]!] = value;
      return node;
    }
    const node = this.#push(CONSTANT, 0, 0, value.length, 0);
    this.#store(node, value);
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
    const size = this.#size[a.index]!;
    const node = this.#push(UNARY, a.index, which, size, 0);
    const f = UNARY_LIST[which]!;
    const from = this.#at[a.index]!;
    const to = this.#at[node.index]!;
    for (let i = 0; i < size; i++) this.#value[to + i] = f.value(this.#value[from + i]!);
    return node;
  }

  sum(a: Var): Var {
    const from = this.#at[a.index]!;
    const node = this.#push(SUM, a.index, 0, 1, 0);
    let total = 0;
    for (let i = 0; i < this.#size[a.index]!; i++) total += this.#value[from + i]!;
    this.#value[this.#at[node.index]!] = total;
    return node;
  }

  at(a: Var, index: number): Var {
    const size = this.#size[a.index]!;
    if (!Number.isInteger(index) || index < 0 || index >= size) {
      throw new ArgumentError("index", `an integer from 0 to ${size - 1}`, index);
    }
    const node = this.#push(AT, a.index, index, 1, 0);
    this.#value[this.#at[node.index]!] = this.#value[this.#at[a.index]! + index]!;
    return node;
  }

  lengthOf(a: Var): number {
    return this.#size[a.index]!;
  }

  item(a: Var): number {
    if (this.#size[a.index] !== 1) {
      throw new ArgumentError("value", "a scalar", undefined, `a vector of ${this.#size[a.index]} numbers`);
    }
    return this.#value[this.#at[a.index]!]!;
  }

  /** Writes the number of the scalar `a` to `cell[0]`: `item`, for once a step, where a returned number might be put on the heap. */
  copyItem(a: Var, cell: Float64Array): void {
    cell[0] = this.#size[a.index] === 1 ? this.#value[this.#at[a.index]!]! : this.item(a);
  }

  valuesOf(a: Var): Float64Array {
    const at = this.#at[a.index]!;
    return this.#value.subarray(at, at + this.#size[a.index]!);
  }

  /** The gradient of the last `backward`'s scalar with respect to the scalar `a`. */
  gradOf(a: Var): number {
    return this.#grad[this.#at[a.index]!]!;
  }

  /** Sets `grad` of every parameter on the tape to the gradient of the scalar `loss`. */
  backward(loss: Var): void {
    if (this.#size[loss.index] !== 1) {
      throw new ArgumentError("loss", "a scalar", undefined, `a vector of ${this.#size[loss.index]} numbers`);
    }
    this.#grad.fill(0, 0, this.#used);
    this.#grad[this.#at[loss.index]!] = 1;
    for (let i = loss.index; i >= 0; i--) this.#backwardNode(i);
  }

  #backwardNode(i: number): void {
    const value = this.#value;
    const grad = this.#grad;
    const out = this.#at[i]!;
    const size = this.#size[i]!;
    const left = this.#left[i]!;
    const op = this.#op[i]!;
    if (op === CONSTANT) return;
    if (op === LEAF) {
      const target = this.#parameters[left]!.grad;
      for (let k = 0; k < size; k++) target[k] = grad[out + k]!;
      return;
    }
    const a = this.#at[left]!;
    // A scalar that met a vector has step 0: every element's gradient is added to it.
    const stepA = this.#size[left] === 1 ? 0 : 1;
    const c = this.#constant[i]!;
    switch (op) {
      case ADD_CONSTANT:
        for (let k = 0; k < size; k++) grad[a + k]! += grad[out + k]!;
        return;
      case MUL_CONSTANT:
        for (let k = 0; k < size; k++) grad[a + k]! += grad[out + k]! * c;
        return;
      case DIV_CONSTANT:
        for (let k = 0; k < size; k++) grad[a + k]! += grad[out + k]! / c;
        return;
      case POW:
        for (let k = 0; k < size; k++)
          grad[a + k]! += c === 0 ? 0 : grad[out + k]! * c * value[a + k]! ** (c - 1);
        return;
      case SUM:
        for (let k = 0; k < this.#size[left]!; k++) grad[a + k]! += grad[out]!;
        return;
      case AT:
        grad[a + this.#right[i]!]! += grad[out]!;
        return;
      case UNARY: {
        const f = UNARY_LIST[this.#right[i]!]!;
        for (let k = 0; k < size; k++)
          grad[a + k]! += grad[out + k]! * f.slope(value[a + k]!, value[out + k]!);
        return;
      }
    }
    const right = this.#right[i]!;
    const b = this.#at[right]!;
    const stepB = this.#size[right] === 1 ? 0 : 1;
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

  #binary(op: number, a: Var, b: Var): Var {
    const sizeA = this.#size[a.index]!;
    const sizeB = this.#size[b.index]!;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new ArgumentError(
        "operands",
        "scalars or vectors of one length",
        undefined,
        `lengths ${sizeA} and ${sizeB}`,
      );
    }
    const size = Math.max(sizeA, sizeB);
    const node = this.#push(op, a.index, b.index, size, 0);
    const value = this.#value;
    const out = this.#at[node.index]!;
    const atA = this.#at[a.index]!;
    const atB = this.#at[b.index]!;
    const stepA = sizeA === 1 ? 0 : 1;
    const stepB = sizeB === 1 ? 0 : 1;
    for (let k = 0; k < size; k++) {
      const x = value[atA + k * stepA]!;
      const y = value[atB + k * stepB]!;
      value[out + k] = op === ADD ? x + y : op === SUB ? x - y : op === MUL ? x * y : x / y;
    }
    return node;
  }

  #withConstant(op: number, a: Var, c: number): Var {
    const size = this.#size[a.index]!;
    const node = this.#push(op, a.index, 0, size, c);
    const value = this.#value;
    const from = this.#at[a.index]!;
    const out = this.#at[node.index]!;
    for (let k = 0; k < size; k++) {
      const x = value[from + k]!;
      value[out + k] =
        op === ADD_CONSTANT ? x + c : op === MUL_CONSTANT ? x * c : op === DIV_CONSTANT ? x / c : x ** c;
    }
    return node;
  }

  #push(op: number, left: number, right: number, size: number, constant: number): Var {
    const index = this.#nodes++;
    if (index === this.#op.length) this.#growNodes();
    this.#op[index] = op;
    this.#left[index] = left;
    this.#right[index] = right;
    this.#at[index] = this.#used;
    this.#size[index] = size;
    this.#constant[index] = constant;
    this.#used += size;
    if (this.#used > this.#value.length) this.#growValues();
    const vars = this.#vars;
    if (index === vars.length) vars.push(new Var(this, index));
    return vars[index]!;
  }

  #store(node: Var, values: Vec | ArrayLike<number>): void {
    const at = this.#at[node.index]!;
    for (let i = 0; i < values.length; i++) this.#value[at + i] = values[i]!;
  }

  #growNodes(): void {
    const copy = <T extends Uint8Array | Int32Array | Float64Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    const length = this.#op.length * 2;
    this.#op = copy(new Uint8Array(length), this.#op);
    this.#left = copy(new Int32Array(length), this.#left);
    this.#right = copy(new Int32Array(length), this.#right);
    this.#at = copy(new Int32Array(length), this.#at);
    this.#size = copy(new Int32Array(length), this.#size);
    this.#constant = copy(new Float64Array(length), this.#constant);
  }

  #growValues(): void {
    const length = Math.max(this.#value.length * 2, this.#used);
    const values = new Float64Array(length);
    values.set(this.#value);
    this.#value = values;
    this.#grad = new Float64Array(length);
  }
}
