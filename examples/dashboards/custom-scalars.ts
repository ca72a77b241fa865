// Logs charts of several scalars for the Custom Scalars dashboard: lines together, by name and by glob, and a line in a band.
//
//   npx tsx examples/dashboards/custom-scalars.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/custom-scalars");

writer.addCustomScalars({
  losses: {
    "train and val": { tags: ["loss/*"] },
    "val, with its spread": { margin: [["loss/val", "spread/low", "spread/high"]] },
  },
});

for (let step = 0; step < 200; step++) {
  const val = 1 / (1 + step / 20) + 0.1 * Math.random();
  writer.addStep(step, { "loss/train": 0.9 * val, "loss/val": val });
  writer.addStep(step, { "spread/low": val - 0.1, "spread/high": val + 0.1 });
  // Or in one call, which adds the chart too.
  writer.addScalars("accuracy", { train: 1 - val / 2, val: 1 - val }, step);
}
writer.closeSync();
