// Logs a run from a plain script: an estimate of π, which comes closer with every point thrown at the unit square.
//
//   npx tsx examples/plain-script.ts [points]
//   npx tnl tensorboard

import { SummaryWriter } from "tensorboard-node-logger";

const points = Number(process.argv[2] ?? 1_000_000);

// A new run, logs/<date>_<time>_<host>_pi. A directory of your own: new SummaryWriter("logs/my-run").
const writer = new SummaryWriter(undefined, { comment: "_pi" });

let inside = 0;
for (let point = 1; point <= points; point++) {
  if (Math.hypot(Math.random(), Math.random()) < 1) inside++;
  if (point % 1000 !== 0) continue;
  // The step is what you count in. A slash in a tag makes a group in TensorBoard.
  const estimate = (4 * inside) / point;
  writer.addStep(point, { "pi/estimate": estimate, "pi/error": Math.abs(estimate - Math.PI) });
}
writer.addScalar("points inside", inside, points);

writer.closeSync();
console.log(`${(4 * inside) / points} after ${points} points, logged in ${writer.logdir}`);
