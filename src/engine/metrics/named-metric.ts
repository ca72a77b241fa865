// Metrics by name (torchbearer/metrics/default.py).

import { UnknownNameError } from "../../errors.js";
import { nearestName } from "../../math/nearest-name.js";
import { binaryCrossEntropyWithLogits, mseLoss } from "../criteria.js";
import type { State } from "../state.js";
import {
  binaryAccuracy,
  categoricalAccuracy,
  lossMetric,
  meanSquaredError,
  topKAccuracy,
} from "./accuracy.js";
import { learningRate } from "./learning-rate.js";
import type { LoggedMetric } from "./logged-metric.js";
import { rocAuc } from "./roc-auc.js";
import { toDict } from "./to-dict.js";

/** What a name may depend on. */
type Trained = Pick<State, "criterion" | "optimizer">;

const METRICS = {
  acc: defaultAccuracy,
  accuracy: defaultAccuracy,
  binary_acc: () => binaryAccuracy(),
  binary_accuracy: () => binaryAccuracy(),
  cat_acc: categoricalAccuracy,
  cat_accuracy: categoricalAccuracy,
  top_5_acc: () => topKAccuracy(5),
  top_5_accuracy: () => topKAccuracy(5),
  top_10_acc: () => topKAccuracy(10),
  top_10_accuracy: () => topKAccuracy(10),
  mse: meanSquaredError,
  loss: lossMetric,
  epoch: () => toDict("epoch", (state) => state.epoch),
  lr: ({ optimizer }) => learningRate(optimizer),
  roc_auc: () => rocAuc(),
  roc_auc_score: () => rocAuc(),
} as const satisfies Record<string, (trained: Trained) => LoggedMetric>;

/** The name of a metric, as in torchbearer; `acc` is the one for the trial's criterion. */
export type MetricName = keyof typeof METRICS;

/** A new metric by its name. Throws an `UnknownNameError`. */
export function namedMetric(name: string, trained: Trained): LoggedMetric {
  const names = Object.keys(METRICS);
  if (!names.includes(name)) throw new UnknownNameError("metric", name, names, nearestName(name, names));
  return METRICS[name as MetricName](trained);
}

// What "right" means is what the criterion trains for: classes, unless it is known to be something else.
function defaultAccuracy({ criterion }: Trained): LoggedMetric {
  const given: unknown = criterion;
  if (given === mseLoss) return meanSquaredError();
  // Above 0 a logit means more than one half.
  if (given === binaryCrossEntropyWithLogits) return binaryAccuracy({ threshold: 0 });
  return categoricalAccuracy();
}
