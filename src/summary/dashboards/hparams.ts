// Hyperparameters of a run: logged once at its start, in its own directory, and how it ended.

import { ArgumentError, ContextError } from "../../errors.js";
import type { EventSink } from "../../events/event-sink.js";
import { RunStatus, type HParamValue } from "../../wire/hparams.js";
import { checkOptions, checkRecord, checkTag, checkText, checkWallTime } from "../checks.js";
import { encodeHParamsExperiment, encodeSessionEnd, encodeSessionStart } from "../hparams.js";
import { scalarMetadata } from "../scalar.js";
import { experimentOf, type HParamsColumns } from "./hparams-columns.js";

/** How many hyperparameters of a run TensorBoard's page loads. */
export const MAX_HPARAMS = 1000;
/** The last step that a metric of the table may have: beyond, TensorBoard answers no question about hyperparameters, for all runs. */
export const MAX_METRIC_STEP = 2 ** 31 - 1;

/** How a run ended. */
export type HParamsStatus = "success" | "failure";

/** What is said beside the hyperparameters. */
export interface HParamsOptions {
  /** Scalars that are logged with them, such as the results of a run that is over. A scalar that the run logs is a metric anyway. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** The step of `metrics`, from 0 to 2^31 - 1; 0 unless given. */
  readonly step?: number;
  /** Runs with the same name are one row of the table, with the mean of each metric: seeds of one setting. */
  readonly groupName?: string;
  /** A link to the saved model. */
  readonly modelUri?: string;
  /** A link to a page that shows the run. */
  readonly monitorUrl?: string;
  /** Seconds since 1970; now unless given. */
  readonly wallTime?: number;
}

/** How a run ended, besides well or not. */
export interface HParamsEndOptions {
  /** Seconds since 1970; now unless given. */
  readonly wallTime?: number;
}

/** The hyperparameters of one writer's run. */
export class HParamsLog {
  readonly #sink: EventSink;
  readonly #continues: boolean;
  #started = false;
  #ended = false;
  #planned = false;

  /** `continues`: the run goes on from a position, before which it may have hyperparameters. */
  constructor(sink: EventSink, { continues = false } = {}) {
    this.#sink = sink;
    this.#continues = continues;
  }

