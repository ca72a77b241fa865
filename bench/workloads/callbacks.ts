// A Trial without a log and with `count` callbacks that do nothing. Prints one JSON object: seconds of the run, and x.
import { Adam, greedyUpdate, Online, onStepTraining, Trial, type State } from "tensorboard-node-logger";

const [count, steps] = process.argv.slice(2).map(Number);
if (count === undefined || steps === undefined) throw new Error("usage: callbacks COUNT STEPS");

// Each from a source of its own, as different callbacks are: the same one many times over would be inlined.
const callbacks = Array.from({ length: count }, () =>
  onStepTraining(new Function("state", "") as (state: State) => void),
);
const model = new Online();
const trial = new Trial(model, Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99] }), (yPred) => yPred, {
  callbacks: [greedyUpdate(), ...callbacks],
});
const start = performance.now();
await trial.forTrainSteps(steps).run(1, { verbose: 0 });
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, x: model.x.item() }));
