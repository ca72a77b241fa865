// Computes a function of parameters on a tape of its own, outside of a trial.
import type { Operand, Parameter, Var } from "../../src/engine/index.js";
import { Tape } from "../../src/engine/tape.js";

/** The value of the scalar `f`; its gradient is in the parameters then. */
export function backward(f: () => Operand, tape = new Tape()): number {
  const loss = on(tape, f);
  tape.backward(loss);
  return loss.item();
}

/** The node that `f` gives, on `tape`, begun anew. */
export function on(tape: Tape, f: () => Operand): Var {
  tape.reset();
  tape.activate();
  try {
    return f().node();
  } finally {
    tape.deactivate();
  }
}

/** The numbers that `f` gives. */
export function valuesOf(f: () => Operand): number[] {
  return [...on(new Tape(), f).toArray()];
}

/** The gradients as plain numbers. */
export function gradientsOf(parameters: readonly Parameter[]): number[][] {
  return parameters.map(({ grad }) => [...grad]);
}
