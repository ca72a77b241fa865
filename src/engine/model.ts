// A model: a function of its parameters, and of the input and the state of the training.

import { ArgumentError } from "../errors.js";
import { Parameter, type Vec } from "./parameter.js";
import type { State } from "./state.js";
import type { Var } from "./var.js";

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
  /** Whether the step is one of training; false in validations and tests. */
  training = true;

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
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** The parameters with their names, the ways to their fields: `w`, `layers.0.bias`. */
  namedParameters(): [name: string, parameter: Parameter][] {
    return collect(this, "", new Set());
  }

  /** The numbers of all parameters by name, copied, and `extraState`. */
  stateDict(): ModelStateDict {
    const parameters = Object.fromEntries(
      this.namedParameters().map(([name, { data }]) => [name, data.slice()]),
    );
    return { parameters, extra: this.extraState?.() ?? null };
  }

  /** Takes the numbers of a state dict. Throws an `ArgumentError`, before anything is changed, unless it has this model's parameters. */
  loadStateDict({ parameters, extra }: ModelStateDict): void {
    const own = this.namedParameters();
    const names = own.map(([name]) => name).join(", ");
    if (Object.keys(parameters).join(", ") !== names)
      throw new ArgumentError(
        "stateDict.model",
        `parameters ${names}`,
        parameters,
        Object.keys(parameters).join(", "),
      );
    for (const [name, { data }] of own) {
      const { length } = parameters[name]!;
      if (length !== data.length)
        throw new ArgumentError(`stateDict.model.${name}`, `${data.length} numbers`, undefined, `${length}`);
    }
    for (const [name, { data }] of own) data.set(parameters[name]!);
    if (extra !== null) this.loadExtraState?.(extra);
  }

  /** What else than parameters the model must know to go on: a random generator's state. Plain values and typed arrays. */
  extraState?(): unknown;

  /** Takes what `extraState` gave. */
  loadExtraState?(extra: unknown): void;
}

/** A model's numbers. */
export interface ModelStateDict {
  readonly parameters: Readonly<Record<string, Vec>>;
  readonly extra: unknown;
}

function collect(holder: object, prefix: string, seen: Set<object>): [string, Parameter][] {
  if (seen.has(holder)) return [];
  seen.add(holder);
  return Object.entries(holder).flatMap(([key, field]: [string, unknown]): [string, Parameter][] => {
    const name = prefix + key;
    if (field instanceof Parameter) return seen.has(field) ? [] : (seen.add(field), [[name, field]]);
    return field instanceof Model || Array.isArray(field) ? collect(field, `${name}.`, seen) : [];
  });
}
