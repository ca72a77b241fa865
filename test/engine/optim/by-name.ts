// Optimizers by torch's names, with torch's options.
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  ASGD,
  NAdam,
  RAdam,
  RMSprop,
  Rprop,
  SGD,
  type Optimizer,
} from "../../../src/engine/index.js";

export type Options = Readonly<Record<string, unknown>>;

export const OPTIMIZERS = {
  SGD,
  Adam,
  AdamW,
  Adamax,
  NAdam,
  RAdam,
  RMSprop,
  Adagrad,
  Adadelta,
  ASGD,
  Rprop,
} as const satisfies Readonly<Record<string, (params: never, options: never) => Optimizer>>;

export type OptimizerName = keyof typeof OPTIMIZERS;

/** The optimizer of that name; `options` and groups in torch's spelling. */
export function makeByName(name: string, params: readonly unknown[], options: Options): Optimizer {
  const make = OPTIMIZERS[name as OptimizerName] as unknown as (
    params: readonly unknown[],
    options: Options,
  ) => Optimizer;
  return make(params, camelCase(options));
}

export function camelCase(options: Options): Options {
  const named = Object.entries(options).map(([key, value]) => [
    key.replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(named) as Options;
}
