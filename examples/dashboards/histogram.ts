// Logs how numbers are spread, for the dashboards Histograms and Distributions: weights that settle, and counts of the program's own.
//
//   npx tsx examples/dashboards/histogram.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/histogram");

for (let step = 0; step < 50; step++) {
  const spread = 1 / (1 + step / 10);
  // Any array of numbers; NaN and infinities are left out, and counted.
  const weights = Float32Array.from({ length: 10_000 }, () => spread * (Math.random() + Math.random() - 1));
  const skipped = writer.addHistogram("layer1/weights", weights, step);
  if (skipped > 0) console.warn(`${skipped} weights are not finite`);

  // Counted already: 3 buckets have 4 edges.
  const latencies = { edges: [0, 20, 40, 80], counts: [100 - step, step, 2] };
  writer.addHistogramRaw("latency/ms", latencies, step, { description: "of *all* requests" });
}
writer.closeSync();
