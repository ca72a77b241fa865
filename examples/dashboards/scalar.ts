// Logs curves for the dashboards Time Series and Scalars: two runs, which each chart compares.
//
//   npx tsx examples/dashboards/scalar.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

for (const lr of [0.005, 0.02]) {
  const writer = new SummaryWriter(`logs/dashboards/scalar/lr-${lr}`);
  let x = 1;
  for (let step = 0; step < 200; step++) {
    const gradient = 2 * x + Math.random() - 0.5;
    x -= lr * gradient;
    writer.addScalar("loss", x * x, step);
    // Several of one step: a slash in a tag makes a group.
    writer.addStep(step, { "gradient/value": gradient, "gradient/size": Math.abs(gradient) });
  }
  writer.closeSync();
}
