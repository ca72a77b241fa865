// The main job as a user writes it: what `tnl run online --logdir DIRECTORY --steps STEPS` does. Prints a JSON array: the final x's.
import {
  Adam,
  averageRegret,
  greedyUpdate,
  Online,
  TensorBoard,
  toDict,
  Trial,
} from "tensorboard-node-logger";

const [logDir, steps] = process.argv.slice(2);
if (logDir === undefined || steps === undefined) throw new Error("usage: user-trial DIRECTORY STEPS");

const finalX: number[] = [];
for (const amsgrad of [false, true]) {
  const model = new Online();
  const optimizer = Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99], amsgrad });
  const tensorBoard = new TensorBoard({
    logDir,
    comment: amsgrad ? "amsgrad" : "adam",
    writeBatchMetrics: true,
    writeEpochMetrics: false,
  });
  const trial = new Trial(model, optimizer, (yPred) => yPred, {
    metrics: [toDict("est", () => model.x.item()), averageRegret()],
    callbacks: [greedyUpdate(), tensorBoard],
  });
  await trial.forTrainSteps(Number(steps)).run(1, { verbose: 0 });
  finalX.push(model.x.item());
}
console.log(JSON.stringify(finalX));
