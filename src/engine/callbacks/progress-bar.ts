// A progress bar on stderr, or plain lines where that is no terminal.

import type cliProgress from "cli-progress";
import { ArgumentError } from "../../errors.js";
import type { Callback } from "../callback.js";
import type { State } from "../state.js";
import { passLabel } from "./pass-label.js";
import {
  drawingInterval,
  isInteractive,
  joined,
  loadBars,
  Meter,
  openDisplay,
  type Display,
  type Progress,
} from "./progress-display.js";

export interface ProgressBarOptions {
  /** Where to write; default `process.stderr`. */
  readonly stream?: NodeJS.WriteStream;
  /** What is written first; default nothing. */
  readonly name?: string;
  /** The least time between two drawings, in milliseconds; default 100 in a terminal, 5000 for plain lines. */
  readonly intervalMs?: number;
}

/**
 * Shows how far a run is, over all its epochs: name, epoch and kind of the pass as torchbearer (`0/10(t)`: training, `v`: validation,
 * `e`: evaluation, `p`: prediction), bar, percent, steps per second, time left and metrics. The steps are those of training; of
 * validation, evaluation or prediction where nothing is trained. Where the stream is no terminal, a plain line every five seconds. The
 * last state is shown at the end of the run.
 *
 * It costs a comparison per step: the clock is read every 4096 steps, or more often if they are slow. It sets no timer
 * and no listener and never hides the cursor, so however the run ends, nothing is left behind.
 *
 * @throws {ArgumentError} an interval that is not positive and finite
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  const { stream = process.stderr, name = "" } = options;
  const { intervalMs = drawingInterval(stream) } = options;
  if (!(intervalMs > 0 && intervalMs < Infinity)) {
    throw new ArgumentError("intervalMs", "a positive, finite number of milliseconds", intervalMs);
  }

  const readingMs = Math.min(100, intervalMs / 8);

  let library: typeof cliProgress | undefined;
  let display: Display | undefined;
  let meter = new Meter();
  let next = 0;
  let stride = 1;
  let checked = 0;
  let due = 0;

  const check = (state: State): void => {
    const now = performance.now();
    // Not too many steps between two readings, because they may suddenly become slow.
    const fitting = Math.floor((stride * readingMs) / (now - checked));
    stride = Math.max(1, Math.min(fitting, 2 * stride, MAX_STRIDE));
    next = state.batch + stride;
    checked = now;
    if (now < due && meter.running) return;
    if (isCounted(state)) meter.measure(stepsDone(state), now);
    if (now < due) return;
    due = now + intervalMs;
    display?.draw(meter, progressOf(state));
  };

  const end = (state: State): void => {
    display?.end(meter, progressOf(state));
    display = undefined;
  };

  const startPass = (state: State): void => {
    next = 0;
    if (display !== undefined) return;
    stride = 1;
    checked = performance.now();
    due = checked + intervalMs;
    meter = new Meter();
    display = openDisplay(library, stream, name, totalSteps(state));
  };

  const endPass = (state: State): void => {
    // In an epoch without steps, the batch is another epoch's.
    if (next > 0 && isCounted(state)) meter.measure(stepsDone(state), performance.now());
    next = 0;
  };

  const step = (state: State): void => {
    if (state.batch >= next) check(state);
  };

  return {
    onStart() {
      if (library !== undefined || !isInteractive(stream)) return;
      return loadBars(stream).then((loaded) => void (library = loaded));
    },
    onStartTraining: startPass,
    onStepTraining: step,
    onEndTraining: endPass,
    onStartValidation: startPass,
    onStepValidation: step,
    onEndValidation: endPass,
    onEnd: end,
    onException(state) {
      // An error within a step: that one is not done.
      if (next > 0 && isCounted(state)) meter.measure(stepsDone(state) - 1, performance.now());
      end(state);
    },
  };
}

const MAX_STRIDE = 4096;

/** Whether the steps of this pass are those that the bar counts: training's, or validation's where there is no training. */
function isCounted({ phase, trainSteps }: State): boolean {
  return phase !== "validation" || trainSteps === 0;
}

/** The counted steps of an epoch. */
function epochSteps({ trainSteps, validationSteps }: State): number {
  return trainSteps === 0 ? validationSteps : trainSteps;
}

/** Epochs before this one; an evaluation is the only pass of its run. */
function epochsBefore({ task, epoch }: State): number {
  return task === "evaluate" || task === "predict" ? 0 : epoch;
}

/** The steps of all epochs; undefined for a run without end. */
function totalSteps(state: State): number | undefined {
  const total = epochSteps(state) * (state.maxEpochs - state.epoch + epochsBefore(state));
  return total > 0 && total < Infinity ? total : undefined;
}

/** The counted steps up to the current one, over all epochs. */
function stepsDone(state: State): number {
  const before = epochsBefore(state);
  return (before === 0 ? 0 : before * epochSteps(state)) + state.batch + 1;
}

function progressOf(state: State): Progress {
  return { label: passText(state), total: totalSteps(state), details: metrics(state) };
}

/** Epoch and kind of the pass, and where a validation is whose steps the bar does not count. */
function passText(state: State): string {
  const label = passLabel(state);
  return isCounted(state) ? label : `${label} ${state.batch + 1}/${state.steps}`;
}

function metrics(state: State): string {
  const values = Object.entries(state.metrics).map(
    ([name, value]) => `${name} ${Number(value.toPrecision(4))}`,
  );
  return joined(...values);
}
