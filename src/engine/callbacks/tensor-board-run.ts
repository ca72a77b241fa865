// What the callbacks for TensorBoard have in common: the run's directories, and where a continued training goes on in them.

import { join } from "node:path";
import { ArgumentError } from "../../errors.js";
import { DEFAULT_LOGDIR } from "../../summary/run-files.js";
import type { SummaryWriter } from "../../summary/summary-writer.js";
import type { Callback } from "../callback.js";
import type { State } from "../state.js";
import { RunLogs, type RememberedLogs } from "./run-logs.js";
import type { CreateWriter } from "./shared-writers.js";

/** Where a training is logged; torchbearer's options, in camelCase, and some of our own. */
export interface TensorBoardRunOptions {
  /** Where the runs are; `logs`. */
  readonly logDir?: string;
  /** The run is `<model's name>_<comment>`; `torchbearer`. */
  readonly comment?: string;
  /** The run's name in `logDir`, in place of that. */
  readonly run?: string;
  /**
   * `"torchbearer"`: a directory an epoch (`<run>/epoch-0`) for what is logged during it, whose step is the batch, and the run's own for what is
   * logged at its end, whose step is the epoch. `"flat"`: one directory, and one step that counts all batches (of training or of validation).
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

/**
 * Logs into the directories of a run. Callbacks of one trial that log into the same one share its writer, if they ask for the same one: with
 * equal `maxPointsPerTag`, `overwrite` and `createWriter`.
 */
export abstract class TensorBoardRun implements Callback {
  protected readonly layout: "torchbearer" | "flat";
  protected readonly logs: RunLogs;
  readonly #logDir: string;
  readonly #comment: string;
  readonly #run: string | undefined;

  /** `user`: what it logs. Throws an `ArgumentError`. */
  constructor(user: string, options: TensorBoardRunOptions) {
    const { layout = "torchbearer", maxPointsPerTag, overwrite = false, createWriter } = options;
    if (layout !== "torchbearer" && layout !== "flat") {
      throw new ArgumentError("layout", '"torchbearer" or "flat"', layout);
    }
    this.layout = layout;
    this.#logDir = options.logDir ?? DEFAULT_LOGDIR;
    this.#comment = options.comment ?? "torchbearer";
    this.#run = options.run;
    this.logs = new RunLogs({ user, overwrite, maxPointsPerTag, createWriter });
  }

  onEnd(_state: State): void {
    this.logs.close();
  }

  onException(_state: State): void {
    this.logs.close({ afterError: true });
  }

  async sync(): Promise<void> {
    await this.logs.sync();
  }

  stateDict(state: State): RememberedLogs {
    return this.logs.stateDict(this.#runDir(state), state);
  }

  loadStateDict(logs: RememberedLogs): void {
    this.logs.loadStateDict(logs);
  }

  /** Opens the log of the run. Throws what the writer's constructor throws. */
  protected openRun(state: State): void {
    this.logs.openRun(this.#runDir(state), state);
  }

  /** Opens the log for what is logged during an epoch, if the layout has one. Throws what the writer's constructor throws. */
  protected openEpoch(state: State): void {
    if (this.layout === "torchbearer") this.logs.openEpoch(this.#runDir(state), state);
  }

  /** The log for what is logged during an epoch, if it is open. */
  protected get stepWriter(): SummaryWriter | undefined {
    return this.layout === "flat" ? this.logs.run : this.logs.epoch;
  }

  /** The step of the first batch of a pass whose epochs have `steps` steps. */
  protected firstStep({ epoch }: State, steps: number): number {
    // An epoch without end is the only one.
    return this.layout === "flat" && epoch > 0 ? epoch * steps : 0;
  }

  /** The step of what is logged at the end of an epoch. */
  protected epochStep(state: State): number {
    if (this.layout === "torchbearer") return state.epoch;
    // In one directory there is one axis: the epoch's last batch.
    const steps = state.trainSteps || state.validationSteps;
    return steps === Infinity ? state.batch : Math.max(0, (state.epoch + 1) * steps - 1);
  }

  #runDir(state: State): string {
    return join(this.#logDir, this.#run ?? `${state.model.name}_${this.#comment}`);
  }
}
