// A Trial of the online problem whose model has no gradient of its own. Prints one JSON object: seconds of the run, and x.
import { Adam, greedyUpdate, Model, Parameter, type State, Trial, type Var } from "tensorboard-node-logger";

class OnlineByTape extends Model {
  readonly x = new Parameter(0);

  override forward(_x: unknown, state: State): Var {
    return this.x.mul(state.batch % 101 === 1 ? 1010 : -10);
  }
}

const steps = Number(process.argv[2]);
const model = new OnlineByTape();
const trial = new Trial(model, Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99] }), (yPred) => yPred, {
  callbacks: [greedyUpdate()],
});
const start = performance.now();
await trial.forTrainSteps(steps).run(1, { verbose: 0 });
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, x: model.x.item() }));
