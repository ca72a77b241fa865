// Metrics.

export {
  binaryAccuracy,
  categoricalAccuracy,
  lossMetric,
  meanSquaredError,
  topKAccuracy,
} from "./accuracy.js";
export type { BinaryAccuracyOptions } from "./accuracy.js";
export { mean, runningMean, std, variance } from "./aggregates.js";
export { averageRegret } from "./average-regret.js";
export type { LinearProblem } from "./average-regret.js";
export { iterateAverage } from "./iterate-average.js";
export type { IterateAverageOptions } from "./iterate-average.js";
export { lambdaMetric } from "./lambda-metric.js";
export type { EpochMetricOptions, RowsFunction } from "./lambda-metric.js";
export { learningRate } from "./learning-rate.js";
export type { LoggedMetric } from "./logged-metric.js";
export { Metric, metric } from "./metric.js";
export type { MetricSource, Mode } from "./metric.js";
export type { MetricName } from "./named-metric.js";
export { rocAuc } from "./roc-auc.js";
export type { RunningMeanOptions } from "./running-window.js";
export { TimerMetric } from "./timer.js";
export type { TimeKey, TimerOptions } from "./timer.js";
export { toDict } from "./to-dict.js";
