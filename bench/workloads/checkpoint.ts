// What a checkpoint of a small model keeps a training waiting: taking its state and writing the file. The log is put on the disk meanwhile.
// argv: directory. Prints one JSON object: milliseconds, of each.
import { join } from "node:path";
import { Adam, Interval, loss, Online, saveCheckpoint, TensorBoard, Trial } from "tensorboard-node-logger";

const COUNT = 300;

const [dir = ""] = process.argv.slice(2);
const model = new Online();
const trial = new Trial(model, Adam(model.parameters()), loss, {
  callbacks: [
    new TensorBoard({ logDir: dir, writeBatchMetrics: true }),
    new Interval(join(dir, "a.json"), { steps: 1e9 }),
  ],
  verbose: 0,
});
await trial.forTrainSteps(1_000_000).run(1);
const milliseconds: number[] = [];
for (let i = 0; i < COUNT; i++) {
  const start = performance.now();
  saveCheckpoint(join(dir, "b.json"), trial.stateDict());
  milliseconds.push(performance.now() - start);
}
console.log(JSON.stringify(milliseconds));
