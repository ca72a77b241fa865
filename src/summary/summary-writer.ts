// The writer that programs use: one object a run, named after torch.utils.tensorboard's SummaryWriter.

import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "../errors.js";
import { openEventWriter, type EventWriterOptions } from "../events/open-event-writer.js";
import { noopEventSink, type EventSink } from "../events/event-sink.js";
import { cleanForFileName } from "../events/file-name.js";
import { workerDirectory } from "../events/worker.js";
import type { TagDescription } from "./scalar.js";
import { ScalarHandle, ScalarsHandle } from "./scalar-handles.js";

/** The logdir that is used when none is named. */
export const DEFAULT_LOGDIR = "logs";

/** How a `SummaryWriter` writes. */
export interface SummaryWriterOptions extends EventWriterOptions {
  /** Added to the run's name when no directory is given. */
  readonly comment?: string;
  /**
   * The sub-run of a worker: in a worker thread, a process of `node:cluster` or one of several of pm2, the run is `<logdir>/worker-1`
   * (or 2, …) unless this gives another name (`"actor/3"`), or is `false`: then it is `logdir` itself, of which only one
   * writer at a time makes sense. A name given here is taken in the main thread too. The program gives its workers the `logdir`: each
   * that has none makes a new run.
   */
  readonly worker?: string | false;
}

/**
 * Logs one run for TensorBoard.
 *
 * Everything is written by synchronous calls: when 128 KiB are full, when 200 ms have passed, and when the program is idle. So a killed
 * program loses at most its last 200 ms, and one that ends by itself, or by an error, nothing.
 */
export class SummaryWriter {
  readonly #sink: EventSink;
  readonly #file: ReturnType<typeof openEventWriter> | undefined;
  readonly #scalars = new Map<string, ScalarHandle>();
  readonly #steps = new Map<string, ScalarsHandle>();
  #lastStep: ScalarsHandle | undefined;

  /**
   * Logs into the directory `logdir`, which is made; by default a new run `logs/<date>_<time>_<host><comment>`. The event file is
   * made at the first event.
   *
   * Throws a `LogdirError` when the directory cannot be written or this process already has a writer on it, and an `ArgumentError`.
   */
  constructor(logdir?: string | EventSink, options: SummaryWriterOptions = {}) {
    if (typeof logdir === "object") {
      this.#sink = logdir;
      return;
    }
    if (logdir === "") throw new ArgumentError("logdir", "a path", logdir);
    const dir = workerDirectory(logdir ?? newRunDirectory(options), options.worker);
    this.#file = openEventWriter(dir, options);
    this.#sink = this.#file;
  }

  /** A writer that checks its arguments and writes nothing: for tests, and for programs whose user wants no log. */
  static noop(): SummaryWriter {
    return new SummaryWriter(noopEventSink);
  }

  /** The run's directory, absolute; `undefined` for a writer without a file. */
  get logdir(): string | undefined {
    return this.#file?.dir;
  }

  /** The session's event file; `undefined` until the first event. */
  get path(): string | undefined {
    return this.#file?.path;
  }

  /** Events that were lost after a failed write (`onError: "warn"`). */
  get dropped(): number {
    return this.#file?.dropped ?? 0;
  }

  /**
   * Logs one number: `value` (stored as float32; NaN and infinities are kept) at `step`, a safe integer. `wallTime` in seconds since
   * 1970; now unless given. After torch's `add_scalar(tag, scalar_value, global_step, walltime)`.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
   */
  addScalar(tag: string, value: number, step: number, wallTime?: number): void {
    const handle = this.#scalars.get(tag) ?? this.scalar(tag);
    handle.add(value, step, wallTime);
  }

  /**
   * Logs all the numbers of one step in one Event, which takes half the space of one Event each: `writer.addStep(7, { loss: 0.2,
   * "val/acc": 0.9 })`. Throws like `addScalar`.
   */
  addStep(step: number, values: Readonly<Record<string, number>>, wallTime?: number): void {
    const tags = Object.keys(values);
    if (tags.length === 0) return;
    const numbers = tags.map((tag) => {
      const value = values[tag];
      if (typeof value !== "number")
        throw new ArgumentError(`values[${JSON.stringify(tag)}]`, "a number", value);
      return value;
    });
    this.#stepHandle(tags).add(step, numbers, wallTime);
  }

  /**
   * A handle for one tag: `add(value, step)` on it is the fastest way to log. `description` is used if this is the tag's first handle
   * and nothing was logged under the tag before.
   */
  scalar(tag: string, description: TagDescription = {}): ScalarHandle {
    const known = this.#scalars.get(tag);
    if (known !== undefined) return known;
    const handle = new ScalarHandle(this.#sink, tag, description);
    this.#scalars.set(tag, handle);
    return handle;
  }

  /** A handle for tags that are always logged together: `add(step, values)` on it writes one Event. */
  scalars(tags: readonly string[]): ScalarsHandle {
    return new ScalarsHandle(this.#sink, tags);
  }

  /** Hands everything logged so far to the operating system before it returns. Throws a `WriteError`; what remains is kept. */
  flush(): void {
    this.#sink.flush();
  }

  /** Like `flush`, and resolves when everything is on the disk. */
  async sync(): Promise<void> {
    await this.#sink.sync();
  }

  /** `closeSync` as a promise; the work is done before it returns. */
  async close(): Promise<void> {
    await this.#sink.close();
  }

  /** Writes what is left and closes the file. Closing twice is no error. Throws a `WriteError` if anything logged was lost. */
  closeSync(): void {
    this.#sink.closeSync();
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #stepHandle(tags: readonly string[]): ScalarsHandle {
    const last = this.#lastStep;
    if (last !== undefined && sameTags(last.tags, tags)) return last;
    const key = JSON.stringify(tags);
    const handle = this.#steps.get(key) ?? this.scalars(tags);
    this.#steps.set(key, handle);
    this.#lastStep = handle;
    return handle;
  }
}

function sameTags(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag, i) => tag === b[i]);
}

function newRunDirectory(options: SummaryWriterOptions): string {
  const now = new Date((options.clock ?? Date.now)());
  const two = (n: number): string => String(n).padStart(2, "0");
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}-${two(now.getMinutes())}-${two(now.getSeconds())}`;
  const host = cleanForFileName(options.hostname ?? hostname());
  const comment = options.comment === undefined ? "" : cleanForFileName(options.comment);
  const name = join(DEFAULT_LOGDIR, `${date}_${time}_${host}${comment}`);
  // Programs that are started in the same second are different runs.
  let number = 0;
  while (existsSync(number === 0 ? name : `${name}_${number}`)) number++;
  return number === 0 ? name : `${name}_${number}`;
}
