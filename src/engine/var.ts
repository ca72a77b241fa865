// A node of a tape, as models and criteria hold it.

import { Operand } from "./operand.js";
import type { Tape } from "./tape.js";

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

  /** `[rows, columns]` of a matrix, `[length]` of a vector, `[]` of a scalar. */
  get shape(): readonly number[] {
    return this.tape.shapeOf(this);
  }

  /** The number of a scalar. */
  item(): number {
    return this.tape.item(this);
  }

  /** The numbers, row by row, in a new array. */
  toArray(): Float64Array {
    return this.tape.valuesOf(this).slice();
  }
}
