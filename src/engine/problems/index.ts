// Problems to train on.

export { Online, Stochastic } from "./linear.js";
export type { ProblemOptions } from "./linear.js";
