// A model: a function of its parameters, and of the input and the state of the training.

import { Parameter } from "./parameter.js";
import type { State } from "./state.js";
import type { Var } from "./tape.js";

/**
 * What a `Trial` trains, after torch's `nn.Module`: the parameters are its fields, the function is `forward`.
 *
 * ```ts
 * class Parabola extends Model {
 *   readonly x = new Parameter(3);
 *   forward() {
 *     return this.x.sub(1).pow(2);
 *   }
 * }
 * ```
 */
export abstract class Model {
  /** The name of the runs it is logged to; the class's unless set. */
  get name(): string {
    return this.constructor.name;
  }

  /** The prediction for the input `x` (undefined when there is no data), computed with parameters. Called once a step. */
  abstract forward(x: unknown, state: State): Var;

  /**
   * The fast path, for models that know their derivative: sets `state.prediction[0]` to what `forward` gives, which must be one number, and
   * `grad` of every parameter to its derivative. It must agree with `forward`. (It returns nothing, because V8 puts a number that is
   * returned on the heap where it does not inline the call.)
   */
  gradient?(x: unknown, state: State): void;

  /** Every parameter among the fields, those of models and arrays in the fields too, in the order of definition. */
  parameters(): Parameter[] {
    return collect(this, new Set());
  }
}

function collect(holder: object, seen: Set<object>): Parameter[] {
  if (seen.has(holder)) return [];
  seen.add(holder);
  return Object.values(holder).flatMap((field: unknown) => {
    if (field instanceof Parameter) return seen.has(field) ? [] : (seen.add(field), [field]);
    return field instanceof Model || Array.isArray(field) ? collect(field, seen) : [];
  });
}
