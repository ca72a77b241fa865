// Seconds by hook, with a clock that goes on by one at each look.
import { describe, expect, it } from "vitest";
import { UnknownNameError } from "../../../src/errors.js";
import {
  onEndEpoch,
  onStepTraining,
  onStepValidation,
  TimerMetric,
  type TimeKey,
} from "../../../src/engine/index.js";
import { online } from "../trials.js";

/** A clock that is moved by hand, and one that goes on by itself. */
function ticking(): () => number {
  let seconds = 0;
  return () => seconds++;
}

const TRAINING: readonly TimeKey[] = [
  "on_start_epoch",
  "on_start_training",
  "on_sample",
  "on_forward",
  "on_criterion",
  "on_backward",
  "on_step_training",
];
const VALIDATION: readonly TimeKey[] = [
  "on_start_validation",
  "on_sample_validation",
  "on_forward_validation",
  "on_criterion_validation",
  "on_step_validation",
];

describe("TimerMetric", () => {
  it("has a tag for each key that it was asked for, of training or of validation", async () => {
    const now = ticking();
    const timer = new TimerMetric(
      ["on_forward", "train_time", "on_forward_validation", "total_time", "validation_time"],
      { now },
    );
    const seen: object[] = [];
    const note = (state: { metrics: object }): void => void seen.push({ ...state.metrics });
    const callbacks = [onStepTraining(note), onStepValidation(note)];
    const [entry] = await online(callbacks, [timer]).forSteps(2, 1).run();
    // onStart, onStartEpoch and onStartTraining, and then one look at each hook of a step: it has four before the metrics.
    expect(seen).toEqual([
      { on_forward: 1, train_time: 4, total_time: 6 },
      { on_forward: 1, train_time: 9, total_time: 11 },
      { on_forward_validation: 1, validation_time: 3 },
    ]);
    expect(entry).toEqual({ ...seen[1], ...seen[2], trainSteps: 2, validationSteps: 1 });
  });

  it("tells what came before each hook, and the sums of an epoch and of the run", async () => {
    let clock = 0;
    const timer = new TimerMetric([], { now: () => clock });
    // Each hook takes the next power of two before the timer, which is called last, looks.
    const order = [...TRAINING, ...VALIDATION];
    const wait = (key: TimeKey) => () => void (clock += 2 ** order.indexOf(key));
    const hookOf = (key: string): string =>
      key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const waiting = Object.fromEntries(order.map((key) => [hookOf(key), wait(key)]));
    const ends: number[] = [];
    await online([waiting, onEndEpoch(() => void ends.push(clock))], [timer])
      .forSteps(3, 2)
      .run(2);
    const { train_time, validation_time, total_time, ...hooks } = timer.seconds;
    expect(hooks).toEqual(Object.fromEntries(order.map((key, i) => [key, 2 ** i])));
    expect(train_time).toBe(3 * (4 + 8 + 16 + 32 + 64));
    expect(validation_time).toBe(2 * (256 + 512 + 1024 + 2048));
    expect(total_time).toBe(clock);
    expect(total_time).toBe(ends[1]!);
  });

  it("may be a callback alone, and is called once where it is both", async () => {
    const now = ticking();
    const timer = new TimerMetric(["total_time"], { now });
    await online(timer.callback).forTrainSteps(1).run();
    // Start; epoch, training; five of the step; end of training and of the epoch, checkpoint, end.
    expect(timer.seconds.total_time).toBe(11);
    const both = new TimerMetric(["total_time"], { now: ticking() });
    await online(both.callback, [both]).forTrainSteps(1).run();
    expect(both.seconds.total_time).toBe(11);
  });

  it("is not a number for what has not happened", async () => {
    const timer = new TimerMetric(["on_step_training"]);
    expect(new Set(Object.values(timer.seconds))).toEqual(new Set([NaN]));
    const seen: number[] = [];
    const note = onStepTraining((state) => void seen.push(state.metrics["on_step_training"]!));
    await online(note, [timer]).forTrainSteps(2).run();
    expect(seen[0]).toBeNaN();
    expect(seen[1]).toBeGreaterThanOrEqual(0);
    expect(timer.seconds.on_forward_validation).toBeNaN();
  });

  it("begins anew with each run, and goes on where a state dict was", async () => {
    const timer = new TimerMetric(["train_time", "total_time"], { now: ticking() });
    let dict: ReturnType<typeof trial.stateDict> | undefined;
    const take = onStepTraining((state) => {
      if (state.batch === 1) dict = structuredClone(trial.stateDict());
    });
    const trial = online(take, [timer]).forTrainSteps(4);
    await trial.run(1);
    const first = timer.seconds;
    const resumed = new TimerMetric(["train_time", "total_time"], { now: ticking() });
    const again = online(take, [resumed]).forTrainSteps(4);
    await again.loadStateDict(dict!).run(1);
    // The state dict is of before the timer's look at the hook, and the run has a start of its own: onStartEpoch, onStartTraining.
    expect(resumed.seconds.train_time).toBe(first.train_time - 1);
    expect(resumed.seconds.total_time).toBe(first.total_time - 1 + 2);
    await trial.run(2);
    expect(timer.seconds).toEqual(first);
  });

  it("refuses a key that there is not", () => {
    const make = (): unknown => new TimerMetric(["on_foward" as TimeKey]);
    expect(make).toThrow(UnknownNameError);
    expect(make).toThrow('Unknown time "on_foward". Did you mean on_forward?');
  });
});
