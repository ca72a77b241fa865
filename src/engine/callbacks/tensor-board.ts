// Logs a training's metrics for TensorBoard (torchbearer/callbacks/tensor_board.py).

import type { ScalarsHandle } from "../../summary/scalar-handles.js";
import { SummaryWriter } from "../../summary/summary-writer.js";
import type { HParamValue } from "../../wire/hparams.js";
import { checkCount } from "../checks.js";
import type { State } from "../state.js";
import { hparamsOf, RunHParams } from "./run-hparams.js";
import type { RememberedLogs } from "./run-logs.js";
import { graphOf } from "./tensor-board-graph.js";
import { HistogramLog, NEVER, type Gradients } from "./tensor-board-histograms.js";
import { TensorBoardRun, type TensorBoardRunOptions } from "./tensor-board-run.js";

/** Torchbearer's options, in camelCase, and some of our own. */
export interface TensorBoardOptions extends TensorBoardRunOptions {
  /** Log metrics during an epoch, as `batch/<metric>`; false. */
  readonly writeBatchMetrics?: boolean;
  /** At every how many steps, from 0 on; 10. */
  readonly batchStepSize?: number;
  /** Log metrics at the end of each epoch, as `epoch/<metric>`; true. */
  readonly writeEpochMetrics?: boolean;
  /**
   * Log histograms at the end of each epoch, with the step of its metrics: `parameters/<name>`, `gradients/<name>` (of the last step, as the optimizer
   * got them) and `optimizer/<what>/<name>`, where `<what>` is torch's name, such as `exp_avg`; false. NaN and infinities are left out; where
   * there are some, the scalar `non_finite/<tag>` says how many.
   */
  readonly writeHistograms?: boolean;
  /** With `writeHistograms`, at every how many steps of training too, from 0 on, where batch metrics are; only at the end of epochs unless given. */
  readonly histogramStepSize?: number;
  /**
   * Log the graph of the first training step that is made, into the run's directory: the operations of `forward` and of the criterion, with
   * parameters and shapes, or one node for a model that gives its own gradient; false, where torchbearer's is true.
   */
  readonly writeGraph?: boolean;
  /**
   * Log these hyperparameters with what the trial knows: model, criterion, optimizer, `optimizer.lr` and its other options, seed, epochs, trainSteps; and
   * how the run ended. A name of these stands over the trial's, `undefined` leaves it out. None unless given; `{}` for those of the trial. Metrics of
   * the table are the scalars of the run.
   */
  readonly hparams?: Readonly<Record<string, HParamValue | null | undefined>>;
}

/** What a continued training must know. */
export interface RememberedBoard extends RememberedLogs {
  readonly gradients: Gradients | null;
  readonly hasGraph: boolean;
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
  readonly #histograms: HistogramLog | undefined;
  readonly #writeGraph: boolean;
  readonly #given: TensorBoardOptions["hparams"];
  readonly #hparams = new RunHParams();
  #handle: ScalarsHandle | undefined;
  #values: Float64Array = new Float64Array(0);
  #firstStep = 0;
  /** The next batch with something to log. */
  #next = NEVER;
  #nextMetrics = NEVER;
  #graphAt = NEVER;
  #hasGraph = false;
  #stepHistograms: HistogramLog | undefined;

