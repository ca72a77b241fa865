// The memory of a tape: its nodes, and their numbers one behind the other. It grows, and is used again for every step.

import type { Vec } from "./parameter.js";
import type { Var } from "./var.js";

/** Nodes in the order in which they were made, a place in each array. */
export abstract class NodeStore {
  /** What made the node. */
  protected op = new Uint8Array(64);
  /** The nodes it was made from. */
  protected left = new Int32Array(64);
  protected right = new Int32Array(64);
  /** A number that it was made with. */
  protected constants = new Float64Array(64);
  /** Where its numbers begin in `value` and `grad`, and how many there are. */
  protected starts = new Int32Array(64);
  protected size = new Int32Array(64);
  /** Of a matrix; 0 for vectors and scalars. */
  protected columns = new Int32Array(64);
  protected value = new Float64Array(256);
  protected grad = new Float64Array(256);
  protected readonly vars: Var[] = [];
  protected nodes = 0;
  protected used = 0;

  /** A handle of a node, made once for each place. */
  protected abstract newVar(index: number): Var;

  /** Adds a node of `size` numbers, which are still to be written. */
  protected push(
    op: number,
    left: number,
    right: number,
    size: number,
    columns: number,
    constant: number,
  ): Var {
    const index = this.nodes++;
    if (index === this.op.length) this.#growNodes();
    this.op[index] = op;
    this.left[index] = left;
    this.right[index] = right;
    this.starts[index] = this.used;
    this.size[index] = size;
    this.columns[index] = columns;
    this.constants[index] = constant;
    this.used += size;
    if (this.used > this.value.length) this.#growValues();
    const vars = this.vars;
    if (index === vars.length) vars.push(this.newVar(index));
    return vars[index]!;
  }

  /** Writes the numbers of a node. */
  protected store(node: Var, values: Vec | ArrayLike<number>): void {
    const at = this.starts[node.index]!;
    for (let i = 0; i < values.length; i++) this.value[at + i] = values[i]!;
  }

  #growNodes(): void {
    const copy = <T extends Uint8Array | Int32Array | Float64Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    const length = this.op.length * 2;
    this.op = copy(new Uint8Array(length), this.op);
    this.left = copy(new Int32Array(length), this.left);
    this.right = copy(new Int32Array(length), this.right);
    this.starts = copy(new Int32Array(length), this.starts);
    this.size = copy(new Int32Array(length), this.size);
    this.columns = copy(new Int32Array(length), this.columns);
    this.constants = copy(new Float64Array(length), this.constants);
  }

  #growValues(): void {
    const length = Math.max(this.value.length * 2, this.used);
    const values = new Float64Array(length);
    values.set(this.value);
    this.value = values;
    this.grad = new Float64Array(length);
  }
}
