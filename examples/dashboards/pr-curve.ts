// Logs precision-recall curves of a classifier that becomes better, for the PR Curves dashboard.
//
//   npx tsx examples/dashboards/pr-curve.ts
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const writer = new SummaryWriter("logs/dashboards/pr-curve");
const labels = Array.from({ length: 2000 }, () => Math.random() < 0.3);

for (let epoch = 0; epoch < 10; epoch++) {
  const skill = epoch / 20;
  // What the classifier holds for the probability of a yes.
  const predictions = labels.map((label) => (1 - skill) * Math.random() + skill * (label ? 1 : 0.2));
  writer.addPrCurve("cats", labels, predictions, epoch, { displayName: "Is it a cat?" });
}
writer.closeSync();
