// Saves a training every so many epochs, steps or milliseconds (torchbearer/callbacks/checkpointers.py, Interval and MostRecent).

import { ArgumentError } from "../../errors.js";
import type { HookFunction } from "../callback.js";
import type { State } from "../state.js";
import { Checkpointer, newest, type CheckpointOptions, type Saved } from "./checkpointer.js";
import { checkCount } from "../checks.js";

/** When an `Interval` saves: one of the three, or after every epoch. */
export interface IntervalOptions extends CheckpointOptions {
  /** Epochs from one file to the next, an integer from 1; 1. */
  readonly epochs?: number;
  /** Training steps from one file to the next, an integer from 1. */
  readonly steps?: number;
  /** Milliseconds from one file to the next, above 0, looked at about every 50. */
  readonly milliseconds?: number;
  /** How many files are kept, the newest ones; all. Files of one name are one. */
  readonly keep?: number;
  /** Save also at the end of a run that was not interrupted, with what all callbacks remember then; false. */
  readonly atEnd?: boolean;
}

interface Remembered extends Saved {
  readonly since: number;
}

/**
 * Saves the training at regular intervals, and at the step at which the run's signal ends it. What `latestCheckpoint` of the directory gives
 * goes on as if the training had not been interrupted; `keep` of 2 or more leaves it one to fall back to.
 */
export class Interval extends Checkpointer {
  readonly #epochs: number;
  readonly #steps: number;
  readonly #milliseconds: number;
  readonly #choose: ReturnType<typeof newest>;
  readonly #atEnd: boolean;
  // There where they are needed, so that no other training calls them at its steps.
  readonly onStepTraining?: HookFunction;
  readonly onPause?: HookFunction;
  /** When the last file was begun, by the process's clock. */
  #last = 0;
  /** Epochs or steps since the last file. */
  #since = 0;

  /** Throws an `ArgumentError`. */
  constructor(fileFormat = "checkpoints/{epoch:02d}-{step:08d}.json", options: IntervalOptions = {}) {
    super(fileFormat, options);
    const { steps, milliseconds, keep = Infinity, atEnd = false } = options;
    const given = [options.epochs, steps, milliseconds].filter((value) => value !== undefined);
    if (given.length > 1) {
      throw new ArgumentError("options", "with one of epochs, steps and milliseconds", options);
    }
    const byEpoch = steps === undefined && milliseconds === undefined;
    this.#epochs = byEpoch ? checkCount("epochs", options.epochs ?? 1, 1) : Infinity;
    this.#steps = steps === undefined ? Infinity : checkCount("steps", steps, 1);
    if (milliseconds !== undefined && !(milliseconds > 0 && milliseconds < Infinity))
      throw new ArgumentError("milliseconds", "a positive, finite number", milliseconds);
    this.#milliseconds = milliseconds ?? Infinity;
    if (steps !== undefined) this.onStepTraining = (state) => this.#atStep(state);
    if (milliseconds !== undefined) this.onPause = (state) => this.#atPause(state);
    this.#atEnd = atEnd;
    this.#choose = newest(keep === Infinity ? keep : checkCount("keep", keep, 1));
  }

  override onStart(state: State): void {
    super.onStart(state);
    this.#last = performance.now();
  }

  async onEndTraining(state: State): Promise<void> {
    if (state.task === "run" && state.interrupted) await this.#save(state);
    else await this.written();
  }

  async onCheckpoint(state: State): Promise<void> {
    // The epoch is not the one that it would have been.
    if (state.interrupted || this.#epochs === Infinity) return;
    if (++this.#since >= this.#epochs) await this.#save(state);
  }

  async onEnd(state: State): Promise<void> {
    if (this.#atEnd && state.task === "run" && !state.interrupted) await this.#save(state);
  }

  stateDict(): Remembered {
    return { ...this.saved, since: this.#since };
  }

  loadStateDict({ since, ...saved }: Remembered): void {
    this.saved = saved;
    this.#since = since;
  }

  // The training goes on while the file is written: a promise only where it has to wait, or there is an error.
  #atStep(state: State): Promise<void> | undefined {
    if (state.task !== "run") return undefined;
    if (this.hasFailed) return this.written();
    if (++this.#since < this.#steps) return undefined;
    if (this.isWriting) return this.#save(state, { waits: false });
    this.#begin(state);
    return undefined;
  }

  #atPause(state: State): Promise<void> | undefined {
    if (this.hasFailed) return this.written();
    if (!this.isWriting && performance.now() - this.#last >= this.#milliseconds) this.#begin(state);
    return undefined;
  }

  async #save(state: State, { waits = true } = {}): Promise<void> {
    await this.written();
    this.#begin(state);
    if (waits) await this.written();
  }

  #begin(state: State): void {
    this.#since = 0;
    this.begin(state, NaN, this.#choose);
    this.#last = performance.now();
  }
}

/** How a `MostRecent` saves. */
export interface MostRecentOptions extends CheckpointOptions {
  /** How many files are kept, an integer from 1; 2, so that there is one to fall back to. */
  readonly keep?: number;
}

/** Saves the training after every epoch, and keeps the newest files only: an `Interval` of one epoch. */
export class MostRecent extends Interval {
  /** Throws an `ArgumentError`. */
  constructor(
    fileFormat = "checkpoints/{epoch:02d}-{step:08d}.json",
    { keep = 2, ...options }: MostRecentOptions = {},
  ) {
    super(fileFormat, { ...options, keep });
  }
}
