// Saves a training every so many epochs, steps or milliseconds (torchbearer/callbacks/checkpointers.py, Interval and MostRecent).

import { ArgumentError } from "../../errors.js";
import { Pacer } from "../pacer.js";
import type { State } from "../state.js";
import { Checkpointer, newest, type CheckpointOptions, type Saved } from "./checkpointer.js";
import { checkCount } from "../checks.js";

/** When an `Interval` saves: one of the three, or after every epoch. */
export interface IntervalOptions extends CheckpointOptions {
  /** Epochs from one file to the next, an integer from 1; 1. */
  readonly epochs?: number;
  /** Training steps from one file to the next, an integer from 1. */
  readonly steps?: number;
  /** Milliseconds from one file to the next, above 0, looked at after training steps. */
  readonly milliseconds?: number;
  /** How many files are kept, the newest ones; all. Files of one name are one. */
  readonly keep?: number;
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
  readonly #milliseconds: number | undefined;
  readonly #choose: ReturnType<typeof newest>;
  #pacer: Pacer | undefined;
  /** Epochs or steps since the last file. */
  #since = 0;

  /** Throws an `ArgumentError`. */
  constructor(fileFormat = "checkpoints/{epoch:02d}-{step:08d}.json", options: IntervalOptions = {}) {
    super(fileFormat, options);
    const { steps, milliseconds, keep = Infinity } = options;
    const given = [options.epochs, steps, milliseconds].filter((value) => value !== undefined);
    if (given.length > 1) {
      throw new ArgumentError("options", "with one of epochs, steps and milliseconds", options);
    }
    const byEpoch = steps === undefined && milliseconds === undefined;
    this.#epochs = byEpoch ? checkCount("epochs", options.epochs ?? 1, 1) : Infinity;
    this.#steps = steps === undefined ? Infinity : checkCount("steps", steps, 1);
    if (milliseconds !== undefined && !(milliseconds > 0 && milliseconds < Infinity))
      throw new ArgumentError("milliseconds", "a positive, finite number", milliseconds);
    this.#milliseconds = milliseconds;
    this.#choose = newest(keep === Infinity ? keep : checkCount("keep", keep, 1));
  }

  override onStart(state: State): void {
    super.onStart(state);
    if (state.task === "run" && this.#milliseconds !== undefined) this.#pacer = new Pacer(this.#milliseconds);
  }

  onStepTraining(state: State): void {
    if (state.task !== "run") return;
    if (this.#pacer !== undefined) {
      if (!this.#pacer.isDue()) return;
    } else if (this.#steps === Infinity || ++this.#since < this.#steps) return;
    this.#save(state);
    // Behind the writing, so that a slow disk does not have all the time.
    this.#pacer?.restart();
  }

  onEndTraining(state: State): void {
    if (state.task === "run" && state.interrupted) this.#save(state);
  }

  onCheckpoint(state: State): void {
    // The epoch is not the one that it would have been.
    if (state.interrupted || this.#epochs === Infinity) return;
    if (++this.#since >= this.#epochs) this.#save(state);
  }

  stateDict(): Remembered {
    return { ...this.saved, since: this.#since };
  }

  loadStateDict({ since, ...saved }: Remembered): void {
    this.saved = saved;
    this.#since = since;
  }

  #save(state: State): void {
    this.#since = 0;
    this.save(state, NaN, this.#choose);
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
