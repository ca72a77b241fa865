// addHistogram of our SummaryWriter: `histograms` of `count` values each, the close included. Prints one JSON object: seconds, records
// and counted (the sum of all buckets), both found in the file afterwards.
import { SummaryWriter } from "tensorboard-node-logger";
import { EventFileReader } from "tensorboard-node-logger/events";
import { decodeHistogram } from "tensorboard-node-logger/summary";

interface Finished {
  readonly seconds: number;
  readonly path: string;
}

function run(directory: string, values: Float64Array, histograms: number): Finished {
  const start = performance.now();
  const writer = new SummaryWriter(directory);
  for (let step = 0; step < histograms; step++) writer.addHistogram("weights", values, step);
  writer.closeSync();
  return { seconds: (performance.now() - start) / 1000, path: writer.path! };
}

function written(path: string): { readonly records: number; readonly counted: number } {
  const values = [...new EventFileReader(path)].flatMap(({ summary = [] }) => summary);
  const counts = values.flatMap((value) => decodeHistogram(value)!.map(({ count }) => count));
  return { records: values.length, counted: counts.reduce((sum, count) => sum + count, 0) };
}

/** Normally distributed, as weights are. */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

const [directory, histograms, count] = process.argv.slice(2);
if (directory === undefined || histograms === undefined || count === undefined) {
  throw new Error("usage: histogram DIRECTORY HISTOGRAMS COUNT");
}
const values = Float64Array.from({ length: Number(count) }, normal);
// As the Python writer is, so that what happens at the first call only is not the writer's speed.
run(`${directory}/warm-up`, values, 1);
const { seconds, path } = run(`${directory}/run`, values, Number(histograms));
console.log(JSON.stringify({ seconds, ...written(path) }));
