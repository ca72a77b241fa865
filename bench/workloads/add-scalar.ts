// addScalar of our SummaryWriter: one tag, `scalars` calls, the close included. Prints one JSON object: scalars, seconds.
import { SummaryWriter } from "tensorboard-node-logger";

function run(directory: string, scalars: number): number {
  const start = performance.now();
  const writer = new SummaryWriter(directory);
  for (let step = 0; step < scalars; step++) writer.addScalar("batch/est", step * 1e-6, step);
  writer.closeSync();
  return (performance.now() - start) / 1000;
}

const [directory, scalars] = process.argv.slice(2);
if (directory === undefined || scalars === undefined) throw new Error("usage: add-scalar DIRECTORY SCALARS");
// As the Python writers are, so that what happens at the first call only is not the writer's speed.
run(`${directory}/warm-up`, 100);
const seconds = run(`${directory}/run`, Number(scalars));
console.log(JSON.stringify({ scalars: Number(scalars), seconds }));
