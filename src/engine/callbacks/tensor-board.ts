// Logs a training's metrics for TensorBoard (torchbearer/callbacks/tensor_board.py).

import type { ScalarsHandle } from "../../summary/scalar-handles.js";
import { checkCount } from "../checks.js";
import type { State } from "../state.js";
import { TensorBoardRun, type TensorBoardRunOptions } from "./tensor-board-run.js";

/** Torchbearer's options, in camelCase, and some of our own. */
export interface TensorBoardOptions extends TensorBoardRunOptions {
  /** Log metrics during an epoch, as `batch/<metric>`; false. */
  readonly writeBatchMetrics?: boolean;
  /** At every how many steps, from 0 on; 10. */
  readonly batchStepSize?: number;
  /** Log metrics at the end of each epoch, as `epoch/<metric>`; true. */
  readonly writeEpochMetrics?: boolean;
}

/**
 * Writes the metrics of a training to event files. An event file is made when there is something to write, so that TensorBoard lists no
 * empty runs; what a killed training had logged until 200 ms before is there.
 *
 * Its state dict has the logs' positions: a training that goes on from a checkpoint shows nothing that was logged behind it, in either
 * of TensorBoard's loaders, and nothing twice. A position that is lost is a `LogdirError` at the start of the run.
 */
export class TensorBoard extends TensorBoardRun {
  readonly #writeBatchMetrics: boolean;
  readonly #batchStepSize: number;
  readonly #writeEpochMetrics: boolean;
  #handle: ScalarsHandle | undefined;
  #values: Float64Array = new Float64Array(0);
  #firstStep = 0;
  #next = 0;

  /** Throws an `ArgumentError`. */
  constructor(options: TensorBoardOptions = {}) {
    super("metrics", options);
    const { writeBatchMetrics = false, batchStepSize = 10, writeEpochMetrics = true } = options;
    checkCount("batchStepSize", batchStepSize, 1);
    this.#writeBatchMetrics = writeBatchMetrics;
    this.#batchStepSize = batchStepSize;
    this.#writeEpochMetrics = writeEpochMetrics;
  }

  onStart(state: State): void {
    if (this.#writeEpochMetrics || this.layout === "flat") this.openRun(state);
  }

  onStartEpoch(state: State): void {
    if (this.#writeBatchMetrics) this.openEpoch(state);
  }

  onStartTraining(state: State): void {
    this.#firstStep = this.firstStep(state, state.trainSteps);
    this.#prepare(state);
  }

  onStepTraining(state: State): void {
    if (state.batch === this.#next) this.#writeStep(state);
  }

  onStartValidation(state: State): void {
    this.#firstStep = this.firstStep(state, state.validationSteps);
    this.#prepare(state);
  }

  onStepValidation(state: State): void {
    if (state.batch === this.#next) this.#writeStep(state);
  }

  onEndEpoch(state: State): void {
    this.logs.closeEpoch();
    const { run } = this.logs;
    if (!this.#writeEpochMetrics || run === undefined) return;
    const metrics = Object.entries(state.metrics).map(([tag, value]) => [`epoch/${tag}`, value]);
    run.addStep(this.epochStep(state), Object.fromEntries(metrics) as Record<string, number>);
  }

  override onEnd(state: State): void {
    this.#handle = undefined;
    super.onEnd(state);
  }

  override onException(state: State): void {
    this.#handle = undefined;
    super.onException(state);
  }

  // At the start of a pass, when the state has the array that the pass will write to.
  #prepare(state: State): void {
    const writer = this.stepWriter;
    const tags = state.metricTags.step;
    const on = this.#writeBatchMetrics && writer !== undefined && tags.length > 0;
    this.#handle = on ? writer.scalars(tags.map((tag) => `batch/${tag}`)) : undefined;
    this.#values = state.values.subarray(1, 1 + tags.length);
    // An epoch that is continued begins in its middle.
    this.#next = Math.ceil(state.stepsDone / this.#batchStepSize) * this.#batchStepSize;
  }

  #writeStep(state: State): void {
    this.#next += this.#batchStepSize;
    this.#handle?.add(this.#firstStep + state.batch, this.#values);
  }
}
