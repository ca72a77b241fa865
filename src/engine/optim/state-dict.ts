// What an optimizer remembers, as data: what is copied out, and what is checked before it is taken back.

import { ArgumentError } from "../../errors.js";
import type { Vec } from "../parameter.js";

/** What an optimizer remembers between steps, in copies: with the parameters' numbers, all that its next steps depend on. */
export interface OptimizerStateDict {
  /** The optimizer's name. */
  readonly optimizer: string;
  readonly groups: readonly {
    readonly lr: number;
    /** The length of each parameter. */
    readonly params: readonly number[];
  }[];
  /**
   * Of each parameter, in the order of the groups, what its rules remember. Arrays of numbers are taken too, such as JSON has
   * them; it knows neither -0 nor NaN.
   */
  readonly state: readonly Readonly<Record<string, Vec | readonly number[]>>[];
}

/** A slot's vectors by their names. */
export type NamedVectors = Readonly<Record<string, Vec>>;

/**
 * Throws an `ArgumentError` that names the first part of `given` that does not fit into an optimizer whose own state is `own`: another
 * optimizer, other groups or parameters, another precision, a state that another option makes.
 */
export function checkStateDict(given: OptimizerStateDict, own: OptimizerStateDict): void {
  checkObject("stateDict", given);
  if (given.optimizer !== own.optimizer) {
    throw new ArgumentError("stateDict.optimizer", JSON.stringify(own.optimizer), given.optimizer);
  }
  checkList("stateDict.groups", given.groups, own.groups.length, "group");
  for (const [i, group] of own.groups.entries()) {
    const name = `stateDict.groups[${i}]`;
    const { lr, params } = checkObject(name, given.groups[i]);
    if (!(typeof lr === "number" && lr >= 0)) throw new ArgumentError(`${name}.lr`, "a number from 0", lr);
    checkList(`${name}.params`, params, group.params.length, "length");
    for (const [k, length] of group.params.entries()) {
      if (params[k] !== length) {
        throw new ArgumentError(`${name}.params[${k}]`, `${length}, the parameter's length`, params[k]);
      }
    }
  }
  checkList("stateDict.state", given.state, own.state.length, "state");
  for (const [i, vectors] of own.state.entries()) {
    checkVectors(`stateDict.state[${i}]`, given.state[i], vectors as NamedVectors);
  }
}

function checkVectors(
  name: string,
  given: OptimizerStateDict["state"][number] | undefined,
  own: NamedVectors,
): void {
  const vectors = checkObject(name, given);
  const [expected, came] = [own, vectors].map((each) => Object.keys(each).toSorted().join(", ") || "nothing");
  if (came !== expected) {
    throw new ArgumentError(name, `an object that has ${expected}`, vectors, `one that has ${came}`);
  }
  for (const [key, vector] of Object.entries(own)) {
    const value = vectors[key];
    const fits =
      (Array.isArray(value) && value.every((number) => typeof number === "number")) ||
      value?.constructor === vector.constructor;
    if (fits && value?.length === vector.length) continue;
    const length = (value as { length?: unknown } | undefined)?.length;
    throw new ArgumentError(
      `${name}.${key}`,
      `${vector.length} numbers in a ${vector.constructor.name} or an array`,
      value,
      ...(typeof length === "number" ? [`${length} in ${describe(value)}`] : []),
    );
  }
}

function describe(value: unknown): string {
  if (!Array.isArray(value)) return `a ${(value as object).constructor.name}`;
  const stranger = value.findIndex((item) => typeof item !== "number");
  return stranger < 0 ? "an array" : `an array with ${JSON.stringify(value[stranger])} at ${stranger}`;
}

function checkObject<T>(name: string, value: T): T & object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new ArgumentError(name, "an object, as stateDict() gives it", value);
}

function checkList(name: string, value: unknown, length: number, what: string): void {
  const expected = `${length} ${what}${length === 1 ? "" : "s"}`;
  if (!Array.isArray(value)) throw new ArgumentError(name, `an array of ${expected}`, value);
  if (value.length !== length) throw new ArgumentError(name, expected, value, String(value.length));
}
