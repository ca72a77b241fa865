// What optimizers refuse, as PyTorch does.

import { ArgumentError } from "../../errors.js";

/** Throws an `ArgumentError` for the first of `names` whose option is negative or no number. */
export function checkFromZero<Name extends string>(
  options: Readonly<Record<Name, number>>,
  ...names: readonly Name[]
): void {
  for (const name of names) {
    if (!(options[name] >= 0)) throw new ArgumentError(name, "a number from 0", options[name]);
  }
}

/** Throws an `ArgumentError` unless `betas` are two numbers from 0 to less than 1. */
export function checkBetas(betas: readonly [number, number]): void {
  checkPair("betas", betas);
  for (const [i, beta] of betas.entries()) {
    if (!(beta >= 0 && beta < 1))
      throw new ArgumentError(`betas[${i}]`, "a number from 0 to less than 1", beta);
  }
}

/** Throws an `ArgumentError` unless the option has two elements. */
export function checkPair(name: string, pair: readonly number[]): void {
  if (pair.length !== 2) throw new ArgumentError(name, "two numbers", pair);
}
