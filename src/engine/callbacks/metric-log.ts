// What the loggers to a text file have in common: when they write, and how they go on after a checkpoint.

import type { Callback } from "../callback.js";
import { checkPath, LineFile, type Beginning } from "../line-file.js";
import type { State } from "../state.js";
import { isTraining } from "./monitor.js";

/** What both loggers take. */
export interface MetricLogOptions {
  /** Write after every training step; false. */
  readonly batchGranularity?: boolean;
  /** Write behind what is in the file already, in place of it; false. */
  readonly append?: boolean;
}

interface Place {
  readonly offset: number;
  readonly memory: unknown;
}

/**
 * Opens its file at the start of a training and closes it at its end; a second run of the trial goes on behind the first. A training that is
 * continued from a checkpoint cuts the file to what it had then. Evaluations and predictions are not logged.
 */
export abstract class MetricLog implements Callback {
  readonly path: string;
  protected readonly batchGranularity: boolean;
  #next: Beginning;
  #file: LineFile | undefined;
  /** Bytes of the file when it was closed. */
  #offset: number | undefined;

  /** Throws an `ArgumentError`. */
  constructor(path: string, { batchGranularity = false, append = false }: MetricLogOptions = {}) {
    this.path = checkPath(path);
    this.batchGranularity = batchGranularity;
    this.#next = append ? "append" : "new";
  }

  onStart(state: State): void {
    if (!isTraining(state)) return;
    this.#file = new LineFile(this.path, this.#next);
    this.#next = "append";
  }

  onStepTraining(state: State): void {
    if (this.batchGranularity) this.writeStep(this.file, state);
  }

  onEndEpoch(state: State): void {
    if (!isTraining(state)) return;
    this.writeEpoch(this.file, state);
    this.file.flush();
  }

  onEnd(state: State): void {
    if (!isTraining(state)) return;
    // A checkpoint of the run's end comes behind this.
    this.#file?.sync();
    this.#close();
  }

  onException(): void {
    this.#close();
  }

  /** Puts the file on the disk up to its end, which is what the dict tells. Throws a `WriteError`. */
  stateDict(): Place | null {
    this.#file?.sync();
    const offset = this.#file?.size ?? this.#offset;
    return offset === undefined ? null : { offset, memory: this.memory };
  }

  loadStateDict({ offset, memory }: Place): void {
    this.#next = { offset };
    this.memory = memory;
  }

  protected abstract writeStep(file: LineFile, state: State): void;

  protected abstract writeEpoch(file: LineFile, state: State): void;

  /** What else it must know to go on. */
  protected memory: unknown = null;

  private get file(): LineFile {
    return this.#file!;
  }

  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
    } finally {
      this.#offset = file?.size ?? this.#offset;
    }
  }
}
