// The pieces that optimizers are chains of.

import { ArgumentError } from "../../errors.js";
import type { Vec } from "../parameter.js";

/**
 * One equation of an optimizer, in place: `u` is the gradient (or what the rule before made of it) on entry and the update on return;
 * `x` is the parameter, to which the optimizer adds the update behind the last rule. Everything a rule remembers is in `state`, so that
 * the state is a checkpoint, and a histogram of it is one line.
 */
export interface Rule {
  /** What it remembers, by torch's names in camelCase; empty before `init`. */
  readonly state: Record<string, Vec>;
  /** Makes the state for a parameter. */
  init(x: Vec): void;
  update(u: Vec, x: Vec): void;
}

/** The rules one after another, as one. Their states are put together; `init` throws an `ArgumentError` when two have one name. */
export function chain(...rules: readonly Rule[]): Rule {
  return new Chain(rules);
}

/** The rules that `rule` is a chain of, at any depth; itself if it is none. */
export function linksOf(rule: Rule): readonly Rule[] {
  return rule instanceof Chain ? rule.rules.flatMap(linksOf) : [rule];
}

class Chain implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** The rules, without the chain around them. */
  get rules(): readonly Rule[] {
    return this.#rules;
  }

  init(x: Vec): void {
    for (const rule of this.#rules) {
      rule.init(x);
      for (const [name, value] of Object.entries(rule.state)) {
        if (name in this.state)
          throw new ArgumentError("rules", "rules whose states have different names", name);
        this.state[name] = value;
      }
    }
  }

  update(u: Vec, x: Vec): void {
    const rules = this.#rules;
    for (let i = 0; i < rules.length; i++) rules[i]!.update(u, x);
  }
}
