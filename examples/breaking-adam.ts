// "Breaking ADAM", after torchbearer's tutorial of that name: two problems on which Adam goes to the worst point, and AMSGrad to the best.
// (S. Reddi, S. Kale and S. Kumar, "On the Convergence of Adam and Beyond", ICLR 2018.) It shows that Adam can fail, on problems made
// for that; it is no advice to use AMSGrad instead.
//
//   npx tsx examples/breaking-adam.ts [steps] [logdir]

import * as tb from "tensorboard-node-logger";
import { Plotter } from "tensorboard-node-logger/plot";

const steps = Number(process.argv[2] ?? 6_000_000);
const logDir = process.argv[3] ?? "logs";

// A model is a function of its parameters. Online: every 101st step has a slope that outweighs the hundred others.
class Online extends tb.Model {
  readonly x = new tb.Parameter(0);

  override forward(_: unknown, state: tb.State) {
    return state.batch % 101 === 1 ? this.x.mul(1010) : this.x.mul(-10);
  }
}

// Its output is what is to be made small: the loss is the prediction.
const loss: tb.Criterion = (yPred) => yPred;

// What is measured: the estimate of x after each step.
const est = (model: { x: tb.Parameter }) => tb.toDict("est", () => model.x.item());

// x lives in [-1, 1]: after each step it is put back there.
const greedyUpdate = tb.onStepTraining((state) => {
  const [x] = state.model.parameters();
  if (x!.data[0]! > 1) x!.data[0] = 1;
  else if (x!.data[0]! < -1) x!.data[0] = -1;
});

// Trains `model` once with Adam or AMSGrad, drawing and logging as it goes.
async function train(model: tb.Model & { x: tb.Parameter }, amsgrad: boolean, plotter: Plotter) {
  const name = amsgrad ? "AMSGrad" : "Adam";
  const optimizer = tb.Adam(model.parameters(), { lr: 0.001, betas: [0.9, 0.99], amsgrad });
  const trial = new tb.Trial(model, optimizer, loss, {
    metrics: [est(model)],
    callbacks: [
      greedyUpdate,
      plotter.makePlotter(name, { color: amsgrad ? "blue" : "red", stepSize: 100 }),
      new tb.TensorBoard({
        logDir,
        comment: name.toLowerCase(),
        writeBatchMetrics: true,
        writeEpochMetrics: false,
      }),
    ],
  });
  await trial.forTrainSteps(steps).run(1, { verbose: 0 });
  console.log(`${model.name}, ${name}: x = ${model.x.item()} after ${steps} steps`);
}

const onlinePlot = new Plotter("Online", { yLabel: "x", svgPath: `${logDir}/online.svg` });
await train(new Online(), false, onlinePlot);
await train(new Online(), true, onlinePlot);

// The second half of the tutorial: the steep slope comes by chance, with probability 0.01.
class Stochastic extends tb.Model {
  readonly x = new tb.Parameter(0);
  readonly random = new tb.PyRandom(1);

  override forward() {
    return this.random.random() <= 0.01 ? this.x.mul(1010) : this.x.mul(-10);
  }
}

const stochasticPlot = new Plotter("Stochastic", { yLabel: "x", svgPath: `${logDir}/stochastic.svg` });
await train(new Stochastic(), false, stochasticPlot);
await train(new Stochastic(), true, stochasticPlot);
