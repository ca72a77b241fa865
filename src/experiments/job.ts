// One run of an experiment as plain data, which can be sent to another thread.

import type { DType } from "../engine/parameter.js";
import type { Provenance } from "./provenance.js";
import type { Settings } from "./settings.js";

/** When a run is saved: every so many steps, or milliseconds. */
export type CheckpointEvery = { readonly steps: number } | { readonly milliseconds: number };

/** All that a run is made from. */
export interface Job {
  /** Its name in the logdir. */
  readonly run: string;
  /** A name in `PROBLEMS`, or the path of a module. */
  readonly problem: string;
  /** A name in `OPTIMIZERS`, or the path of a module. */
  readonly optimizer: string;
  readonly seed: number;
  readonly steps: number;
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly dtype: DType;
  readonly settings: Settings;
  readonly logdir: string;
  readonly batchStepSize: number;
  /** No limit unless given. */
  readonly maxPointsPerTag?: number;
  /** Whether what a run of that name has is deleted first. */
  readonly overwrite: boolean;
  /** Whether it goes on where a run of that name was left. */
  readonly resume: boolean;
  /** When it is saved. */
  readonly checkpointEvery: CheckpointEvery;
  /** The sub-run of the thread that planned it, as a writer takes it: the run does not depend on the thread that does it. */
  readonly worker: string | false;
  /** All of that as its directory says it: its hyperparameters, and what a resumed run must have been made from. */
  readonly config: Provenance;
  /** What else its directory says about it. */
  readonly environment: Provenance;
}
