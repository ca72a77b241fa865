// A logdir of many runs, `run-0000` and so on, with the same scalars in each step of each. Prints one JSON object: values (how many).
import { SummaryWriter } from "tensorboard-node-logger";

const TAGS = ["train/loss", "train/accuracy", "val/loss", "val/accuracy", "lr"];

const [logdir, runs, steps] = process.argv.slice(2);
if (logdir === undefined || runs === undefined || steps === undefined) {
  throw new Error("usage: many-runs LOGDIR RUNS STEPS");
}
for (let run = 0; run < Number(runs); run++) {
  const writer = new SummaryWriter(`${logdir}/run-${String(run).padStart(4, "0")}`);
  const scalars = writer.scalars(TAGS);
  for (let step = 0; step < Number(steps); step++) {
    const decay = Math.exp(-step / 500) + (run % 7) / 100;
    const noise = Math.sin(run * 12.9898 + step * 78.233) / 20;
    scalars.add(step, [decay + noise, 1 - decay, decay * 1.1 - noise, 0.98 - decay, 1e-3 * 0.999 ** step]);
  }
  writer.closeSync();
}
console.log(JSON.stringify({ values: Number(runs) * Number(steps) * TAGS.length }));
