// A progress bar on stderr, or plain lines where that is no terminal.

import type cliProgress from "cli-progress";
import { ArgumentError } from "../../errors.js";
import type { Callback } from "../callback.js";
import type { State } from "../state.js";
import { passLabel } from "./pass-label.js";

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
  const { stream = process.stderr } = options;
  // Without what could move the cursor or end the line.
  const name = (options.name ?? "").replace(/\p{C}/gu, "");
  const interactive = stream.isTTY === true && process.env["TERM"] !== "dumb";
  const { intervalMs = interactive ? 100 : 5000 } = options;
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
    display?.draw(meter, state);
  };

  const end = (state: State): void => {
    display?.end(meter, state);
    display = undefined;
  };

  const startPass = (state: State): void => {
    next = 0;
    if (display !== undefined) return;
    stride = 1;
    checked = performance.now();
    due = checked + intervalMs;
    meter = new Meter();
    display =
      library === undefined ? new Lines(stream, name) : new Bar(library, stream, name, totalSteps(state));
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
      // Loading it takes 20 ms, which plain lines need not wait for.
      if (!interactive || library !== undefined) return;
      return import("cli-progress").then((module) => void (library = module.default));
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

/** Epoch and kind of the pass, and where a validation is whose steps the bar does not count. */
function passText(state: State): string {
  const label = passLabel(state);
  return isCounted(state) ? label : `${label} ${state.batch + 1}/${state.steps}`;
}

/** Counts steps and measures their speed. */
class Meter {
  /** Steps done when last measured, over all epochs. */
  done = 0;
  /** Steps per second, lately; NaN before it is known. */
  rate = NaN;
  #first = NaN;
  #firstTime = NaN;
  #time = NaN;

  /** Whether it has measured. */
  get running(): boolean {
    return !Number.isNaN(this.#first);
  }

  /** Steps per second from the first measurement to the last one; NaN if that is one. */
  get meanRate(): number {
    return (1000 * (this.done - this.#first)) / (this.#time - this.#firstTime);
  }

  measure(done: number, now: number): void {
    if (!this.running) {
      // A resumed run does not begin at 0.
      this.#first = done;
      this.#firstTime = now;
    } else if (now > this.#time) {
      const rate = (1000 * (done - this.done)) / (now - this.#time);
      this.rate = Number.isNaN(this.rate) ? rate : this.rate + 0.3 * (rate - this.rate);
    }
    this.done = done;
    this.#time = now;
  }
}

interface Display {
  draw(meter: Meter, state: State): void;
  end(meter: Meter, state: State): void;
}

class Lines implements Display {
  readonly #stream: NodeJS.WriteStream;
  readonly #name: string;

  constructor(stream: NodeJS.WriteStream, name: string) {
    this.#stream = stream;
    this.#name = name;
  }

  draw(meter: Meter, state: State): void {
    this.#write(meter, state, [speed(meter.rate), timeLeft(meter, totalSteps(state))]);
  }

  end(meter: Meter, state: State): void {
    this.#write(meter, state, [speed(meter.meanRate)]);
  }

  #write(meter: Meter, state: State, speeds: readonly string[]): void {
    const total = totalSteps(state);
    const of = total === undefined ? "" : ` of ${total.toLocaleString("en")}`;
    const steps = `${meter.done.toLocaleString("en")}${of} steps`;
    const parts = [this.#name, passText(state), percent(meter, total), steps, ...speeds, metrics(state)];
    this.#stream.write(`${joined(...parts)}\n`);
  }
}

/** cli-progress's bar, drawn by the steps instead of by its timer. */
class Bar implements Display {
  readonly #bar: cliProgress.SingleBar;
  readonly #internals: BarInternals;

  constructor(
    library: typeof cliProgress,
    stream: NodeJS.WriteStream,
    name: string,
    total: number | undefined,
  ) {
    const { SingleBar, Format, Presets } = library;
    const format: cliProgress.GenericFormatter = (
      settings,
      { progress, maxWidth },
      payload: { text?: string },
    ) => {
      const barsize = Math.max(8, Math.min(WIDEST_BAR, Math.floor(maxWidth / 4)));
      const bar = total === undefined ? "" : Format.BarFormat(progress, { ...settings, barsize });
      // One column stays free: in the last one, clearing the rest of the line would clear a character.
      return joined(name, bar, payload.text ?? "").slice(0, maxWidth - 1);
    };
    this.#bar = new SingleBar(
      // Always redrawn, because a live plot may have moved the line.
      { stream, format, barsize: WIDEST_BAR, linewrap: true, forceRedraw: true, synchronousUpdate: false },
      Presets.shades_classic,
    );
    this.#internals = this.#bar as unknown as BarInternals;
    // It would go back to where the bar began, although other lines may have been written above it since.
    this.#internals.terminal.cursorSave = this.#internals.terminal.cursorRestore = () => {};
    this.#bar.start(total ?? 0, 0);
    clearTimeout(this.#internals.timer);
  }

  draw(meter: Meter, state: State): void {
    this.#update(meter, state, [speed(meter.rate), timeLeft(meter, totalSteps(state))]);
    this.#bar.render();
    clearTimeout(this.#internals.timer);
  }

  end(meter: Meter, state: State): void {
    this.#update(meter, state, [speed(meter.meanRate)]);
    this.#bar.stop();
  }

  #update(meter: Meter, state: State, speeds: readonly string[]): void {
    const total = totalSteps(state);
    const progress =
      total === undefined ? `${meter.done.toLocaleString("en")} steps` : percent(meter, total).padStart(4);
    this.#bar.update(meter.done, { text: joined(passText(state), progress, ...speeds, metrics(state)) });
  }
}

/** What cli-progress has no option for. */
interface BarInternals {
  /** Armed at each drawing, it would keep the process alive after an exception. */
  readonly timer: NodeJS.Timeout | undefined;
  readonly terminal: { cursorSave: () => void; cursorRestore: () => void };
}

const WIDEST_BAR = 40;

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("  ");
}

function percent(meter: Meter, total: number | undefined): string {
  return total === undefined ? "" : `${Math.floor((100 * meter.done) / total)}%`;
}

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

function speed(rate: number): string {
  return Number.isFinite(rate) ? `${COMPACT.format(rate)} steps/s` : "";
}

function timeLeft(meter: Meter, total: number | undefined): string {
  const seconds = total === undefined ? NaN : Math.ceil((total - meter.done) / meter.rate);
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return `ETA ${seconds}s`;
  if (seconds < 3600) return `ETA ${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `ETA ${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;
}

function metrics(state: State): string {
  const values = Object.entries(state.metrics).map(
    ([name, value]) => `${name} ${Number(value.toPrecision(4))}`,
  );
  return joined(...values);
}
