// Handwritten digits, told apart by softmax regression: trained in batches, validated after each epoch, ended when the validation gets no
// better. A run that was killed, at any moment, goes on when it is started again, and ends as if nothing had happened.
//
//   npx tsx examples/digits.ts [logdir]
//   npx tnl tensorboard

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tb from "tensorboard-node-logger";

const logDir = process.argv[2] ?? "logs";
const seed = 1;

// 1,797 pictures of 8 x 8 pixels, a line each: 64 signs from 0 (white) to g (16, black), and the digit. See data/README.md.
const lines = readFileSync(new URL("data/digits.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const pixels = lines.map((line) => Array.from(line.slice(0, 64), (sign) => Number.parseInt(sign, 17) / 16));
const digits = lines.map((line) => Number(line.slice(65)));
const part = (start: number, end?: number) => [pixels.slice(start, end), digits.slice(start, end)] as const;

// A score for each digit, from the pixels of each picture of a batch.
class SoftmaxRegression extends tb.Model {
  readonly scores = new tb.Linear(64, 10, { random: new tb.PyRandom(seed) });

  override forward(x: tb.Rows) {
    return this.scores.forward(x);
  }
}

const model = new SoftmaxRegression();
const checkpoints = join(logDir, "digits-checkpoints");
const trial = new tb.Trial(model, tb.Adam(model.parameters(), { lr: 0.005 }), tb.crossEntropy, {
  metrics: ["acc", "loss"],
  callbacks: [
    new tb.EarlyStopping({ monitor: "val_loss", patience: 5, restoreBestWeights: true }),
    new tb.TensorBoard({ logDir, comment: "digits", writeHistograms: true }),
    new tb.Interval(join(checkpoints, "{step:06d}.json"), { steps: 100, keep: 2 }),
  ],
  seed,
  verbose: 0,
});
trial
  .withTrainData(...part(0, -360), { batchSize: 32 })
  .withValData(...part(-360, -180), { batchSize: 180 })
  .withTestData(...part(-180), { batchSize: 180 });

const checkpoint = tb.latestCheckpoint(checkpoints);
if (checkpoint !== undefined) {
  trial.loadStateDict(checkpoint.stateDict);
  console.log(`Goes on from ${checkpoint.path}`);
}

const history = await trial.run(200);
console.log(`${history.length} epochs: ${trial.state.stopReason}`);
const { test_acc } = await trial.evaluate({ dataKey: "test" });
console.log(`${(100 * test_acc!).toFixed(2)} % of the test's pictures are told right`);
tb.saveCheckpoint(join(logDir, "digits-model.json"), model.stateDict());
