// A schedule of the learning rate, as a callback (torch/optim/lr_scheduler.py; torchbearer/callbacks/torch_scheduler.py).

import { ArgumentError, ContextError } from "../../../errors.js";
import type { Callback } from "../../callback.js";
import type { ParamGroup } from "../../optim/optimizer.js";
import type { State } from "../../state.js";

/** What every schedule takes. */
export interface ScheduleOptions {
  /** Go on after every training step, not after every epoch; false. */
  readonly stepOnBatch?: boolean;
}

interface Remembered {
  readonly steps: number;
  readonly baseLrs: readonly number[];
  readonly lrs: readonly number[];
  readonly memory: unknown;
}

/**
 * Changes `optimizer.paramGroups[i].lr` after every epoch or training step. At the start of the first run it takes the rates that it finds
 * as base rates, and sets those of step 0; later runs of the trial go on with it.
 *
 * Each schedule computes in torch's way, most of them from the last rate to the next one, so that several of them on one optimizer
 * multiply, and what another callback sets is taken up.
 */
export abstract class LRScheduler implements Callback {
  readonly stepOnBatch: boolean;
  #groups: readonly ParamGroup[] = [];
  #baseLrs: readonly number[] = [];
  #steps = -1;

  constructor({ stepOnBatch = false }: ScheduleOptions = {}) {
    this.stepOnBatch = stepOnBatch;
  }

  /** The rates of the groups, as they are now. */
  get lrs(): readonly number[] {
    return this.#groups.map(({ lr }) => lr);
  }

  onStart(state: State): void {
    if (state.task !== "run") return;
    const groups = groupsOf(state, this.constructor.name);
    if (groups === this.#groups) return;
    this.#steps = -1;
    this.bind(groups);
  }

  onStartEpoch(state: State): void {
    // Not at the start of the run, where the next schedule is still to take the base rates.
    if (state.task === "run" && this.#steps < 0) this.begin();
  }

  onStepTraining(state: State): void {
    if (this.stepOnBatch && state.task === "run") this.step();
  }

  onEndEpoch(state: State): void {
    if (!this.stepOnBatch && state.task === "run") this.step();
  }

  stateDict(): Remembered | null {
    if (this.#steps < 0) return null;
    return { steps: this.#steps, baseLrs: this.#baseLrs, lrs: this.lrs, memory: this.memory };
  }

  /** Also sets the rates. Throws an `ArgumentError` when the optimizer has not as many groups. */
  loadStateDict({ steps, baseLrs, lrs, memory }: Remembered, state: State): void {
    const groups = groupsOf(state, this.constructor.name);
    if (groups.length !== lrs.length)
      throw new ArgumentError("stateDict.lrs", `${groups.length} numbers`, lrs, `${lrs.length}`);
    this.bind(groups, baseLrs);
    this.#steps = steps;
    groups.forEach((group, i) => void (group.lr = lrs[i]!));
    this.memory = memory;
  }

  /** Takes the groups, and their base rates: those that they have, unless given. */
  bind(groups: readonly ParamGroup[], baseLrs: readonly number[] = groups.map(({ lr }) => lr)): void {
    this.#groups = groups;
    this.#baseLrs = baseLrs;
  }

  /** Sets the rates of step 0. */
  begin(): void {
    this.#steps = 0;
    this.set((lr, base, i) => this.first(lr, base, i));
  }

  /** Sets the rates of the next step. */
  step(): void {
    const t = ++this.#steps;
    const groups = this.#groups;
    for (let i = 0; i < groups.length; i++) groups[i]!.lr = this.next(groups[i]!.lr, this.#baseLrs[i]!, t, i);
  }

  /** Step 0 in the middle of a training, when a schedule before this one ends. */
  restart(): void {
    this.#steps = 0;
    this.set((lr, base, i) => this.again(lr, base, i));
  }

  /** What else it must know to go on. */
  protected get memory(): unknown {
    return null;
  }

  protected set memory(_memory: unknown) {}

  /** The steps that are done. */
  protected get steps(): number {
    return this.#steps;
  }

  /** The rate of step 0 of group `i`. */
  protected first(lr: number, _base: number, _i: number): number {
    return lr;
  }

  /** The rate of step `t`, from 1, of group `i`; `lr` is the one before. */
  protected abstract next(lr: number, base: number, t: number, i: number): number;

  /** The rate of step 0 where a schedule begins behind another one. */
  protected again(_lr: number, base: number, i: number): number {
    return this.first(base, base, i);
  }

  /** Sets the rate of each group. */
  protected set(rate: (lr: number, base: number, i: number) => number): void {
    this.#groups.forEach((group, i) => void (group.lr = rate(group.lr, this.#baseLrs[i]!, i)));
  }
}

/** The groups of a training's optimizer. Throws a `ContextError` when it has none. */
export function groupsOf({ optimizer }: State, name: string): readonly ParamGroup[] {
  if (optimizer === undefined) throw new ContextError(`${name} needs a trial with an optimizer`);
  return optimizer.paramGroups;
}

/** A number for all groups, or one for each. */
export type PerGroup = number | readonly number[];

/** The number of each of `count` groups. Throws an `ArgumentError` when there are not as many. */
export function perGroup<T>(argument: string, value: T | readonly T[], count: number): readonly T[] {
  if (!Array.isArray(value)) return Array.from({ length: count }, () => value as T);
  if (value.length !== count)
    throw new ArgumentError(argument, `one for each of ${count} groups`, value, `${value.length}`);
  return value as readonly T[];
}

/** `value` if it is in [low, high], with `low` itself only if `open` is false. Throws an `ArgumentError`. */
export function checkRange(argument: string, value: number, low: number, high: number, open = false): number {
  const isIn = typeof value === "number" && (open ? value > low : value >= low) && value <= high;
  if (isIn && Number.isFinite(value)) return value;
  const from = open ? `above ${low}` : `from ${low}`;
  const expected = high === Infinity ? `a finite number ${from}` : `a number ${from} to ${high}`;
  throw new ArgumentError(argument, expected, value);
}
