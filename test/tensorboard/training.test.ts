// What a training logs beside scalars, in the real TensorBoard and both its loaders: histograms, graph, hyperparameters, texts.
import { cpSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  Adam,
  constant,
  linear,
  Model,
  Parameter,
  TensorBoard as TensorBoardLog,
  TensorBoardText,
  toDict,
  Trial,
  type CallbackLike,
  type Criterion,
  type TrialStateDict,
} from "../../src/engine/index.js";
import { metricsOf, rowsOf, tableOf } from "../helpers/hparams-table.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, type TensorBoard } from "../helpers/tensorboard.js";
import { useTensorBoard } from "./dashboards/boards.js";

const EPOCHS = 3;
const STEPS = 4;
const RUN = "Small_t";
const FIRST = Array.from({ length: 12 }, (_, i) => Math.sin(i + 1));
const BIAS = [0.27, -0.51, 1.03];
/** No round numbers: none of the values lies on the edge of a bucket, where the last bit would decide. */
const INPUT = [0.53, -1.07, 1.91, 0.29];

class Small extends Model {
  readonly weight = new Parameter(FIRST, { shape: [3, 4] });
  readonly bias = new Parameter(BIAS);

  override forward() {
    return linear(constant(INPUT), this.weight, this.bias);
  }
}

const squares: Criterion = (yPred) => yPred.mul(yPred).sum();

function make(logDir: string, others: CallbackLike = { runsLast: true }): Trial {
  const model = new Small();
  const options = { logDir, comment: "t" };
  const log = new TensorBoardLog({
    ...options,
    ...{ writeHistograms: true, histogramStepSize: 2, writeGraph: true, writeBatchMetrics: true },
    hparams: { data: "made up", rate: 0.5 },
  });
  const callbacks = [
    new TensorBoardText({ ...options, writeBatchMetrics: true, batchStepSize: 2 }),
    log,
    others,
  ];
  const metrics = [toDict("loss", (state) => state.loss)];
  return new Trial(model, Adam(model.parameters(), { lr: 0.125 }), squares, {
    ...{ callbacks, metrics, verbose: 0, seed: 5 },
  }).forTrainSteps(STEPS) as unknown as Trial;
}

/** The same training in numpy, counted by numpy: by tag, the histogram [left, right, count] after each step. */
async function computed(): Promise<Record<string, [number, number, number][][]>> {
  const script = `
import json, numpy as np
w = np.array(${JSON.stringify(FIRST)}).reshape(3, 4)
b = np.array(${JSON.stringify(BIAS)})
x = np.array(${JSON.stringify(INPUT)})
state = {name: [np.zeros_like(p), np.zeros_like(p)] for name, p in (("weight", w), ("bias", b))}
shown = {}
def count(tag, values):
    counts, edges = np.histogram(values, bins=30, range=(values.min(), values.max()))
    rows = [[edges[i], edges[i + 1], int(n)] for i, n in enumerate(counts)]
    shown.setdefault(tag, []).append(rows)
for t in range(1, ${EPOCHS * STEPS} + 1):
    d = 2 * (w @ x + b)
    for name, p, g in (("weight", w, np.outer(d, x)), ("bias", b, d)):
        m, v = state[name]
        m += 0.1 * (g - m)
        v *= 0.999
        v += 0.001 * g * g
        p -= 0.125 * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
        count("parameters/" + name, p)
        count("gradients/" + name, g)
        count("optimizer/exp_avg/" + name, m)
        count("optimizer/exp_avg_sq/" + name, v)
print(json.dumps(shown))`;
  return JSON.parse(await runPython(script, [])) as Record<string, [number, number, number][][]>;
}

type Shown = [wallTime: number, step: number, rows: [number, number, number][]];

async function histogram(board: TensorBoard, run: string, tag: string): Promise<Shown[]> {
  return board.json<Shown[]>(
    `data/plugin/histograms/histograms?${new URLSearchParams({ run, tag }).toString()}`,
  );
}

function expectRows(shown: Shown["2"], expected: [number, number, number][]): void {
  expect(shown.map(([, , count]) => count)).toEqual(expected.map(([, , count]) => count));
  for (const [i, [left, right]] of expected.entries()) {
    expect(shown[i]![0]).toBeCloseTo(left, 12);
    expect(shown[i]![1]).toBeCloseTo(right, 12);
  }
}