  /** Throws an `ArgumentError`. */
  constructor(options: TensorBoardOptions = {}) {
    super("metrics", options);
    const { writeBatchMetrics = false, batchStepSize = 10, writeEpochMetrics = true } = options;
    checkCount("batchStepSize", batchStepSize, 1);
    this.#writeBatchMetrics = writeBatchMetrics;
    this.#batchStepSize = batchStepSize;
    this.#writeEpochMetrics = writeEpochMetrics;
    if (options.writeHistograms === true) this.#histograms = new HistogramLog(options.histogramStepSize);
    this.#writeGraph = options.writeGraph ?? false;
    this.#given = options.hparams;
    // What they cannot be is said now, and not by the run.
    if (this.#given !== undefined) SummaryWriter.noop().addHParams(this.#given);
  }

  onStart(state: State): void {
    const { task } = state;
    const isLoggedOfRun = this.#histograms !== undefined || this.#given !== undefined || this.#writeGraph;
    const isNeeded = this.#writeEpochMetrics || this.layout === "flat";
    if (isNeeded || (task === "run" && isLoggedOfRun)) this.openRun(state);
  }

  onStartEpoch(state: State): void {
    const isOfRun = state.task === "run";
    // Not at the start of the run: one that is stopped before its first step leaves nothing.
    if (isOfRun && this.#given !== undefined && !this.#hparams.isOpen)
      this.#hparams.start(this.logs.run!, { ...hparamsOf(state), ...this.#given });
    if (this.#writeBatchMetrics || (isOfRun && this.#histograms?.hasSteps === true)) this.openEpoch(state);
  }

  onStartTraining(state: State): void {
    this.#firstStep = this.firstStep(state, state.trainSteps);
    const isOfRun = state.task === "run";
    const histograms = isOfRun ? this.#histograms : undefined;
    histograms?.begin(state, this.stepWriter);
    this.#prepare(state, histograms, isOfRun && this.#writeGraph && !this.#hasGraph);
  }

  onStepTraining(state: State): void {
    if (state.batch === this.#next) this.#writeStep(state);
  }

  onStartValidation(state: State): void {
    this.#firstStep = this.firstStep(state, state.validationSteps);
    this.#prepare(state, undefined, false);
  }

  onStepValidation(state: State): void {
    if (state.batch === this.#next) this.#writeStep(state);
  }

  onEndEpoch(state: State): void {
    this.logs.closeEpoch();
    const { run } = this.logs;
    if (run === undefined) return;
    const step = this.epochStep(state);
    if (this.#writeEpochMetrics) {
      const metrics = Object.entries(state.metrics).map(([tag, value]) => [`epoch/${tag}`, value]);
      run.addStep(step, Object.fromEntries(metrics) as Record<string, number>);
    }
    if (state.task === "run" && state.trainSteps > 0) this.#histograms?.writeEpoch(state, run, step);
  }

  override onEnd(state: State): void {
    this.#close(
      () => this.#hparams.end(state),
      () => super.onEnd(state),
    );
  }

  override onException(state: State): void {
    this.#close(
      () => this.#hparams.fail(),
      () => super.onException(state),
    );
  }

  override stateDict(state: State): RememberedBoard {
    const gradients = this.#histograms?.stateDict(state) ?? null;
    return { ...super.stateDict(state), gradients, hasGraph: this.#hasGraph };
  }

  override loadStateDict(board: RememberedBoard): void {
    super.loadStateDict(board);
    this.#histograms?.loadStateDict(board.gradients);
    this.#hasGraph = board.hasGraph;
  }

  // At the start of a pass, when the state has the array that the pass will write to.
  #prepare(state: State, histograms: HistogramLog | undefined, wantsGraph: boolean): void {
    const writer = this.stepWriter;
    const tags = state.metricTags.step;
    const on = this.#writeBatchMetrics && writer !== undefined && tags.length > 0;
    this.#handle = on ? writer.scalars(tags.map((tag) => `batch/${tag}`)) : undefined;
    this.#values = state.values.subarray(1, 1 + tags.length);
    this.#stepHistograms = histograms;
    this.#graphAt = wantsGraph ? state.stepsDone : NEVER;
    // An epoch that is continued begins in its middle.
    const size = this.#batchStepSize;
    this.#nextMetrics = on ? Math.ceil(state.stepsDone / size) * size : NEVER;
    this.#setNext();
  }

  #writeStep(state: State): void {
    const { batch } = state;
    const step = this.#firstStep + batch;
    const histograms = this.#stepHistograms;
    if (batch === this.#nextMetrics) {
      this.#nextMetrics += this.#batchStepSize;
      this.#handle!.add(step, this.#values);
    }
    if (batch === histograms?.next) histograms.writeStep(step);
    if (batch === this.#graphAt) {
      this.#graphAt = NEVER;
      this.#hasGraph = true;
      this.logs.run!.addGraph(graphOf(state));
    }
    this.#setNext();
  }

  #setNext(): void {
    const others = soonest(this.#stepHistograms?.next ?? NEVER, this.#graphAt);
    this.#next = soonest(this.#nextMetrics, others);
  }

  #close(endHParams: () => void, close: () => void): void {
    this.#handle = undefined;
    try {
      endHParams();
    } finally {
      close();
    }
  }
}

function soonest(a: number, b: number): number {
  return a === NEVER || (b !== NEVER && b < a) ? b : a;
}
