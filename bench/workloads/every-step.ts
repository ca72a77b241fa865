// A run with every step logged, `est` and `loss` in one event: `online` or `stochastic`, with Adam or AMSGrad. Prints one JSON object: finalX.
import { Adam, greedyUpdate, Online, Stochastic, TensorBoard, toDict, Trial } from "tensorboard-node-logger";

const [logDir, problem, optimizer, steps] = process.argv.slice(2);
if (logDir === undefined || problem === undefined || optimizer === undefined || steps === undefined) {
  throw new Error("usage: every-step DIRECTORY online|stochastic adam|amsgrad STEPS");
}
const model = problem === "online" ? new Online() : new Stochastic({ seed: 1 });
const tensorBoard = new TensorBoard({
  logDir,
  comment: optimizer,
  writeBatchMetrics: true,
  batchStepSize: 1,
  writeEpochMetrics: false,
});
const rule = Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99], amsgrad: optimizer === "amsgrad" });
const trial = new Trial(model, rule, (yPred) => yPred, {
  metrics: [toDict("est", () => model.x.item()), "loss"],
  callbacks: [greedyUpdate(), tensorBoard],
});
await trial.forTrainSteps(Number(steps)).run(1, { verbose: 0 });
console.log(JSON.stringify({ finalX: model.x.item() }));
