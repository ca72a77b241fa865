// Logs points with labels and pictures for TensorBoard's projector.
//
//   npx tsx examples/dashboards/embedding.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/embedding");
const points = Array.from({ length: 300 }, (_, i) => ({ arm: i % 3, along: Math.floor(i / 3) / 100 }));
// One vector a point: three arms of a spiral.
const matrix = points.map(({ arm, along }) => {
  const angle = (2 * Math.PI * (arm + along)) / 3;
  return [along * Math.cos(angle), along * Math.sin(angle), along / 2, arm / 10];
});
writer.addEmbedding(matrix, {
  tag: "spiral",
  metadata: points.map(({ arm, along }) => ({ arm: `arm ${arm}`, along })),
  // A picture of 8 x 8 pixels for each, as red, green and blue from 0 to 1.
  labelImages: points.map(({ arm, along }) =>
    [0, 1, 2].map((channel) =>
      Array.from({ length: 8 }, () => new Float32Array(8).fill(channel === arm ? 0.9 : along / 2)),
    ),
  ),
});
writer.closeSync();
