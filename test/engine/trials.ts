// Trials for tests, and callbacks that write down what happens in them.
import {
  Adam,
  constant,
  HOOKS,
  loss,
  Model,
  Online,
  Trial,
  type Callback,
  type CallbackLike,
  type Criterion,
  type LoggedMetric,
  type Metric,
  type MetricName,
  type Rows,
  type State,
  type TrialOptions,
  type Var,
} from "../../src/engine/index.js";

/** What was called, and a callback that has every hook and pushes its name, with `prefix`, onto it. */
export function recorder(calls: string[] = [], prefix = ""): { calls: string[]; callback: Callback } {
  const names = [...HOOKS, "onException" as const];
  const callback: Callback = Object.fromEntries(
    names.map((name) => [name, () => void calls.push(prefix + name)]),
  );
  return { calls, callback };
}

/** What `f` gave at each call of a hook. */
export function collect<T>(
  hook: (f: (state: State) => void) => Callback,
  f: (state: State) => T,
): { values: T[]; callback: Callback } {
  const values: T[] = [];
  return { values, callback: hook((state) => void values.push(f(state))) };
}

/** A trial of the online problem that prints nothing. */
export function online(callbacks: CallbackLike = [], metrics: TrialOptions["metrics"] = []): Trial {
  const model = new Online();
  return new Trial(model, Adam(model.parameters()), loss, { callbacks, metrics, verbose: 0 });
}

/** Predicts what it is given. */
class Given extends Model {
  override forward(x: Rows): Var {
    return constant(x);
  }
}

/** A trial whose batches are the predictions, to be evaluated. */
export function given(
  metrics: TrialOptions["metrics"] = [],
  criterion: Criterion<Rows> = (yPred) => yPred.sum(),
): Trial<Model, Rows> {
  return new Trial<Model, Rows>(new Given(), undefined, criterion, { metrics, verbose: 0 });
}

/** Data in memory. */
export type Numbers = readonly number[] | readonly (readonly number[])[];

/** The metrics of predictions `x` with targets `y`, in batches of two rows. */
export async function evaluated(
  metrics: readonly (LoggedMetric | Metric | MetricName)[],
  x: Numbers,
  y: Numbers,
  criterion?: Criterion<Rows>,
): Promise<Readonly<Record<string, number>>> {
  return given(metrics, criterion).withValData(x, y, { batchSize: 2 }).evaluate();
}

/** The hooks of a training step, in order. */
export const STEP = ["onSample", "onForward", "onCriterion", "onBackward", "onStepTraining"];

/** Those of an epoch of two training steps. */
export const EPOCH = [
  "onStartEpoch",
  "onStartTraining",
  ...STEP,
  ...STEP,
  "onEndTraining",
  "onEndEpoch",
  "onCheckpoint",
];
