// Logs the hyperparameters of three runs, so that TensorBoard's HParams page compares them.
//
//   npx tsx examples/dashboards/hparams.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

for (const lr of [0.1, 0.3, 0.9]) {
  // Once, at the start, in the directory that has the run's scalars: the last value of each is a metric.
  const writer = new SummaryWriter(`logs/hparams/lr-${lr}`);
  writer.addHParams({ lr, optimizer: "sgd", momentum: false });
  let x = 1;
  for (let step = 0; step < 50; step++) {
    x -= lr * 2 * x;
    writer.addScalar("loss", x * x, step);
  }
  // A run whose program dies before this keeps the status unknown.
  writer.endHParams(x * x < 1e-3 ? "success" : "failure");
  writer.closeSync();
}
