// An optimizer: parameters in groups, each with its rule.

import { ArgumentError } from "../../errors.js";
import type { Parameter, Vec } from "../parameter.js";
import { zerosLike } from "../parameter.js";
import { linksOf, type Rule } from "./rule.js";
import { checkStateDict, type OptimizerStateDict } from "./state-dict.js";

/** Parameters, or groups of them with options of their own, as torch's optimizers take them. */
export type Params<Options> =
  | Iterable<Parameter>
  | Iterable<{ params: Iterable<Parameter> } & Partial<Options>>;

/** Parameters with one learning rate. */
export interface ParamGroup {
  readonly params: readonly Parameter[];
  /** May be changed between steps. */
  lr: number;
  /** What it was made with, defaults among it; nothing reads it but those who tell of it. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A parameter with its rule; the loops read the vectors and the links of the chain from here. */
class Slot {
  readonly parameter: Parameter;
  readonly rule: Rule;
  readonly #links: readonly Rule[];
  readonly #data: Vec;
  readonly #grad: Vec;
  readonly #update: Vec;

  constructor(parameter: Parameter, rule: Rule) {
    this.parameter = parameter;
    this.rule = rule;
    this.#links = linksOf(rule);
    this.#data = parameter.data;
    this.#grad = parameter.grad;
    this.#update = zerosLike(parameter.data);
    rule.init(parameter.data);
  }

  step(): void {
    const links = this.#links;
    const data = this.#data;
    const grad = this.#grad;
    const update = this.#update;
    for (let k = 0; k < update.length; k++) update[k] = grad[k]!;
    for (let i = 0; i < links.length; i++) links[i]!.update(update, data);
    for (let k = 0; k < update.length; k++) data[k]! += update[k]!;
  }
}

/** Changes parameters by their gradients. Made by `Adam`, `AdamW`, `SGD`, or of rules by `optimizer`. */
export class Optimizer {
  readonly name: string;
  readonly paramGroups: readonly ParamGroup[];
  readonly #slots: readonly Slot[];

  /** Made by `optimizer`. */
  constructor(name: string, groups: readonly { group: ParamGroup; rule: () => Rule }[]) {
    this.name = name;
    this.paramGroups = groups.map(({ group }) => group);
    this.#slots = groups.flatMap(({ group, rule }) =>
      group.params.map((parameter) => new Slot(parameter, rule())),
    );
    const parameters = this.#slots.map((slot) => slot.parameter);
    if (parameters.length === 0)
      throw new ArgumentError("params", "at least one parameter", parameters, "none");
    if (new Set(parameters).size !== parameters.length) {
      throw new ArgumentError(
        "params",
        "parameters that are each named once",
        parameters,
        "one that is named twice",
      );
    }
  }

  /** What the rules remember of each parameter, in the order of the groups. */
  get state(): readonly Readonly<Record<string, Vec>>[] {
    return this.#slots.map((slot) => slot.rule.state);
  }

  /**
   * A copy of what the next steps depend on beside the parameters' own numbers: each group's learning rate, and what the rules remember.
   * The other options are not in it: they are what the optimizer is made with.
   */
  stateDict(): OptimizerStateDict {
    return {
      optimizer: this.name,
      groups: this.paramGroups.map(({ lr, params }) => ({
        lr,
        params: params.map(({ data }) => data.length),
      })),
      state: this.state.map((vectors) =>
        Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, vector.slice()])),
      ),
    };
  }

  /**
   * Takes over the state of an optimizer that was made with the same options for parameters of the same lengths. The steps go on as that
   * one's, bit for bit, if the parameters' numbers are put back too.
   *
   * Throws an `ArgumentError` that names what does not fit; then nothing was changed.
   */
  loadStateDict(stateDict: OptimizerStateDict): void {
    checkStateDict(stateDict, this.stateDict());
    for (const [i, group] of this.paramGroups.entries()) group.lr = stateDict.groups[i]!.lr;
    for (const [i, vectors] of this.state.entries()) {
      for (const [name, vector] of Object.entries(vectors)) vector.set(stateDict.state[i]![name]!);
    }
  }

  /** Sets every gradient to 0. */
  zeroGrad(): void {
    const slots = this.#slots;
    for (let i = 0; i < slots.length; i++) slots[i]!.parameter.grad.fill(0);
  }

  /** Changes every parameter by the gradient that stands in its `grad`, which is left as it is. */
  step(): void {
    const slots = this.#slots;
    for (let i = 0; i < slots.length; i++) slots[i]!.step();
  }
}

/**
 * An optimizer from rules: `rule` makes the chain of one parameter in a group. `params` are parameters, or groups whose options stand
 * over `defaults`.
 *
 * Throws an `ArgumentError` when there is no parameter, or one twice, or a learning rate is negative or no number.
 */
export function optimizer<Options extends { lr: number }>(
  name: string,
  params: Params<Options>,
  defaults: Options,
  rule: (group: ParamGroup, options: Options) => Rule,
): Optimizer {
  const given = [...params] as (Parameter | ({ params: Iterable<Parameter> } & Partial<Options>))[];
  const groups = given.every((item) => "data" in item)
    ? [{ params: given as Parameter[] }]
    : (given as ({ params: Iterable<Parameter> } & Partial<Options>)[]);
  return new Optimizer(
    name,
    groups.map(({ params: members, ...own }) => {
      const options: Options = { ...defaults, ...(own as unknown as Partial<Options>) };
      if (!(options.lr >= 0)) throw new ArgumentError("lr", "a number from 0", options.lr);
      const group: ParamGroup = { params: [...members], lr: options.lr, options };
      return { group, rule: () => rule(group, options) };
    }),
  );
}
