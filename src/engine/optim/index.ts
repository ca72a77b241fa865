// Optimizers, and the rules they are made of.

export { Adam, AdamW } from "./adam.js";
export type { AdamOptions } from "./adam.js";
export { Optimizer, optimizer } from "./optimizer.js";
export type { ParamGroup, Params } from "./optimizer.js";
export { chain } from "./rule.js";
export type { Rule } from "./rule.js";
export { addDecayedWeights, decayWeights, momentum, negate, scaleByLearningRate } from "./rules.js";
export type { HasLearningRate, MomentumOptions } from "./rules.js";
export { scaleByAdam } from "./scale-by-adam.js";
export type { ScaleByAdamOptions } from "./scale-by-adam.js";
export { SGD } from "./sgd.js";
export type { SGDOptions } from "./sgd.js";
