// The progress of runs that go at the same time, as one.

import {
  drawingInterval,
  loadBars,
  Meter,
  openDisplay,
  type Display,
  type Progress,
} from "../engine/callbacks/progress-display.js";

export interface RunsProgressOptions {
  /** Where to write; `process.stderr`. */
  readonly stream?: NodeJS.WriteStream;
}

/** How a run ended: by itself, by a signal, or with an error. */
export type RunEnd = "done" | "stopped" | "failed";

/** Shows how far all runs together are: how many are done, their steps, steps a second, the time left. As often, and where, as `progressBar` does. */
export class RunsProgress {
  readonly #display: Display;
  readonly #intervalMs: number;
  readonly #meter = new Meter();
  readonly #planned: readonly number[];
  readonly #done: (number | undefined)[];
  readonly #ends: Record<RunEnd, number> = { done: 0, stopped: 0, failed: 0 };
  #sum = 0;
  #total: number;
  #due: number;

  private constructor(planned: readonly number[], display: Display, intervalMs: number) {
    this.#planned = planned;
    this.#done = planned.map(() => undefined);
    this.#total = sumOf(planned);
    this.#display = display;
    this.#intervalMs = intervalMs;
    const now = performance.now();
    this.#meter.measure(0, now);
    this.#due = now + intervalMs;
  }

  /** `planned`: the steps of each run. */
  static async start(planned: readonly number[], options: RunsProgressOptions = {}): Promise<RunsProgress> {
    const { stream = process.stderr } = options;
    const display = openDisplay(await loadBars(stream), stream, "", sumOf(planned));
    return new RunsProgress(planned, display, drawingInterval(stream));
  }

  /** So many steps of run `index` are done; what is said first was done before. */
  update(index: number, steps: number): void {
    const before = this.#done[index];
    this.#done[index] = steps;
    this.#sum += steps - (before ?? 0);
    if (before === undefined) this.#meter.skip(steps);
    this.#draw();
  }

  /** Run `index` has ended, after so many steps if that is known. What it did not do is not to be done any more. */
  finish(index: number, steps: number | undefined, how: RunEnd): void {
    this.#ends[how]++;
    const done = steps ?? this.#done[index] ?? 0;
    if (how !== "stopped") this.#total -= this.#planned[index]! - done;
    this.update(index, done);
  }

  /** Shows the last state. */
  end(): void {
    this.#meter.measure(this.#sum, performance.now());
    this.#display.end(this.#meter, this.#progress());
  }

  #draw(): void {
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + this.#intervalMs;
    this.#meter.measure(this.#sum, now);
    this.#display.draw(this.#meter, this.#progress());
  }

  #progress(): Progress {
    const { done, failed } = this.#ends;
    const label = `${done}/${this.#planned.length} runs${failed === 0 ? "" : `, ${failed} failed`}`;
    return { label, total: this.#total, details: "" };
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
