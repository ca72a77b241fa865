// Logs a training's metrics as texts for TensorBoard (torchbearer/callbacks/tensor_board.py, TensorBoardText).

import { asCode, asCodeBlock } from "../../summary/markdown.js";
import type { SummaryWriter } from "../../summary/summary-writer.js";
import { checkCount } from "../checks.js";
import type { State } from "../state.js";
import { isTraining } from "./monitor.js";
import type { RememberedLogs } from "./run-logs.js";
import { TensorBoardRun, type TensorBoardRunOptions } from "./tensor-board-run.js";

/** Torchbearer's options, in camelCase. */
export interface TensorBoardTextOptions extends TensorBoardRunOptions {
  /** Log metrics at the end of each epoch, as the text `epoch`; true. */
  readonly writeEpochMetrics?: boolean;
  /** Log metrics of training steps, as the text `batch`; false. */
  readonly writeBatchMetrics?: boolean;
  /** At every how many steps, from 0 on; 100. */
  readonly batchStepSize?: number;
  /** Log what the trial is made of at its start, as the text `trial`; true. */
  readonly logTrialSummary?: boolean;
}

/** What a continued training must know of its texts. */
export interface RememberedTexts extends RememberedLogs {
  readonly hasSummary: boolean;
}

/**
 * Writes the metrics of a training as tables of Markdown, with all their digits, and `String(trial)` at its start. In the directories and with
 * the steps of a `TensorBoard` of the same `logDir`, `comment` and `layout`. Evaluations and predictions are not logged. Of a tag's steps
 * TensorBoard shows 100, or 10 with its Python loader: this is for runs of few epochs, and for what a person reads.
 */
export class TensorBoardText extends TensorBoardRun {
  readonly #writeEpochMetrics: boolean;
  readonly #writeBatchMetrics: boolean;
  readonly #batchStepSize: number;
  readonly #logTrialSummary: boolean;
  #hasSummary = false;
  #firstStep = 0;
  #next = 0;

  /** Throws an `ArgumentError`. */
  constructor(options: TensorBoardTextOptions = {}) {
    super("texts", options);
    const { writeEpochMetrics = true, writeBatchMetrics = false, batchStepSize = 100 } = options;
    checkCount("batchStepSize", batchStepSize, 1);
    this.#writeEpochMetrics = writeEpochMetrics;
    this.#writeBatchMetrics = writeBatchMetrics;
    this.#batchStepSize = batchStepSize;
    this.#logTrialSummary = options.logTrialSummary ?? true;
  }

  onStart(state: State): void {
    const isFlat = this.layout === "flat" && this.#writeBatchMetrics;
    if (!isTraining(state)) return;
    if (this.#writeEpochMetrics || this.#logTrialSummary || isFlat) this.openRun(state);
  }

  onStartEpoch(state: State): void {
    if (!isTraining(state)) return;
    // Not at the start of the run: one that is stopped before its first step leaves nothing.
    if (this.#logTrialSummary && !this.#hasSummary) {
      this.logs.run!.addText("trial", asCodeBlock(String(state)), 0);
      this.#hasSummary = true;
    }
    if (this.#writeBatchMetrics) this.openEpoch(state);
  }

  onStartTraining(state: State): void {
    this.#firstStep = this.firstStep(state, state.trainSteps);
    // An epoch that is continued begins in its middle.
    const size = this.#batchStepSize;
    this.#next = this.#writeBatchMetrics ? Math.ceil(state.stepsDone / size) * size : -1;
  }

  onStepTraining(state: State): void {
    if (state.batch === this.#next) this.#writeStep(state);
  }

  onEndEpoch(state: State): void {
    if (!isTraining(state)) return;
    this.logs.closeEpoch();
    if (this.#writeEpochMetrics) addTable(this.logs.run!, "epoch", state, this.epochStep(state));
  }

  override stateDict(state: State): RememberedTexts {
    return { ...super.stateDict(state), hasSummary: this.#hasSummary };
  }

  override loadStateDict(texts: RememberedTexts): void {
    super.loadStateDict(texts);
    this.#hasSummary = texts.hasSummary;
  }

  #writeStep(state: State): void {
    this.#next += this.#batchStepSize;
    addTable(this.stepWriter!, "batch", state, this.#firstStep + state.batch);
  }
}

function addTable(writer: SummaryWriter, tag: string, { metrics }: State, step: number): void {
  const rows = Object.entries(metrics).map(([name, value]) => [asCode(name), asCode(String(value))]);
  if (rows.length > 0) writer.addText(tag, [["metric", "value"], ...rows], step);
}
