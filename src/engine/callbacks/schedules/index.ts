// Schedules of the learning rate: PyTorch's, and the paper's.

export { ChainedScheduler, SequentialLR } from "./combined-lr.js";
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from "./cosine-lr.js";
export type { CosineAnnealingLROptions, CosineAnnealingWarmRestartsOptions } from "./cosine-lr.js";
export { CyclicLR } from "./cyclic-lr.js";
export type { CyclicLROptions } from "./cyclic-lr.js";
export { InverseSquareRootLR } from "./inverse-square-root-lr.js";
export { LambdaLR, MultiplicativeLR } from "./lambda-lr.js";
export type { LRLambda } from "./lambda-lr.js";
export { ConstantLR, LinearLR, PolynomialLR } from "./linear-lr.js";
export type { ConstantLROptions, LinearLROptions, PolynomialLROptions } from "./linear-lr.js";
export { LRScheduler } from "./lr-scheduler.js";
export type { PerGroup, ScheduleOptions } from "./lr-scheduler.js";
export { OneCycleLR } from "./one-cycle-lr.js";
export type { OneCycleLROptions } from "./one-cycle-lr.js";
export { ReduceLROnPlateau } from "./reduce-lr-on-plateau.js";
export type { ReduceLROnPlateauOptions } from "./reduce-lr-on-plateau.js";
export { ExponentialLR, MultiStepLR, StepLR } from "./step-lr.js";
export type { ExponentialLROptions, MultiStepLROptions, StepLROptions } from "./step-lr.js";