describeWithPython("a training, in TensorBoard", () => {
  const tempDir = useTempDir("training");
  const wholeDir = tempDir();
  const resumedDir = tempDir();
  let expected: Awaited<ReturnType<typeof computed>>;

  beforeAll(async () => {
    let dict: TrialStateDict | undefined;
    await make(wholeDir, {
      runsLast: true,
      onStepTraining: (state) => {
        if (state.epoch === 1 && state.batch === 1) dict = state.stateDict();
        // Killed two steps behind the checkpoint.
        if (state.epoch === 1 && state.batch === 3) cpSync(wholeDir, resumedDir, { recursive: true });
      },
    }).run(EPOCHS);
    await make(resumedDir).loadStateDict(dict!).run(EPOCHS);
    expected = await computed();
  });

  describe.each([
    ["whole", () => wholeDir],
    ["continued after a kill", () => resumedDir],
  ])("%s", (_, logdir) => {
    describe.each(LOADERS)("with the %s loader", (loader) => {
      const board = useTensorBoard(logdir, loader, async (each) => {
        const tags = await each.json<Record<string, object>>("data/plugin/histograms/tags");
        const last = await histogram(each, `${RUN}/epoch-${EPOCHS - 1}`, "gradients/bias");
        return Object.keys(tags).length === EPOCHS + 1 && last.length === STEPS / 2;
      });

      test("the histograms are those that numpy counts in the same training", async () => {
        expect(Object.keys(expected)).toHaveLength(8);
        for (const [tag, each] of Object.entries(expected)) {
          const epochs = await histogram(board(), RUN, tag);
          expect(epochs.map(([, step]) => step)).toEqual([0, 1, 2]);
          for (const [, epoch, rows] of epochs) expectRows(rows, each[(epoch + 1) * STEPS - 1]!);
          for (let epoch = 0; epoch < EPOCHS; epoch++) {
            const steps = await histogram(board(), `${RUN}/epoch-${epoch}`, tag);
            expect(steps.map(([, step]) => step)).toEqual([0, 2]);
            for (const [, batch, rows] of steps) expectRows(rows, each[epoch * STEPS + batch]!);
          }
        }
      });

      test("the graph has the model, the criterion and the loss", async () => {
        const bytes = await board().bytes(
          `data/plugin/graphs/graph?${new URLSearchParams({ run: RUN }).toString()}`,
        );
        const text = new TextDecoder().decode(bytes);
        const nodes = [...text.matchAll(/^ {2}name: "(.*)"$/gm)].map(([, name]) => name);
        expect(nodes).toEqual([
          ...["Small/weight", "Small/bias", "Small/Data", "Small/Linear"],
          ...["squares/Mul", "squares/Sum", "loss"],
        ]);
        const inputs = [...text.matchAll(/^ {2}input: "(.*)"$/gm)].map(([, name]) => name);
        expect(inputs.slice(0, 3)).toEqual(["Small/Data", "Small/weight", "Small/bias"]);
      });

      test("the table of hyperparameters has what was given, what the trial knows, and its scalars", async () => {
        const { hparams, metrics } = await tableOf(board());
        expect(hparams.map(({ name }) => name)).toEqual([
          ...["criterion", "data", "epochs", "model", "optimizer", "optimizer.amsgrad", "optimizer.betas"],
          ...["optimizer.eps", "optimizer.lr", "optimizer.maximize", "optimizer.weightDecay"],
          ...["rate", "seed", "trainSteps"],
        ]);
        expect(metrics).toContain(":epoch/loss");
        const rows = await rowsOf(board());
        expect(Object.keys(rows)).toEqual([RUN]);
        const row = rows[RUN]!;
        expect(row.hparams).toMatchObject({ data: "made up", rate: 0.5, seed: 5, optimizer: "Adam" });
        expect(row.sessions.map(({ status }) => status)).toEqual(["STATUS_SUCCESS"]);
        expect(metricsOf(row)[":epoch/loss"]![1]).toBe(EPOCHS - 1);
      });

      test("the texts are the trial as code, and tables of metrics", async () => {
        interface ShownText {
          readonly step: number;
          readonly text: string;
        }
        const texts = async (run: string, tag: string): Promise<ShownText[]> =>
          board().json(`data/plugin/text/text?${new URLSearchParams({ run, tag }).toString()}`);
        const [trial, ...others] = await texts(RUN, "trial");
        expect(others).toEqual([]);
        expect(trial!.text).toMatch(/^<pre><code>-+ OPTIMIZER -+\nAdam \(lr 0\.125, 2 parameters\)\n/);
        expect(trial!.text).toContain("Small\n  weight: 12\n  bias: 3\n");
        const points = await board().scalars(RUN, "epoch/loss");
        const epochs = await texts(RUN, "epoch");
        expect(epochs.map(({ step }) => step)).toEqual([0, 1, 2]);
        for (const [epoch, { text }] of epochs.entries()) {
          const cells = [...text.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell]) =>
            cell!.replaceAll(/<\/?\w+>/g, ""),
          );
          expect(cells.slice(0, 3)).toEqual(["metric", "value", "loss"]);
          expect(Number(cells[3])).toBeCloseTo(points[epoch]!.value, 5);
        }
        const batches = await texts(`${RUN}/epoch-1`, "batch");
        expect(batches.map(({ step }) => step)).toEqual([0, 2]);
      });
    });
  });
});
