// Trains with all that a training remembers, and goes on from its last checkpoint whenever it is started again.
//
// argv: directory, layout of the logs. On stderr it says where it is, and on stdout at its end what came out.
import { writeSync } from "node:fs";
import { join } from "node:path";
import {
  Best,
  CosineAnnealingLR,
  CSVLogger,
  EarlyStopping,
  GradientNormClipping,
  Interval,
  latestCheckpoint,
  mseLoss,
  NAdam,
  ReduceLROnPlateau,
  runningMean,
  std,
  TensorBoard,
  Trial,
  type Rows,
  type State,
  type TensorBoardOptions,
} from "tensorboard-node-logger";
import { Net, noisyData, places } from "./net.js";

const LAYOUTS: Readonly<Record<string, TensorBoardOptions>> = {
  torchbearer: {},
  flat: { layout: "flat" },
  bounded: { layout: "flat", maxPointsPerTag: 32 },
};
const MAX_EPOCHS = 20;
const BATCH_SIZE = 4;
const STEPS = 40;
const VALIDATION_STEPS = 8;
/** No divisor of an epoch's steps, so that most checkpoints are in an epoch's midst. */
const CHECKPOINT_STEPS = 17;

async function main(): Promise<void> {
  const [dir = "", layout = ""] = process.argv.slice(2);
  const model = new Net(1);
  const trial = new Trial<Net, Rows>(model, NAdam(model.parameters(), { lr: 0.03 }), mseLoss, {
    metrics: [
      "loss",
      "mse",
      "lr",
      runningMean(["weight", () => model.out.weight.data[0]!]),
      std<State<Net, Rows>>("bias", () => model.out.bias!.data[0]!),
    ],
    callbacks: [
      places(),
      new GradientNormClipping(1),
      new CosineAnnealingLR({ tMax: STEPS * MAX_EPOCHS, stepOnBatch: true }),
      new ReduceLROnPlateau({ factor: 0.5, patience: 0 }),
      new EarlyStopping({ patience: 3, restoreBestWeights: true }),
      new CSVLogger(join(dir, "steps.csv"), { batchGranularity: true }),
      new TensorBoard({
        ...{ logDir: join(dir, "logs"), comment: layout, writeBatchMetrics: true, batchStepSize: 3 },
        ...{ overwrite: true, ...LAYOUTS[layout] },
      }),
      new Interval(join(dir, "checkpoints", "{step:05d}.json"), {
        ...{ steps: CHECKPOINT_STEPS, keep: 2, atEnd: true },
      }),
      new Best(join(dir, "best", "{epoch:02d}-{val_loss:.4f}.json"), { saveTopK: 2 }),
    ],
    seed: 4,
    verbose: 0,
  });
  trial
    .withTrainData(...noisyData(STEPS * BATCH_SIZE, 2), { batchSize: BATCH_SIZE })
    .withValData(...noisyData(VALIDATION_STEPS * BATCH_SIZE, 3), { batchSize: BATCH_SIZE });
  const checkpoint = latestCheckpoint(join(dir, "checkpoints"));
  if (checkpoint !== undefined) trial.loadStateDict(checkpoint.stateDict);
  const history = await trial.run(MAX_EPOCHS);
  const { stopReason } = trial.state;
  writeSync(1, JSON.stringify({ parameters: parametersOf(model), history, stopReason }));
}

/** To the last bit. */
function parametersOf(model: Net): Record<string, string> {
  const entries = model
    .namedParameters()
    .map(([name, { data }]): [string, string] => [name, Buffer.from(data.buffer).toString("hex")]);
  return Object.fromEntries(entries);
}

await main();
