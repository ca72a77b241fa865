// Where the time of a training goes: phases of the steps, and each hook of each callback.

import { nameOf, type Called, type HookWrapper } from "../callback-list.js";
import type { Callback, HookFunction } from "../callback.js";
import type { LoggedMetric } from "../metrics/logged-metric.js";
import type { Mode } from "../metrics/metric.js";
import type { State } from "../state.js";
import type { Step } from "../step.js";
import { NONE, TimeCharges, TimedStep } from "./time-charges.js";
import { startHookClock, TICKS_PER_SECOND, type HookClock } from "./hook-clock.js";

/** How a `HookTimer` is made. */
export interface HookTimerOptions {
  /** Where the table is written at the end of a run; `process.stderr`. Null: nowhere. */
  readonly stream?: { write(text: string): unknown } | null;
  /** Starts the clock; a thread that ticks every millisecond unless given. For tests. */
  readonly startClock?: () => HookClock;
}

/** What took how long. */
export interface HookTime {
  /** A phase, such as `forward`, or a callback's hook, such as `TensorBoard.onStepTraining`. */
  readonly name: string;
  readonly seconds: number;
  /** How often a hook was called; NaN for a phase. */
  readonly calls: number;
}

const PHASES = [
  ...["sample", "forward", "criterion", "backward", "update"],
  ...["val_sample", "val_forward", "val_criterion", "val_measure"],
  "other",
];
const SAMPLE = PHASES.indexOf("sample");
const VAL_SAMPLE = PHASES.indexOf("val_sample");
const UPDATE = PHASES.indexOf("update");
const MEASURE = PHASES.indexOf("val_measure");
const OTHER = PHASES.indexOf("other");

/** The phase that a hook ends: what passes before its first call. */
const ENDS: Partial<Record<Called, number>> = {
  onSample: SAMPLE,
  onForward: SAMPLE + 1,
  onCriterion: SAMPLE + 2,
  onBackward: SAMPLE + 3,
  onStepTraining: UPDATE,
  onSampleValidation: VAL_SAMPLE,
  onForwardValidation: VAL_SAMPLE + 1,
  onCriterionValidation: VAL_SAMPLE + 2,
  onStepValidation: MEASURE,
};

interface Row {
  readonly callback: Callback;
  readonly hook: Called;
  readonly name: string;
}

/**
 * Times a run and says at its end, on stderr, what took how long: which callback makes the loop slow. Put it among the callbacks; it times all
 * others, a progress bar too, from the first epoch to the end. Phases are `sample` (data, and what else the process does between two steps),
 * `forward`, `criterion`, `backward`, `update` (optimizer and metrics), with `val_` those of a validation, whose last is `val_measure`, and
 * `other`. A promise counts until it is settled.
 *
 * Hooks and steps are wrapped, which they are not without it. A thread writes the time into shared memory about once a millisecond; where a hook
 * begins and ends, that number is read and compared, and what passed is charged to what ended there. So it costs about 10 ns a hook and a phase, where
 * reading a clock costs some 30, and it sees what is slow and rare as well as what is quick and frequent. It is right in the mean: what took less
 * than some hundredths of a second in all is not known.
 *
 * `metric` logs the seconds of each epoch, `time/forward`, `time/TensorBoard.onStepTraining`: `metrics: [timer.metric]`.
 */
