// Saves the best states of a training (torchbearer/callbacks/checkpointers.py, Best and ModelCheckpoint).

import type { State } from "../state.js";
import { Checkpointer, type CheckpointOptions, type Saved, type SavedFile } from "./checkpointer.js";
import { Interval } from "./interval.js";
import { checkCount, checkNotNegative } from "../checks.js";
import { isMaximized, Monitor, type MonitorMode } from "./monitor.js";

/** Torchbearer's options, in camelCase, and how many files are kept. */
export interface BestOptions extends CheckpointOptions {
  /** The metric that is watched; `"val_loss"`. */
  readonly monitor?: string;
  /** `"auto"`: larger is better if the metric's name has `acc` in it. */
  readonly mode?: MonitorMode;
  /** Look at every how many epochs, an integer from 1; 1. */
  readonly period?: number;
  /** By how much it must be better than the worst that is kept, a number from 0; 0. */
  readonly minDelta?: number;
  /** How many files are kept, an integer from 1; 1. */
  readonly saveTopK?: number;
}

interface Remembered extends Saved {
  readonly epochs: number;
}

const FILE_FORMAT = "model.{epoch:02d}-{val_loss:.2f}.json";

/** Saves the training after an epoch that is one of the best so far. NaN never is. A metric that no epoch has is an `UnknownNameError`. */
export class Best extends Checkpointer {
  readonly #monitor: Monitor;
  readonly #sign: number;
  readonly #period: number;
  readonly #minDelta: number;
  readonly #count: number;
  #epochs = 0;

  /** Throws an `ArgumentError`. */
  constructor(fileFormat: string = FILE_FORMAT, options: BestOptions = {}) {
    super(fileFormat, options);
    const { monitor = "val_loss", mode = "auto", period = 1, minDelta = 0, saveTopK = 1 } = options;
    this.#monitor = new Monitor(monitor);
    this.#sign = isMaximized(monitor, mode) ? 1 : -1;
    this.#period = checkCount("period", period, 1);
    this.#minDelta = checkNotNegative("minDelta", minDelta);
    this.#count = checkCount("saveTopK", saveTopK, 1);
  }

  /** The best file's path and value; undefined before there is one. */
  get best(): SavedFile | undefined {
    return this.#ranked(this.kept)[0];
  }

  async onCheckpoint(state: State): Promise<void> {
    // A signal has cut the epoch that was measured.
    if (state.interrupted || ++this.#epochs < this.#period) return;
    this.#epochs = 0;
    const value = this.#monitor.atEndOfEpoch(state);
    if (value === undefined || Number.isNaN(value)) return;
    const worst = this.kept.length < this.#count ? undefined : this.#ranked(this.kept).at(-1)!;
    if (worst !== undefined && !(this.#sign * value - this.#minDelta > this.#sign * worst.value)) return;
    await this.save(state, value, (files) => {
      const best = this.#ranked(files).slice(0, this.#count);
      return files.filter((file) => best.includes(file));
    });
  }

  stateDict(): Remembered {
    return { ...this.saved, epochs: this.#epochs };
  }

  loadStateDict({ epochs, ...saved }: Remembered): void {
    this.saved = saved;
    this.#epochs = epochs;
  }

  // Of equals the earlier one.
  #ranked(files: readonly SavedFile[]): readonly SavedFile[] {
    return files.toSorted((a, b) => this.#sign * (b.value - a.value));
  }
}

/** Torchbearer's options, in camelCase. */
export interface ModelCheckpointOptions extends BestOptions {
  /** Save only the best, not all; false. */
  readonly saveBestOnly?: boolean;
}

/** With `saveBestOnly` a `Best`, otherwise an `Interval` of `period` epochs, which has no use for the other options. Throws an `ArgumentError`. */
export function ModelCheckpoint(
  fileFormat: string = FILE_FORMAT,
  { saveBestOnly = false, ...options }: ModelCheckpointOptions = {},
): Best | Interval {
  if (saveBestOnly) return new Best(fileFormat, options);
  const { period = 1, saveModelParamsOnly = false } = options;
  return new Interval(fileFormat, { epochs: checkCount("period", period, 1), saveModelParamsOnly });
}