  /**
   * Logs the hyperparameters of the run: at most 1000 finite numbers, booleans and texts; null and undefined are left out. Call it once,
   * at the start, in the directory that has the run's scalars: those, and those of runs below it, are its metrics; none of them may
   * have a step beyond 2^31 - 1. One name has one type in all runs, or its values cannot be filtered. TensorBoard keeps the first
   * hyperparameters of a run, also when it is resumed. Until `end` is called the run's status is unknown, and it stays so if the
   * program dies. After torch's `add_hparams(hparam_dict, metric_dict)`, which makes another run instead.
   *
   * TensorBoard finds no metrics for a run that is the logdir itself, unless `addExperiment` names them.
   *
   * Throws an `ArgumentError`, a `ContextError` at the second call, or a `WriteError` when the event file cannot be written.
   */
  add(hparams: Readonly<Record<string, HParamValue | null | undefined>>, options: HParamsOptions = {}): void {
    checkOptions(options);
    const { metrics = {}, step = 0, wallTime, groupName, modelUri, monitorUrl } = options;
    const values = checkHParams(hparams);
    checkMetrics(metrics);
    checkMetricStep(step);
    checkTexts({ groupName, modelUri, monitorUrl });
    checkWallTime(wallTime);
    if (this.#started)
      throw new ContextError("A run has one set of hyperparameters, and this one has it already");
    const start = encodeSessionStart({
      hparams: values,
      startTime: wallTime ?? now(),
      ...(groupName !== undefined && { groupName }),
      ...(modelUri !== undefined && { modelUri }),
      ...(monitorUrl !== undefined && { monitorUrl }),
    });
    const tags = Object.keys(metrics).map((tag) => ({ tag, metadata: scalarMetadata() }));
    // First, since it refuses tags that are no scalars'.
    const channel = tags.length === 0 ? undefined : this.#sink.scalars(tags);
    this.#started = this.#write(start, wallTime);
    channel?.write(step, Object.values(metrics), 0, wallTime);
  }

  /**
   * Logs how the run ended: `"success"` or `"failure"`. Call it once, at the end; a run without it has the status unknown, as one that
   * runs, or whose program died. TensorBoard keeps the first status of a run.
   *
   * Throws an `ArgumentError`, a `ContextError` at the second call and before `add`, but in a run that goes on from a position, or a `WriteError`.
   */
  end(status: HParamsStatus, options: HParamsEndOptions = {}): void {
    checkOptions(options);
    const { wallTime } = options;
    if (status !== "success" && status !== "failure") {
      throw new ArgumentError("status", '"success" or "failure"', status);
    }
    checkWallTime(wallTime);
    if (!this.#started && !this.#continues)
      throw new ContextError("A run without hyperparameters has no status: log them first");
    if (this.#ended) throw new ContextError("A run ends once, and the status of this one was logged already");
    const code = status === "success" ? RunStatus.SUCCESS : RunStatus.FAILURE;
    this.#ended = this.#write(encodeSessionEnd({ status: code, endTime: wallTime ?? now() }), wallTime);
  }

  /** Whether hyperparameters were logged and no status yet. */
  get isOpen(): boolean {
    return this.#started && !this.#ended;
  }

  /**
   * Logs the columns of the table for all runs of the logdir, for a sweep that is planned in one place. Call it once, with the
   * writer of one run, best of the logdir itself: of several, TensorBoard takes any one, and shows nothing that it does not name. Runs
   * with values outside of a domain are filtered out at first. Without it, TensorBoard finds all columns by itself.
   *
   * Throws an `ArgumentError`, a `ContextError` at the second call, or a `WriteError`.
   */
  addExperiment(columns: HParamsColumns, options: HParamsEndOptions = {}): void {
    checkOptions(options);
    const { wallTime } = options;
    checkWallTime(wallTime);
    const experiment = experimentOf(columns, MAX_HPARAMS);
    if (this.#planned) throw new ContextError("The columns are set once, and were set already");
    const value = encodeHParamsExperiment({ ...experiment, timeCreated: wallTime ?? now() });
    this.#planned = this.#write(value, wallTime);
  }

  #write(value: ReturnType<typeof encodeSessionEnd>, wallTime: number | undefined): boolean {
    return this.#sink.write({ step: 0, summary: [value], ...(wallTime !== undefined && { wallTime }) });
  }
}

function checkHParams(
  hparams: Readonly<Record<string, HParamValue | null | undefined>>,
): Record<string, HParamValue> {
  checkRecord("hparams", hparams, "an object of names and values");
  const given = Object.entries(hparams).filter(([, value]) => value !== null && value !== undefined);
  if (given.length > MAX_HPARAMS) {
    const expected = `at most ${MAX_HPARAMS} values, as many as TensorBoard loads`;
    throw new ArgumentError("hparams", expected, hparams, String(given.length));
  }
  for (const [name, value] of given) {
    const place = `hparams[${JSON.stringify(name)}]`;
    if (name === "") throw new ArgumentError("hparams", "values with names that are not empty", name);
    checkText("hparams", name);
    if (typeof value === "string") checkText(place, value);
    else if (typeof value !== "boolean" && !Number.isFinite(value)) {
      // TensorBoard's table leaves such a number out.
      const expected = "a finite number, a boolean or a string (give NaN and infinities as strings)";
      throw new ArgumentError(place, expected, value);
    }
  }
  return Object.fromEntries(given) as Record<string, HParamValue>;
}

function checkMetrics(metrics: Readonly<Record<string, number>>): void {
  checkRecord("metrics", metrics, "an object of tags and numbers");
  for (const [tag, value] of Object.entries(metrics)) {
    if (tag === "") throw new ArgumentError("metrics", "numbers with tags that are not empty", tag);
    checkTag(tag);
    if (typeof value !== "number")
      throw new ArgumentError(`metrics[${JSON.stringify(tag)}]`, "a number", value);
  }
}

function checkMetricStep(step: number): void {
  if (!Number.isSafeInteger(step) || step < 0 || step > MAX_METRIC_STEP) {
    throw new ArgumentError(
      "step",
      "a whole number from 0 to 2147483647, the last one that the table takes",
      step,
    );
  }
}

function checkTexts(texts: Readonly<Record<string, unknown>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (text !== undefined) checkText(name, text as string);
  }
}

function now(): number {
  return Date.now() / 1000;
}
