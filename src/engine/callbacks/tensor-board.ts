// Logs a training's metrics for TensorBoard (torchbearer/callbacks/tensor_board.py).

import { join } from "node:path";
import { ArgumentError } from "../../errors.js";
import type { ScalarsHandle } from "../../summary/scalar-handles.js";
import { DEFAULT_LOGDIR } from "../../summary/run-files.js";
import { SummaryWriter } from "../../summary/summary-writer.js";
import { checkCount } from "../checks.js";
import type { Callback } from "../callback.js";
import type { State } from "../state.js";
import { RunLogs, type CreateWriter, type RememberedLogs } from "./run-logs.js";

/** Torchbearer's options, in camelCase, and two of our own. */
export interface TensorBoardOptions {
  /** Where the runs are; `logs`. */
  readonly logDir?: string;
  /** The run is `<model's name>_<comment>`; `torchbearer`. */
  readonly comment?: string;
  /** The run's name in `logDir`, in place of that. */
  readonly run?: string;
  /** Log metrics during an epoch, as `batch/<metric>`; false. */
  readonly writeBatchMetrics?: boolean;
  /** At every how many steps, from 0 on; 10. */
  readonly batchStepSize?: number;
  /** Log metrics at the end of each epoch, as `epoch/<metric>`; true. */
  readonly writeEpochMetrics?: boolean;
  /**
   * `"torchbearer"`: a directory an epoch (`<run>/epoch-0`) for the batch metrics, whose step is the batch, and the run's own for the epoch
   * metrics, whose step is the epoch. `"flat"`: one directory, and one step that counts all batches (of training or of validation).
   */
  readonly layout?: "torchbearer" | "flat";
  /**
   * The most points of a tag that TensorBoard finds, an integer from 8: the highest and the lowest of each stride of steps are among them, and
   * every point goes to a record file beside them. No limit unless given. `createWriter`, if given, is on its own.
   */
  readonly maxPointsPerTag?: number;
  /**
   * What the run's directories have of earlier trainings is void; false: it stays, and this training's points are logged behind it. A
   * training that goes on from a state dict keeps in any case what it had logged then.
   */
  readonly overwrite?: boolean;
  /**
   * Makes the writer of a directory; `(dir, options) => new SummaryWriter(dir, options)`. One that leaves the options out goes on behind what is
   * there, also in a training that is continued. With `() => SummaryWriter.noop()` the training goes on and nothing is logged, for tests.
   */
  readonly createWriter?: CreateWriter;
}

type Other = "run" | "maxPointsPerTag" | "createWriter" | "overwrite";

/**
 * Writes the metrics of a training to event files. An event file is made when there is something to write, so that TensorBoard lists no
 * empty runs; what a killed training had logged until 200 ms before is there.
 *
 * Its state dict has the logs' positions: a training that goes on from a checkpoint shows nothing that was logged behind it, in either
 * of TensorBoard's loaders, and nothing twice. A position that is lost is a `LogdirError` at the start of the run.
 */
export class TensorBoard implements Callback {
  readonly #options: Required<Omit<TensorBoardOptions, Other>> & Pick<TensorBoardOptions, "run">;
  readonly #logs: RunLogs;
  #handle: ScalarsHandle | undefined;
  #values: Float64Array = new Float64Array(0);
  #firstStep = 0;
  #next = 0;

  /** Throws an `ArgumentError`. */
  constructor(options: TensorBoardOptions = {}) {
    const { batchStepSize = 10, layout = "torchbearer", maxPointsPerTag } = options;
    checkCount("batchStepSize", batchStepSize, 1);
    if (layout !== "torchbearer" && layout !== "flat") {
      throw new ArgumentError("layout", '"torchbearer" or "flat"', layout);
    }
    this.#options = {
      logDir: options.logDir ?? DEFAULT_LOGDIR,
      comment: options.comment ?? "torchbearer",
      ...(options.run !== undefined && { run: options.run }),
      writeBatchMetrics: options.writeBatchMetrics ?? false,
      batchStepSize,
      writeEpochMetrics: options.writeEpochMetrics ?? true,
      layout,
    };
    const bounds = maxPointsPerTag === undefined ? {} : { maxPointsPerTag };
    const {
      overwrite = false,
      createWriter = (dir, from) => new SummaryWriter(dir, { ...bounds, ...from }),
    } = options;
    this.#logs = new RunLogs({ createWriter, overwrite });
  }

  onStart(state: State): void {
    const { layout, writeEpochMetrics } = this.#options;
    if (writeEpochMetrics || layout === "flat") {
      this.#logs.openRun(this.#runDir(state));
    }
  }

  onStartEpoch(state: State): void {
    const { layout, writeBatchMetrics } = this.#options;
    if (layout === "torchbearer" && writeBatchMetrics) {
      this.#logs.openEpoch(this.#runDir(state), state.epoch);
    }
  }

  onStartTraining(state: State): void {
    this.#firstStep = this.#options.layout === "flat" ? state.epoch * state.trainSteps : 0;
    this.#prepare(state);
  }

  onStepTraining(state: State): void {
    if (state.batch === this.#next) this.#writeStep(state);
  }

  onStartValidation(state: State): void {
    this.#firstStep = this.#options.layout === "flat" ? state.epoch * state.validationSteps : 0;
    this.#prepare(state);
  }

  onStepValidation(state: State): void {
    if (state.batch === this.#next) this.#writeStep(state);
  }

  onEndEpoch(state: State): void {
    this.#logs.closeEpoch();
    const { writeEpochMetrics, layout } = this.#options;
    const { run } = this.#logs;
    if (!writeEpochMetrics || run === undefined) return;
    // In one directory there is one axis: the epoch's last batch.
    const steps = state.trainSteps || state.validationSteps;
    const step = layout === "flat" ? Math.max(0, (state.epoch + 1) * steps - 1) : state.epoch;
    const metrics = Object.entries(state.metrics).map(([tag, value]) => [`epoch/${tag}`, value]);
    run.addStep(step, Object.fromEntries(metrics) as Record<string, number>);
  }

  onEnd(): void {
    this.#handle = undefined;
    this.#logs.close();
  }

  onException(): void {
    this.#handle = undefined;
    this.#logs.close({ afterError: true });
  }

  async sync(): Promise<void> {
    await this.#logs.sync();
  }

  stateDict(state: State): RememberedLogs {
    return this.#logs.stateDict(this.#runDir(state), state);
  }

  loadStateDict(logs: RememberedLogs): void {
    this.#logs.loadStateDict(logs);
  }

  #runDir(state: State): string {
    const { logDir, run, comment } = this.#options;
    return join(logDir, run ?? `${state.model.name}_${comment}`);
  }

  // At the start of a pass, when the state has the array that the pass will write to.
  #prepare(state: State): void {
    const writer = this.#logs.epoch ?? this.#logs.run;
    const tags = state.metricTags.step;
    const on = this.#options.writeBatchMetrics && writer !== undefined && tags.length > 0;
    this.#handle = on ? writer.scalars(tags.map((tag) => `batch/${tag}`)) : undefined;
    this.#values = state.values.subarray(1, 1 + tags.length);
    // An epoch that is continued begins in its middle.
    const { batchStepSize } = this.#options;
    this.#next = Math.ceil(state.stepsDone / batchStepSize) * batchStepSize;
  }

  #writeStep(state: State): void {
    this.#next += this.#options.batchStepSize;
    this.#handle?.add(this.#firstStep + state.batch, this.#values);
  }
}
