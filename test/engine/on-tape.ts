// Computes a function of parameters on a tape of its own, outside of a trial.
import { Parameter, type Operand, type Rows, type Var } from "../../src/engine/index.js";
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

/** A batch of rows. */
export function rows(values: readonly (number | readonly number[])[]): Rows {
  const [first] = values;
  const shape = typeof first === "number" ? [values.length] : [values.length, first!.length];
  return { shape, data: Float64Array.from(values.flat()) };
}

/** Holds the gradient of `f`, its elements weighted by `w`, to differences of its values; `shapes` are those of the inputs that are matrices. */
export function expectGradient(
  inputs: number[][],
  w: number[],
  f: (parameters: Parameter[]) => Var,
  shapes: readonly (readonly number[] | undefined)[] = [],
): void {
  const make = (at: number[][]): Parameter[] =>
    at.map((numbers, i) => new Parameter(numbers, { shape: shapes[i] ?? [numbers.length] }));
  const value = (at: number[][]): number =>
    valuesOf(() => f(make(at))).reduce((sum, y, i) => sum + y * w[i]!, 0);
  const parameters = make(inputs);
  backward(() => {
    const y = f(parameters);
    return y.dot(new Parameter(w.slice(0, y.length), { shape: y.shape }));
  });
  const h = 1e-5;
  for (const [p, numbers] of inputs.entries()) {
    for (const k of numbers.keys()) {
      const moved = (by: number): number[][] =>
        inputs.map((a, i) => a.map((x, j) => (i === p && j === k ? x + by : x)));
      const slope = (value(moved(h)) - value(moved(-h))) / (2 * h);
      const got = parameters[p]!.grad[k]!;
      if (!(Math.abs(got - slope) <= 1e-7 * (10 + Math.abs(slope)))) {
        throw new Error(`d/d${p}[${k}] is ${slope}, the tape says ${got}`);
      }
    }
  }
}
