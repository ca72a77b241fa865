// The writer that programs use: one object a run, named after torch.utils.tensorboard's SummaryWriter.

import { ArgumentError } from "../errors.js";
import type { LogPosition } from "../events/log-position.js";
import { noopEventSink, type EventSink } from "../events/event-sink.js";
import { checkRecord, checkTag, checkText } from "./checks.js";
import { DashboardWriter, type Destination, type Unprefixed } from "./dashboard-writer.js";
import type { Counter, Rate, RateOptions, Timer } from "./meters.js";
import { defineMetrics } from "./metrics.js";
import { openFiles } from "./run-files.js";
import { rulesOf } from "./sampling-rules.js";
import type { TagDescription } from "./scalar.js";
import { ScalarsHandle, type ScalarHandle } from "./scalar-handles.js";
import { LogSession, type LogTarget } from "./log-session.js";
import type { SummaryWriterOptions } from "./writer-options.js";

const NUMBERS = "numbers by tag";

/**
 * Logs one run for TensorBoard. `Tag` are the tags that there are: any, unless `metrics` declares them.
 *
 * Everything is written by synchronous calls: when 128 KiB are full, when 200 ms have passed, and when the program is idle. So a killed
 * program loses at most its last 200 ms, and one that ends by itself, or by an error, nothing.
 */
export class SummaryWriter<Tag extends string = string> extends DashboardWriter<Tag> {
  #session: LogSession;
  #prefix = "";
  readonly #scalars = new Map<string, ScalarHandle>();
  readonly #steps = new Map<string, StepHandle>();
  #lastStep: StepHandle | undefined;

  /**
   * Logs into the directory `logdir`, which is made; by default a new run `logs/<date>_<time>_<host><comment>`. The event file is
   * made at the first event. Or into a sink: then the options of files do nothing.
   *
   * Throws a `LogdirError` when the directory cannot be written or this process already has a writer on it, and an `ArgumentError`.
   */
  constructor(logdir?: string | EventSink, options: SummaryWriterOptions<Tag> = {}) {
    super();
    if (logdir === "") throw new ArgumentError("logdir", "a path", logdir);
    const { metrics, sampling, jsonLines, purgeStep, continueFrom } = options;
    const { clock = Date.now, stopwatch = now } = options;
    // Before any file is touched.
    if (metrics !== undefined) defineMetrics(metrics);
    const ruleOf = rulesOf(sampling);
    let target: LogTarget;
    if (typeof logdir !== "object") target = openFiles(logdir, options);
    else if (!jsonLines) target = { sink: logdir };
    else throw new ArgumentError("jsonLines", "left out where a sink is given (use a `TeeSink`)", jsonLines);
    this.#session = new LogSession(target, { metrics, ruleOf, purgeStep, continueFrom, clock, stopwatch });
  }

  /** A writer that checks its arguments and writes nothing: for tests, and for programs whose user wants no log. */
  static noop(): SummaryWriter {
    return new SummaryWriter(noopEventSink);
  }

  /** The run's directory, absolute; `undefined` for a writer without a file. */
  get logdir(): string | undefined {
    return this.#session.target.file?.dir;
  }

  /** The session's event file; `undefined` until the first event. */
  get path(): string | undefined {
    return this.#session.target.file?.path;
  }

  /** The session's file of JSON lines; `undefined` until the first event. */
  get jsonLinesPath(): string | undefined {
    return this.#session.target.mirror?.path;
  }

  /** Events that were lost after a failed write (`onError: "warn"`); each file counts its own. */
  get dropped(): number {
    const { file, mirror } = this.#session.target;
    return (file?.dropped ?? 0) + (mirror?.dropped ?? 0);
  }

  /**
   * A writer with the same methods that puts `prefix` before each tag: `writer.withPrefix("train/").addScalar("loss", 1)` logs `train/loss`. It
   * shares everything with this one: file, steps, sampling (by the whole tag), counters. To close it closes this one. Prefixes of prefixes
   * add up.
   */
  withPrefix<const Prefix extends string>(prefix: Prefix): SummaryWriter<Unprefixed<Tag, Prefix>> {
    checkText("prefix", prefix);
    // A constructor for this would show in the types.
    const writer = new SummaryWriter<Unprefixed<Tag, Prefix>>(noopEventSink);
    writer.#session = this.#session;
    writer.#prefix = this.#prefix + prefix;
    return writer;
  }

  /**
   * Logs one number: `value` (stored as float32; NaN and infinities are kept) at `step`, a safe integer. `wallTime` in seconds since
   * 1970; now unless given. After torch's `add_scalar(tag, scalar_value, global_step, walltime)`.
   *
   * Without a step it is one more than the tag's last step in this writer. The tag's first one is `purgeStep` if that is given, else one more than
   * the highest in the run's earlier event files (read once, at the first call that needs it), else 0; so a program that is started again goes
   * on where it was.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
   */
  addScalar(tag: Tag, value: number, step?: number, wallTime?: number): void {
    const handle = this.#scalars.get(tag) ?? this.scalar(tag);
    handle.add(value, step, wallTime);
  }

