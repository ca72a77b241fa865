// The area under the receiver operating characteristic (torchbearer/metrics/roc_auc_score.py, sklearn.metrics.roc_auc_score).

import { ArgumentError } from "../../errors.js";
import { columnsOf, type Rows } from "../rows.js";
import { lambdaMetric, type EpochMetricOptions } from "./lambda-metric.js";
import type { LoggedMetric } from "./logged-metric.js";

/**
 * How probable it is that a row of a class has a higher score than a row that is not of it, equal scores counting half: over the whole
 * pass, under `roc_auc_score`, and in training at every 50th step over the rows so far. One score a row is that of class 1 of 0 and 1; of
 * several columns, one for each class, the mean over the classes, each against all others. Targets are class numbers, or rows with 0 and 1
 * for each class. NaN where a class has no row or every one, or a score is NaN.
 */
export function rocAuc(options: EpochMetricOptions = {}): LoggedMetric {
  return lambdaMetric("roc_auc_score", rocAucScore, { ...options, onEpoch: true });
}

function rocAucScore(yPred: Rows, yTrue: Rows): number {
  const rows = yPred.shape[0]!;
  const columns = columnsOf(yPred);
  const width = columnsOf(yTrue);
  if (yTrue.shape[0] !== rows || (width !== 1 && width !== columns)) {
    const expected = `${rows} rows of a class number or ${columns} numbers`;
    throw new ArgumentError("yTrue", expected, yTrue, `shape [${yTrue.shape.join(", ")}]`);
  }
  const scores = new Float64Array(rows);
  const labels = new Uint8Array(rows);
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < rows; i++) {
      scores[i] = yPred.data[i * columns + c]!;
      const isOne = width === columns ? yTrue.data[i * width + c]! > 0.5 : yTrue.data[i] === c;
      labels[i] = Number(isOne);
    }
    sum += areaOf(scores, labels);
  }
  return sum / columns;
}

/** By the ranks of the scores, of which equal ones have their mean (Mann and Whitney, 1947). */
function areaOf(scores: Float64Array, labels: Uint8Array): number {
  const { length } = scores;
  if (scores.some(Number.isNaN)) return NaN;
  const order = Uint32Array.from({ length }, (_, i) => i).toSorted((a, b) => compare(scores[a]!, scores[b]!));
  let ranks = 0;
  let ones = 0;
  for (let start = 0; start < length;) {
    let end = start + 1;
    while (end < length && scores[order[end]!] === scores[order[start]!]) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      ones += labels[order[i]!]!;
      ranks += labels[order[i]!]! * rank;
    }
    start = end;
  }
  return (ranks - (ones * (ones + 1)) / 2) / (ones * (length - ones));
}

// Not by their difference, which is NaN for two infinities.
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
