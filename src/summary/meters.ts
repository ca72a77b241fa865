// What programs count and time: totals, rates, durations, each logged as a scalar.

import { ArgumentError } from "../errors.js";
import { checkStep } from "./checks.js";
import type { ScalarHandle } from "./scalar-handles.js";

/** A total that is logged each time it changes. It starts at 0 in every session of a run. */
export class Counter {
  readonly tag: string;
  readonly #handle: ScalarHandle;
  readonly #total = new Float64Array(1);

  /** Made by `SummaryWriter.counter`. */
  constructor(handle: ScalarHandle) {
    this.tag = handle.tag;
    this.#handle = handle;
  }

  /** The sum of all that was added. */
  get total(): number {
    return this.#total[0]!;
  }

  /**
   * Adds `n`, 1 unless given, and logs the total at `step`; without one, at the tag's next. What is added counts also when its total could
   * not be written. In an event file a total beyond 16,777,216 is rounded to float32.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
   */
  add(n = 1, step?: number): void {
    checkCount(n);
    if (step !== undefined) checkStep(step);
    this.#total[0]! += n;
    this.#handle.add(this.#total[0]!, step);
  }
}

/** How a rate is measured. */
export interface RateOptions {
  /** Length of an interval in milliseconds, above 0; 1000. */
  readonly everyMs?: number;
}

/** How often something happens: the mean per second over intervals. */
export class Rate {
  readonly tag: string;
  readonly #handle: ScalarHandle;
  readonly #everyMs: number;
  readonly #stopwatch: () => number;
  readonly #count = new Float64Array(1);
  // Where the interval began; NaN before the first call.
  readonly #start = Float64Array.of(Number.NaN);
  #isLogged = false;

  /** Made by `SummaryWriter.rate`. `stopwatch`: milliseconds. */
  constructor(handle: ScalarHandle, { everyMs = 1000 }: RateOptions, stopwatch: () => number) {
    if (!(everyMs > 0)) throw new ArgumentError("everyMs", "a number of milliseconds above 0", everyMs);
    this.tag = handle.tag;
    this.#handle = handle;
    this.#everyMs = everyMs;
    this.#stopwatch = stopwatch;
  }

  /**
   * Counts `n`, 1 unless given. The first call that comes `everyMs` or more after the interval began ends it: the mean per second of what
   * was counted before is logged, at the tag's next step. An interval in which nothing came is so part of a longer one.
   *
   * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written; then `n` is counted and the interval goes on.
   */
  add(n = 1): void {
    checkCount(n);
    const now = this.#stopwatch();
    if (Number.isNaN(this.#start[0]!)) this.#start[0] = now;
    try {
      if (now - this.#start[0]! >= this.#everyMs) this.#log(now);
    } finally {
      this.#count[0]! += n;
    }
  }

  /**
   * Called by the writer at `flush`, and with `isLast` at `close`: logs an interval that is over. The last one counts from half its length on;
   * a shorter one would tell little, and counts only if there is no other.
   */
  finish(isLast: boolean): void {
    if (Number.isNaN(this.#start[0]!)) return;
    const now = this.#stopwatch();
    const age = now - this.#start[0]!;
    const isLongEnough = age >= this.#everyMs / 2 || (!this.#isLogged && age > 0);
    if (age >= this.#everyMs || (isLast && this.#count[0]! !== 0 && isLongEnough)) this.#log(now);
  }

  #log(now: number): void {
    this.#handle.add((this.#count[0]! / (now - this.#start[0]!)) * 1000);
    this.#isLogged = true;
    this.#start[0] = now;
    this.#count[0] = 0;
  }
}

/** How long something takes, in seconds. */
export class Timer {
  readonly tag: string;
  readonly #handle: ScalarHandle;
  readonly #stopwatch: () => number;

  /** Made by `SummaryWriter.timer`. `stopwatch`: milliseconds. */
  constructor(handle: ScalarHandle, stopwatch: () => number) {
    this.tag = handle.tag;
    this.#handle = handle;
    this.#stopwatch = stopwatch;
  }

  /**
   * Starts to time. The function it returns stops, logs the seconds since then, at the given step or the tag's next, and returns them; called
   * again, it only returns them. Several may run at once.
   */
  start(): (step?: number) => number {
    const start = this.#stopwatch();
    let seconds: number | undefined;
    return (step) => {
      if (seconds !== undefined) return seconds;
      if (step !== undefined) checkStep(step);
      seconds = (this.#stopwatch() - start) / 1000;
      this.#handle.add(seconds, step);
      return seconds;
    };
  }

  /**
   * Calls `fn`, logs how long it took (a promise: until it is settled), and gives what it gave. What it throws is thrown on, and the time is
   * logged too.
   */
  time<T>(fn: () => T, step?: number): T {
    if (step !== undefined) checkStep(step);
    const stop = this.start();
    let result: T;
    try {
      result = fn();
    } catch (error) {
      stopQuietly(stop, step);
      throw error;
    }
    if (isPromiseLike(result)) return timed(result, stop, step) as T;
    stop(step);
    return result;
  }
}

async function timed<T>(result: PromiseLike<T>, stop: (step?: number) => number, step?: number): Promise<T> {
  let value: T;
  try {
    value = await result;
  } catch (error) {
    stopQuietly(stop, step);
    throw error;
  }
  stop(step);
  return value;
}

// The program's own error goes first. One of the file is kept there, and the next call hears of it.
function stopQuietly(stop: (step?: number) => number, step: number | undefined): void {
  try {
    stop(step);
  } catch {
    // Told by the next call.
  }
}

function isPromiseLike<T>(value: T): value is T & PromiseLike<Awaited<T>> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}

function checkCount(n: number): void {
  if (!Number.isFinite(n)) throw new ArgumentError("n", "a finite number", n);
}
