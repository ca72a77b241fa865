// A state dict taken at any moment of a training, loaded by a trial made anew: the rest of the training is the same, to the last bit.
import { describe, expect, it } from "vitest";
import { ArgumentError, ContextError } from "../../src/errors.js";
import {
  Adam,
  averageRegret,
  loss,
  mean,
  Model,
  onCheckpoint,
  onEnd,
  once,
  oncePerEpoch,
  onEndEpoch,
  onEndTraining,
  onlyIf,
  onStart,
  onStepTraining,
  onStepValidation,
  Parameter,
  runningMean,
  std,
  Stochastic,
  toDict,
  Trial,
  type Batch,
  type Callback,
  type Rows,
  type State,
  type TrialStateDict,
  type Var,
} from "../../src/engine/index.js";

/** Fits a line by rows [x] with targets [y]; its noise is drawn from a generator of its own. */
class Line extends Model {
  readonly w = new Parameter([0.5, -0.5]);
  readonly parts = [new Parameter(0)];
  override forward(x: Rows): Var {
    return this.w.at(0).mul(x.data[0]!).add(this.w.at(1)).add(this.parts[0]!);
  }
}

const ROWS = Array.from({ length: 7 }, (_, i) => [i / 7]);
const TARGETS = ROWS.map(([x]) => [2 * x! + 1]);

interface Made {
  readonly trial: Trial<Line, Rows>;
  readonly log: string[];
}

type Kind = "data" | "endless data" | "generator" | "asynchronous generator";

/** What is logged has everything that must be the same. */
function make(kind: Kind, callback: Callback = {}): Made {
  const model = new Line();
  const log: string[] = [];
  const note = (name: string) => (state: State) =>
    void log.push(
      `${name} ${state.epoch}/${state.batch} ${state.loss} ${JSON.stringify(state.metrics)} ${model.w.data} ${model.parts[0]!.data}`,
    );
  const batches = function* (): Generator<Batch<Rows, Rows>> {
    for (const [i, row] of ROWS.entries())
      yield [
        { shape: [1, 1], data: Float64Array.from(row) },
        { shape: [1, 1], data: Float64Array.from(TARGETS[i]!) },
      ];
  };
  const trial = new Trial<Line, Rows>(
    model,
    Adam(model.parameters(), { lr: 0.05, amsgrad: true }),
    (yPred, yTrue) => yPred.sub(yTrue.data[0]!).pow(2),
    {
      metrics: [
        mean("loss", (state) => state.loss),
        std("loss", (state) => state.loss),
        runningMean(["loss", (state) => state.loss], { batchSize: 4, stepSize: 3 }),
        toDict("w", () => model.w.data[0]!),
      ],
      callbacks: [
        onStepTraining(note("step")),
        onStepValidation(note("validation step")),
        onEndEpoch(note("epoch")),
        onStepTraining(once(note("once"))),
        onStepTraining(oncePerEpoch(note("once an epoch"))),
        onlyIf((state) => state.batch === 3, onStepTraining(onEndTraining(once(note("only once at 3"))))),
        callback,
      ],
      seed: 5,
      verbose: 0,
    },
  ).withValData(ROWS, TARGETS, { batchSize: 2 });
  if (kind === "data") trial.withTrainData(ROWS, TARGETS, { batchSize: 2 });
  else if (kind === "endless data") trial.withTrainData(ROWS, TARGETS, { steps: 5 }).withInfTrainLoader();
  else if (kind === "generator") trial.withTrainGenerator(batches, 9);
  else
    trial.withTrainGenerator(async function* () {
      yield* batches();
    }, 4);
  return { trial, log };
}

/** State dicts taken at each moment at which one can be, with how much was logged before. */
async function moments(
  kind: Kind,
): Promise<{ log: string[]; dicts: [TrialStateDict, number][]; last: TrialStateDict }> {
  const dicts: [TrialStateDict, number][] = [];
  const take = (): void => void dicts.push([structuredClone(made.trial.stateDict()), made.log.length]);
  const made: Made = make(kind, onStepTraining(onEndTraining(onCheckpoint(take))));
  await made.trial.run(3);
  return { log: made.log, dicts, last: made.trial.stateDict() };
}

describe.each<Kind>(["data", "endless data", "generator", "asynchronous generator"])(
  "a training on %s",
  (kind) => {
    it("goes on from each of its state dicts as if nothing had happened", async () => {
      const { log, dicts, last } = await moments(kind);
      expect(dicts.length).toBeGreaterThan(15);
      for (const [dict, logged] of dicts) {
        const { trial, log: rest } = make(kind);
        await trial.loadStateDict(dict).run(3);
        expect(rest).toEqual(log.slice(logged));
        // What a callback remembers of a run is over with it.
        expect({ ...trial.stateDict(), callbacks: [] }).toEqual({ ...last, callbacks: [] });
      }
    });

    it("may be looked at between loading and running", async () => {
      const { log, dicts } = await moments(kind);
      const [dict, logged] = dicts[5]!;
      const { trial, log: rest } = make(kind);
      trial.loadStateDict(dict);
      await trial.evaluate();
      await trial.evaluate({ dataKey: "train" });
      expect(trial.stateDict()).toEqual({ ...dict, history: trial.state.history });
      rest.length = 0;
      await trial.run(3);
      expect(rest).toEqual(log.slice(logged));
    });
  },
);

