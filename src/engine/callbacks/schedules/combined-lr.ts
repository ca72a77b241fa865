// Schedules made of schedules (torch/optim/lr_scheduler.py).

import { ArgumentError } from "../../../errors.js";
import type { ParamGroup } from "../../optim/optimizer.js";
import type { State } from "../../state.js";
import { checkCount } from "../../checks.js";
import { LRScheduler, type ScheduleOptions } from "./lr-scheduler.js";

/** Schedules whose own `stepOnBatch` does not count: the whole steps as it is told. */
abstract class CombinedLR extends LRScheduler {
  protected readonly parts: readonly LRScheduler[];

  constructor(schedulers: readonly LRScheduler[], options: ScheduleOptions) {
    super(options);
    if (!Array.isArray(schedulers) || schedulers.length === 0)
      throw new ArgumentError("schedulers", "at least one schedule", schedulers);
    for (const scheduler of schedulers as readonly unknown[]) {
      if (scheduler instanceof LRScheduler) continue;
      // `ReduceLROnPlateau` needs a metric to step by.
      throw new ArgumentError("schedulers", "schedules that need no metric", scheduler);
    }
    if (new Set(schedulers).size !== schedulers.length)
      throw new ArgumentError("schedulers", "schedules that are each named once", undefined, "one twice");
    this.parts = schedulers;
  }

  override bind(groups: readonly ParamGroup[], baseLrs?: readonly number[]): void {
    super.bind(groups, baseLrs);
    for (const part of this.parts) part.bind(groups, baseLrs);
  }

  override restart(): void {
    this.set((_lr, base) => base);
    this.begin();
  }

  override stateDict(): ReturnType<LRScheduler["stateDict"]> {
    const own = super.stateDict();
    return own && { ...own, memory: this.parts.map((part) => part.stateDict()) };
  }

  override loadStateDict(dict: NonNullable<ReturnType<LRScheduler["stateDict"]>>, state: State): void {
    const dicts = dict.memory as readonly ReturnType<LRScheduler["stateDict"]>[];
    super.loadStateDict(dict, state);
    this.parts.forEach((part, i) => {
      const own = dicts[i];
      if (own !== null && own !== undefined) part.loadStateDict({ ...own, lrs: dict.lrs }, state);
    });
  }

  protected override next(lr: number): number {
    return lr;
  }
}

/** One schedule after the other: the next one begins at each milestone, from the base rate unless it goes on from the last one. */
export class SequentialLR extends CombinedLR {
  readonly #milestones: readonly number[];

  /** `milestones`: the epochs or steps at which the second and the further schedules begin, increasing. Throws an `ArgumentError`. */
  constructor(
    schedulers: readonly LRScheduler[],
    milestones: readonly number[],
    options: ScheduleOptions = {},
  ) {
    super(schedulers, options);
    if (!Array.isArray(milestones) || milestones.length !== schedulers.length - 1)
      throw new ArgumentError(
        "milestones",
        `${schedulers.length - 1} numbers`,
        milestones,
        String(milestones),
      );
    milestones.forEach((milestone, i) =>
      checkCount("milestones", milestone, i === 0 ? 0 : milestones[i - 1]! + 1),
    );
    this.#milestones = milestones;
  }

  override begin(): void {
    super.begin();
    this.parts[this.#index]!.begin();
  }

  override step(): void {
    super.step();
    const index = this.#index;
    const part = this.parts[index]!;
    if (index > 0 && this.#milestones[index - 1] === this.steps) part.restart();
    else part.step();
  }

  get #index(): number {
    return this.#milestones.filter((milestone) => milestone <= this.steps).length;
  }
}

/** All schedules at once, each on the rate that the one before it has set. */
export class ChainedScheduler extends CombinedLR {
  /** Throws an `ArgumentError`. */
  constructor(schedulers: readonly LRScheduler[], options: ScheduleOptions = {}) {
    super(schedulers, options);
  }

  override begin(): void {
    super.begin();
    for (const part of this.parts) part.begin();
  }

  override step(): void {
    super.step();
    for (const part of this.parts) part.step();
  }
}
