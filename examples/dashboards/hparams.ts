// Logs the hyperparameters of six runs, so that TensorBoard's HParams page compares them.
//
//   npx tsx examples/dashboards/hparams.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const runs = [0.03, 0.1, 1].flatMap((lr) => [0, 0.5].map((momentum) => ({ lr, momentum })));
for (const { lr, momentum } of runs) {
  // Once, at the start, in the directory that has the run's scalars: the last value of each is a metric.
  const writer = new SummaryWriter(`logs/dashboards/hparams/${lr}-${momentum}`);
  writer.addHParams({ lr, momentum, optimizer: momentum > 0 ? "momentum" : "sgd" });
  let [x, velocity] = [1, 0];
  for (let step = 0; step < 20; step++) {
    velocity = momentum * velocity + 2 * x;
    x -= lr * velocity;
    writer.addScalar("loss", x * x, step);
  }
  // A run whose program dies before this keeps the status unknown.
  writer.endHParams(x * x < 1e-3 ? "success" : "failure");
  writer.closeSync();
}
