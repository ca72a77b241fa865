// What the callbacks that save a training have in common (torchbearer/callbacks/checkpointers.py).

import { dirname, resolve } from "node:path";
import type { Callback } from "../callback.js";
import { deleteCheckpoint, removeUnfinishedCheckpoints, saveCheckpoint } from "../checkpoint-file.js";
import { NameFormat } from "../format-name.js";
import type { State } from "../state.js";

/** What every checkpoint callback takes. */
export interface CheckpointOptions {
  /** Save the model's state dict alone, not the training's; false. */
  readonly saveModelParamsOnly?: boolean;
}

/** Files that were written, oldest first, with what they are ranked by. */
export interface SavedFile {
  readonly path: string;
  readonly value: number;
}

/** What a continued training must know of the files. */
export interface Saved {
  readonly kept: readonly SavedFile[];
  /** Those that were to be deleted once the file was written that this stands in. */
  readonly dropped: readonly SavedFile[];
}

/**
 * Writes files whose names are made of a format and the state's numbers: all metrics, and `epoch`, `batch`, `step` (training steps over all
 * epochs, 1 after the first), `maxEpochs`, `run` and `loss`. It runs after all other callbacks, so that the file has what they remember
 * after this step or epoch. Old files are deleted only when the new one is on the disk.
 *
 * A run that its signal ends is saved at the step where it ended (`savesInterrupted`), and not as if its last epoch were complete.
 */
export abstract class Checkpointer implements Callback {
  readonly runsLast = true;
  readonly #format: NameFormat;
  readonly #modelOnly: boolean;
  #kept: readonly SavedFile[] = [];
  #dropped: readonly SavedFile[] = [];
  readonly #cleaned = new Set<string>();
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(fileFormat: string, { saveModelParamsOnly = false }: CheckpointOptions) {
    this.#format = new NameFormat("fileFormat", fileFormat);
    this.#modelOnly = saveModelParamsOnly;
  }

  /** The files that it keeps, oldest first. */
  get files(): readonly string[] {
    return this.#kept.map(({ path }) => path);
  }

  onStart(state: State): void {
    if (state.task !== "run") return;
    // Of a process that was killed between writing a file and deleting another.
    this.#deleteDropped();
    this.#cleaned.clear();
    for (const path of this.files) this.#clean(dirname(path));
  }

  /** What was begun is to be whole, whatever ends the training. */
  async onException(): Promise<void> {
    await this.#writing;
  }

  protected get kept(): readonly SavedFile[] {
    return this.#kept;
  }

  /** Whether a file is being written. */
  protected get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** Whether a file could not be written, which nobody has heard of. */
  protected get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves when the file that is being written is on the disk. Throws, once, why one could not be. */
  protected async written(): Promise<void> {
    await this.#writing;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /**
   * Writes a file for this moment, ranked by `value`; of it and those that are kept `choose` says which stay. What the other callbacks have
   * written is on the disk before it. Throws a `WriteError`, and an `UnknownNameError` when the name needs a number that there is not.
   */
  protected async save(state: State, value: number, choose: Choose): Promise<void> {
    await this.written();
    this.begin(state, value, choose);
    await this.written();
  }

  /** `save`, of which only the state is taken now: the training goes on while the file is written. `written` says when it is. */
  protected begin(state: State, value: number, choose: Choose): void {
    const path = resolve(this.#format.format(numbersOf(state)));
    const before = this.#kept.filter((file) => file.path !== path);
    const all = [...before, { path, value }];
    // Before the dict is taken: it is to know of its own file.
    this.#kept = choose(all);
    this.#dropped = all.filter((file) => !this.#kept.includes(file));
    const dict = this.#modelOnly ? state.model.stateDict() : state.stateDict();
    this.#writing = this.#write(path, dict, state).finally(() => (this.#writing = undefined));
  }

  async #write(path: string, dict: unknown, state: State): Promise<void> {
    try {
      if (!this.#modelOnly) await state.callbackList.call("sync", state);
      this.#clean(dirname(path));
      saveCheckpoint(path, dict);
      this.#deleteDropped();
    } catch (error) {
      this.#failure = { error };
    }
  }

  protected get saved(): Saved {
    return { kept: this.#kept, dropped: this.#dropped };
  }

  protected set saved({ kept, dropped }: Saved) {
    this.#kept = kept;
    this.#dropped = dropped;
  }

  // Also before the first file: a process that was killed while it wrote that one left no checkpoint that would tell where.
  #clean(dir: string): void {
    if (this.#cleaned.has(dir)) return;
    this.#cleaned.add(dir);
    removeUnfinishedCheckpoints(dir);
  }

  #deleteDropped(): void {
    for (const { path } of this.#dropped) {
      try {
        deleteCheckpoint(path);
      } catch (error) {
        // An old file too many is no reason to end a training.
        process.emitWarning(error as Error);
      }
    }
    this.#dropped = [];
  }
}

function numbersOf(state: State): Record<string, number> {
  const { epoch, batch, maxEpochs, run, loss, stepsDone, trainSteps, phase } = state;
  // Between epochs the counter is that of a validation.
  const done = phase === "training" ? stepsDone : trainSteps;
  const before = epoch === 0 ? 0 : epoch * trainSteps;
  return { epoch, batch, step: before + done, maxEpochs, run, loss, ...state.metrics };
}

/** Which files stay. */
export type Choose = (files: readonly SavedFile[]) => readonly SavedFile[];

/** The last `count` of the files. */
export function newest(count: number): Choose {
  return (files) => (count === Infinity ? files : files.slice(-count));
}
