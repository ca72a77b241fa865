// addEmbedding of our SummaryWriter: `embeddings` of `rows` points with `columns` numbers and a label each, the close included. Prints one
// JSON object: seconds; vectors, labels and equal (numbers that are those that were given), found in the last one's files afterwards.
import { readFileSync } from "node:fs";
import { SummaryWriter } from "tensorboard-node-logger";
import { decodeLabels, decodeVectors } from "tensorboard-node-logger/summary";

interface Points {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

function run(directory: string, points: Points, labels: readonly string[], embeddings: number): number {
  const start = performance.now();
  const writer = new SummaryWriter(directory);
  for (let step = 0; step < embeddings; step++) writer.addEmbedding(points, { metadata: labels, step });
  writer.closeSync();
  return (performance.now() - start) / 1000;
}

function written(folder: string, { data }: Points) {
  const vectors = decodeVectors(readFileSync(`${folder}/tensors.tsv`, "utf8"));
  const labels = decodeLabels(readFileSync(`${folder}/metadata.tsv`, "utf8"));
  const equal = data.filter((value, i) => value === vectors.data[i]).length;
  return { vectors: vectors.rows, labels: labels.length, equal };
}

const [directory, ...sizes] = process.argv.slice(2);
const [embeddings, rows, columns] = sizes.map(Number);
if (directory === undefined || embeddings === undefined || rows === undefined || columns === undefined) {
  throw new Error("usage: embedding DIRECTORY EMBEDDINGS ROWS COLUMNS");
}
const points = {
  shape: [rows, columns],
  data: Float32Array.from({ length: rows * columns }, () => 2 * Math.random() - 1),
};
const labels = Array.from({ length: rows }, (_, i) => `point ${i}`);
// As the Python writer is, so that what happens at the first call only is not the writer's speed.
run(`${directory}/warm-up`, points, labels, 1);
const seconds = run(`${directory}/run`, points, labels, embeddings);
const last = String(embeddings - 1).padStart(5, "0");
console.log(JSON.stringify({ seconds, ...written(`${directory}/run/${last}/default`, points) }));
