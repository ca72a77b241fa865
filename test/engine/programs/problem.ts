// A problem for `tnl run`, with data, validation and a schedule, which says on stderr where it is.
import {
  CosineAnnealingLR,
  GradientNormClipping,
  lossMetric,
  mseLoss,
  runningMean,
  type Criterion,
} from "tensorboard-node-logger";
import type { Problem } from "tensorboard-node-logger/experiments";
import { Net, noisyData, places } from "./net.js";

const BATCH_SIZE = 4;

export const problem: Problem<Net> = {
  make: ({ seed }) => new Net(seed),
  criterion: () => mseLoss as Criterion,
  metrics: (model) => [lossMetric(), runningMean(["weight", () => model.out.weight.data[0]!])],
  callbacks: () => [
    places(),
    new GradientNormClipping(1),
    new CosineAnnealingLR({ tMax: 400, stepOnBatch: true }),
  ],
  // Several times through the data, whose batches do not divide the steps.
  setUp: (trial) =>
    trial
      .withTrainData(...noisyData(37 * BATCH_SIZE, 2), { batchSize: BATCH_SIZE })
      .withValData(...noisyData(30 * BATCH_SIZE, 3), { batchSize: BATCH_SIZE }),
};
