// Numbers of rows: their mean over the last steps, and over the whole pass (torchbearer's @running_mean @mean).

import type { State } from "../state.js";
import { tagIn, type LoggedMetric } from "./logged-metric.js";
import type { Mode } from "./metric.js";
import { RunningWindow, type WindowState } from "./running-window.js";

/** Measures a step: sets `sums[0]` to the sum of its rows' numbers and `sums[1]` to how many there are. */
export type MeasureRows<S extends State> = (state: S, sums: Float64Array) => void;

interface AveragedState extends WindowState {
  readonly sum: number;
  readonly count: number;
}

class Averaged<S extends State> implements LoggedMetric<S> {
  readonly #name: string;
  readonly #measure: MeasureRows<S>;
  readonly #window = new RunningWindow();
  // Of the step, then of the pass.
  readonly #sums = new Float64Array(2);
  readonly #totals = new Float64Array(2);
  #running = true;

  constructor(name: string, measure: MeasureRows<S>) {
    this.#name = name;
    this.#measure = measure;
  }

  stepTags(mode: Mode): readonly string[] {
    return mode === "train" ? [`running_${this.#name}`] : [];
  }

  finalTags(mode: Mode): readonly string[] {
    return [tagIn(mode, this.#name)];
  }

  reset(_state: S, mode: Mode): void {
    this.#totals.fill(0);
    this.#running = mode === "train";
    // A validation between two epochs leaves the running mean of training alone.
    if (this.#running) this.#window.restart();
  }

  goOn(mode: Mode): void {
    this.#running = mode === "train";
  }

  process(state: S, out: Float64Array, at: number): void {
    const sums = this.#sums;
    const totals = this.#totals;
    this.#measure(state, sums);
    totals[0]! += sums[0]!;
    totals[1]! += sums[1]!;
    if (!this.#running) return;
    // A step without rows has no mean, and would take the mean of fifty steps with it.
    if (sums[1]! > 0) this.#window.add(sums[0]! / sums[1]!, out, at);
    else out[at] = this.#window.current;
  }

  processFinal(_state: S, out: Float64Array, at: number): void {
    out[at] = this.#totals[0]! / this.#totals[1]!;
  }

  stateDict(): AveragedState {
    const [sum, count] = this.#totals as unknown as [number, number];
    return { ...this.#window.stateDict(), sum, count };
  }

  loadStateDict({ sum, count, ...window }: AveragedState): void {
    this.#window.loadStateDict(window);
    this.#totals.set([sum, count]);
  }
}

/**
 * The mean of the rows' numbers: of the last 50 steps' means, made anew every 10 steps, under `running_` and the name, in training; and of
 * all rows of a pass, each counted once, under the name. NaN without rows.
 */
export function averaged<S extends State = State>(name: string, measure: MeasureRows<S>): LoggedMetric<S> {
  return new Averaged(name, measure);
}