it("a random generator of the model's goes on", async () => {
  const made = (seed: number, callback: Callback): Trial<Stochastic> => {
    const model = new Stochastic({ seed });
    const options = { metrics: [averageRegret()], callbacks: callback, verbose: 0 } as const;
    return new Trial(model, Adam(model.parameters()), loss, options).forTrainSteps(300);
  };
  let dict: TrialStateDict | undefined;
  const whole = made(
    3,
    onStepTraining((state) => {
      if (state.epoch === 1 && state.batch === 123) dict = whole.stateDict();
    }),
  );
  const history = await whole.run(2);
  const resumed = made(99, {});
  expect(await resumed.loadStateDict(dict!).run(2)).toEqual(history);
  expect(resumed.stateDict().model).toEqual(whole.stateDict().model);
});

describe("a state dict", () => {
  it.each([
    ["onStart", onStart],
    ["onEnd", onEnd],
  ] as const)("can be taken at %s", async (_, hook) => {
    const { trial } = make(
      "data",
      hook(() => void trial.stateDict()),
    );
    expect(await trial.run(1)).toHaveLength(1);
  });

  it.each([
    ["onStepValidation", onStepValidation],
    ["onEndEpoch", onEndEpoch],
  ] as const)("cannot be taken at %s", async (_, hook) => {
    const { trial } = make(
      "data",
      hook(() => void trial.stateDict()),
    );
    await expect(trial.run(1)).rejects.toThrow(ContextError);
  });

  it("is a copy", async () => {
    const { trial } = make("data");
    await trial.run(1);
    const dict = trial.stateDict();
    const before = structuredClone(dict);
    await trial.run(2);
    expect(dict).toEqual(before);
  });

  it("gives only the model with resume: false", async () => {
    const [from, to] = [make("data").trial, make("data").trial];
    await from.run(2);
    await to.loadStateDict(from.stateDict(), { resume: false }).run(1);
    expect(to.state.history).toHaveLength(1);
    expect(to.stateDict().model).not.toEqual(from.stateDict().model);
    to.loadStateDict(from.stateDict(), { resume: false });
    expect(to.stateDict().model).toEqual(from.stateDict().model);
  });

  const dict = make("data").trial.stateDict();
  it.each<[string, unknown, string]>([
    ["nothing", null, "Expected `stateDict` to be a trial's state dict, got null"],
    [
      "one of another version",
      { ...dict, version: 2 },
      "Expected `stateDict.version` to be 1, as this version of the package writes, got 2",
    ],
    [
      "one with fewer callbacks",
      { ...dict, callbacks: [] },
      "Expected `stateDict.callbacks` to be 7, as the trial has, got 0",
    ],
    [
      "one with fewer metrics",
      { ...dict, metrics: [] },
      "Expected `stateDict.metrics` to be 4, as the trial has, got 0",
    ],
    [
      "one without an optimizer",
      { ...dict, optimizer: null },
      "Expected `stateDict.optimizer` to be an optimizer's, got null",
    ],
    [
      "one with a test",
      { ...dict, data: { ...dict.data, test: { pass: 0, taken: 0 } } },
      "Expected `stateDict.data.test` to be null, since the trial has no such data",
    ],
    [
      "one of another model",
      { ...dict, model: { ...dict.model, parameters: { x: dict.values } } },
      "Expected `stateDict.model` to be parameters w, parts.0, got x",
    ],
    [
      "one of another optimizer",
      {
        ...dict,
        model: { ...dict.model, parameters: { ...dict.model.parameters, w: Float64Array.of(8, 9) } },
        optimizer: { ...dict.optimizer!, optimizer: "SGD" },
      },
      'Expected `stateDict.optimizer` to be "Adam", got "SGD"',
    ],
    [
      "one of a larger model",
      { ...dict, model: { ...dict.model, parameters: { ...dict.model.parameters, w: new Float64Array(3) } } },
      "Expected `stateDict.model.w` to be 2 numbers, got 3",
    ],
  ])("is refused, and nothing changed: %s", (_, wrong, message) => {
    const { trial } = make("data");
    const before = trial.stateDict();
    const load = (): unknown => trial.loadStateDict(wrong as TrialStateDict);
    expect(load).toThrow(ArgumentError);
    expect(load).toThrow(message);
    expect(trial.stateDict()).toEqual(before);
  });
});
