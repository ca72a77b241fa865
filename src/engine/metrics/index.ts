// Metrics.

export { mean, runningMean, std } from "./aggregates.js";
export { averageRegret } from "./average-regret.js";
export type { LinearProblem } from "./average-regret.js";
export type { LoggedMetric } from "./logged-metric.js";
export { Metric, metric } from "./metric.js";
export type { MetricSource, Mode } from "./metric.js";
export { toDict } from "./to-dict.js";