  /**
   * Logs all the numbers of one step in one Event, which takes half the space of one Event each: `writer.addStep(7, { loss: 0.2,
   * "val/acc": 0.9 })`. Throws like `addScalar`.
   */
  addStep<Used extends Tag>(step: number, values: Readonly<Record<Used, number>>, wallTime?: number): void {
    const tags = Object.keys(values ?? {}) as Used[];
    if (tags.length === 0) return checkRecord("values", values, NUMBERS);
    const numbers = tags.map((tag) => {
      const value = values[tag];
      if (typeof value !== "number")
        throw new ArgumentError(`values[${JSON.stringify(tag)}]`, "a number", value);
      return value;
    });
    this.#stepHandle(tags, values).add(step, numbers, wallTime);
  }

  /**
   * A handle for one tag: `add(value, step)` on it is the fastest way to log. `description` is used if this is the tag's first handle
   * and nothing was logged under the tag before.
   */
  scalar(tag: Tag, description: TagDescription = {}): ScalarHandle {
    const handle = this.#session.scalar(this.#fullTag(tag), description);
    this.#scalars.set(tag, handle);
    return handle;
  }

  /** A handle for tags that are always logged together: `add(step, values)` on it writes one Event. */
  scalars(tags: readonly Tag[]): ScalarsHandle {
    if (!Array.isArray(tags)) throw new ArgumentError("tags", "a list of at least one tag", tags);
    return new ScalarsHandle(
      this.#session,
      tags.map((tag) => this.#fullTag(tag)),
    );
  }

  /** The total of what is added, logged at each `add`: `writer.counter("requests").add()`. One a tag. */
  counter(tag: Tag): Counter {
    return this.#session.counter(this.#fullTag(tag));
  }

  /**
   * How often something happens, logged as the mean per second about once a second (`everyMs`): `writer.rate("requests/s").add()`. One a
   * tag; `options` are those of its first call. Throws an `ArgumentError`.
   */
  rate(tag: Tag, options: RateOptions = {}): Rate {
    return this.#session.rate(this.#fullTag(tag), options);
  }

  /** How long something takes, logged in seconds: `await writer.timer("fetch/s").time(() => fetch(url))`. One a tag. */
  timer(tag: Tag): Timer {
    return this.#session.timer(this.#fullTag(tag));
  }

  /** Hands everything logged so far to the operating system before it returns. Throws a `WriteError`; what remains is kept. */
  flush(): void {
    this.#session.flush();
  }

  /**
   * Hands everything over, and says how far the run's log is: plain data for a checkpoint of the same moment. A later writer with
   * `continueFrom` shows everything before it and nothing behind it, as if the program had never gone on. It is as durable as the log: call
   * `sync` first where the machine may go down.
   *
   * Throws a `WriteError`, a `ClosedError`, and a `ContextError` for a writer into a sink and for a bounded one with `records: false`.
   */
  position(): LogPosition {
    return this.#session.position();
  }

  /** Like `flush`, and resolves when everything is on the disk. */
  async sync(): Promise<void> {
    await this.#session.sync();
  }

  /** `closeSync` as a promise; the work is done before it returns. */
  async close(): Promise<void> {
    await this.#session.close();
  }

  /** Writes what is left and closes the file. Closing twice is no error. Throws a `WriteError` if anything logged was lost. */
  closeSync(): void {
    this.#session.closeSync();
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  protected override destination(tag?: string): Destination {
    const session = this.#session;
    const { sink, hparams, customScalars } = session;
    const { file } = session.target;
    const full = tag === undefined ? "" : this.#fullTag(tag);
    const description = tag === undefined ? {} : session.descriptionOf(full);
    const scalars = { prefix: this.#prefix, addStep: this.addStep.bind(this) };
    return { sink, dir: file?.dir, hparams, customScalars, scalars, tag: full, description };
  }

  #fullTag(tag: string): string {
    return this.#prefix + checkTag(tag);
  }

  #stepHandle(tags: readonly Tag[], values: unknown): ScalarsHandle {
    const last = this.#lastStep;
    if (last !== undefined && sameTags(last.tags, tags)) return last.handle;
    // Not before: a list has no other names than it had here.
    checkRecord("values", values, NUMBERS);
    const key = JSON.stringify(tags);
    const known = this.#steps.get(key) ?? { tags, handle: this.scalars(tags) };
    this.#steps.set(key, known);
    this.#lastStep = known;
    return known.handle;
  }
}

/** The handle for the tags of an `addStep`, which are without the prefix. */
interface StepHandle {
  readonly tags: readonly string[];
  readonly handle: ScalarsHandle;
}

function sameTags(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag, i) => tag === b[i]);
}

function now(): number {
  return performance.now();
}