export class HookTimer implements Callback, HookWrapper {
  /** After the others, so that its table has their ends too. */
  readonly runsLast = true;
  /** The seconds since the last epoch's training ended, as numbers of an epoch's training; not of a progress bar. */
  readonly metric: LoggedMetric = {
    stepTags: () => [],
    finalTags: (mode) => (mode === "train" ? this.#tags : []),
    reset: () => {},
    process: () => {},
    processFinal: (_state, out, at) => this.#measure(out, at),
  };
  readonly #stream: HookTimerOptions["stream"];
  readonly #startClock: () => HookClock;
  readonly #rows: Row[] = [];
  #clock: HookClock | undefined;
  readonly #charges = new TimeCharges(PHASES.length);
  /** Seconds of each account when they were last logged. */
  #logged = new Float64Array(0);
  #tags: readonly string[] = [];
  /** The times of the run that is over. */
  #final: readonly HookTime[] | undefined;

  constructor(options: HookTimerOptions = {}) {
    const { stream = process.stderr, startClock = startHookClock } = options;
    this.#stream = stream;
    this.#startClock = startClock;
  }

  /** What took how long in this run, or in the last one, the longest first. */
  get times(): readonly HookTime[] {
    return this.#final ?? this.#timesNow();
  }

  /** The times as a table. */
  toString(): string {
    const { times } = this;
    const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
    const rows = times.map(({ name, seconds, calls }) => [
      seconds.toFixed(3),
      `${((100 * seconds) / total || 0).toFixed(1)}%`,
      Number.isNaN(calls) ? "" : calls.toLocaleString("en"),
      name,
    ]);
    const all = [["seconds", "share", "calls", "of"], ...rows];
    const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
    return all
      .map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "))
      .join("\n");
  }

  /** Called by the list of callbacks for each hook of the others. */
  wrapHook(f: HookFunction, callback: Callback, hook: Called): HookFunction {
    const charges = this.#charges;
    const account = this.#accountOf(callback, hook);
    const phase = ENDS[hook] ?? OTHER;
    return (state) => {
      // A hook may call others, as one that saves a checkpoint has the logs synced first: those have their own time.
      const outer = charges.inside;
      charges.charge(outer === NONE ? phase : outer);
      charges.inside = account;
      charges.calls[account]!++;
      let result: void | Promise<void> = undefined;
      try {
        result = f(state);
      } finally {
        if (result === undefined) {
          charges.charge(account);
          charges.inside = outer;
        }
      }
      // What a promise takes is charged when it is settled.
      return result === undefined ? undefined : this.#until(result, account, outer);
    };
  }

  /** Called by a pass for the step that it makes. */
  wrapStep(step: Step, mode: Mode): Step {
    return new TimedStep(step, this.#charges, mode === "train" ? SAMPLE : VAL_SAMPLE);
  }

  onInit(): void {
    // A progress bar comes with a run; metrics are the same in all of them.
    this.#tags = this.#names().map((name) => `time/${name}`);
    this.#logged = new Float64Array(this.#tags.length);
  }

  async onStart({ task }: State): Promise<void> {
    if (task !== "run") return;
    const clock = (this.#clock = this.#startClock());
    await clock.ready;
    this.#charges.start(clock.cell);
    this.#logged.fill(0);
    this.#final = undefined;
  }

  onStartEpoch(): void {
    this.#charges.charge(OTHER);
  }

  onStartTraining(): void {
    this.#charges.charge(OTHER);
  }

  onStepTraining(): void {
    this.#charges.charge(UPDATE);
  }

  onEndTraining(): void {
    this.#charges.charge(OTHER);
  }

  onStartValidation(): void {
    this.#charges.charge(OTHER);
  }

  onStepValidation(): void {
    this.#charges.charge(MEASURE);
  }

  onEndValidation(): void {
    this.#charges.charge(OTHER);
  }

  onEndEpoch(): void {
    this.#charges.charge(OTHER);
  }

  onCheckpoint(): void {
    this.#charges.charge(OTHER);
  }

  onEnd(): void {
    this.#end();
  }

  onException(): void {
    this.#end();
  }

  #end(): void {
    const clock = this.#clock;
    if (clock === undefined) return;
    this.#clock = undefined;
    this.#charges.charge(OTHER);
    clock.stop();
    // An evaluation after it calls the same hooks.
    this.#final = this.#timesNow();
    this.#stream?.write(`${this.toString()}\n`);
  }

  async #until(result: Promise<void>, account: number, outer: number): Promise<void> {
    try {
      await result;
    } finally {
      this.#charges.charge(account);
      this.#charges.inside = outer;
    }
  }

  #measure(out: Float64Array, at: number): void {
    this.#charges.charge(UPDATE);
    for (let i = 0; i < this.#tags.length; i++) {
      const seconds = this.#charges.ticks[i]! / TICKS_PER_SECOND;
      out[at + i] = seconds - this.#logged[i]!;
      this.#logged[i] = seconds;
    }
  }

  #timesNow(): HookTime[] {
    const names = this.#names();
    const times = names.map((name, i) => {
      const calls = i < PHASES.length ? NaN : this.#charges.calls[i]!;
      return { name, seconds: this.#charges.ticks[i]! / TICKS_PER_SECOND, calls };
    });
    return times.filter(({ seconds, calls }) => seconds > 0 || calls > 0).toSorted(byTime);
  }

  #names(): string[] {
    return [...PHASES, ...this.#rows.map(({ name }) => name)];
  }

  // A list is made anew for each run; a hook keeps its row.
  #accountOf(callback: Callback, hook: Called): number {
    const known = this.#rows.findIndex((row) => row.callback === callback && row.hook === hook);
    if (known >= 0) return PHASES.length + known;
    const others = this.#rows.filter((row) => row.callback !== callback && row.hook === hook);
    const plain = `${shortName(callback, hook)}.${hook}`;
    const same = others.filter(({ name }) => name === plain || name.startsWith(`${plain} `)).length;
    this.#rows.push({ callback, hook, name: same === 0 ? plain : `${plain} ${same + 1}` });
    return this.#charges.open();
  }
}

// Of a callback that is made of functions, the function's own name tells more than which hooks there are.
function shortName(callback: Callback, hook: Called): string {
  const { name } = callback[hook]!;
  const isNamed = name !== "" && name !== hook && !name.startsWith("bound ");
  if (Object.getPrototypeOf(callback) !== Object.prototype) return nameOf(callback);
  return isNamed ? name : "function";
}

function byTime(a: HookTime, b: HookTime): number {
  return b.seconds - a.seconds;
}
