// Schedules along a cosine (Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017; torch/optim/lr_scheduler.py).

import { checkCount } from "../../checks.js";
import { checkRange, LRScheduler, type ScheduleOptions } from "./lr-scheduler.js";

/** What `CosineAnnealingLR` takes. */
export interface CosineAnnealingLROptions extends ScheduleOptions {
  /** Epochs or steps until the rate is lowest, an integer from 1; then it rises again. */
  readonly tMax: number;
  /** The lowest rate, a number from 0; 0. */
  readonly etaMin?: number;
}

/** Falls along half a cosine from the rate to `etaMin`, and rises along the other half. */
export class CosineAnnealingLR extends LRScheduler {
  readonly #tMax: number;
  readonly #etaMin: number;

  /** Throws an `ArgumentError`. */
  constructor({ tMax, etaMin = 0, ...options }: CosineAnnealingLROptions) {
    super(options);
    this.#tMax = checkCount("tMax", tMax, 1);
    this.#etaMin = checkRange("etaMin", etaMin, 0, Infinity);
  }

  protected override next(lr: number, base: number, t: number): number {
    const tMax = this.#tMax;
    const etaMin = this.#etaMin;
    // From the lowest rate there is no factor to the next.
    if ((t - 1 - tMax) % (2 * tMax) === 0) return lr + ((base - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
    const factor = (1 + Math.cos((Math.PI * t) / tMax)) / (1 + Math.cos((Math.PI * (t - 1)) / tMax));
    return factor * (lr - etaMin) + etaMin;
  }
}

/** What `CosineAnnealingWarmRestarts` takes. */
export interface CosineAnnealingWarmRestartsOptions extends ScheduleOptions {
  /** Epochs or steps of the first cycle, an integer from 1. */
  readonly t0: number;
  /** How many times as long as the last one each further cycle is, an integer from 1; 1. */
  readonly tMult?: number;
  /** The lowest rate, a number from 0; 0. */
  readonly etaMin?: number;
}

/** Falls along half a cosine from the base rate to `etaMin`, then begins with the base rate again. */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly #t0: number;
  readonly #tMult: number;
  readonly #etaMin: number;
  /** Where it is in the cycle, and how long that is. */
  #cycle: { readonly t: number; readonly length: number };

  /** Throws an `ArgumentError`. */
  constructor({ t0, tMult = 1, etaMin = 0, ...options }: CosineAnnealingWarmRestartsOptions) {
    super(options);
    this.#t0 = checkCount("t0", t0, 1);
    this.#tMult = checkCount("tMult", tMult, 1);
    this.#etaMin = checkRange("etaMin", etaMin, 0, Infinity);
    this.#cycle = { t: 0, length: t0 };
  }

  override begin(): void {
    this.#cycle = { t: 0, length: this.#t0 };
    super.begin();
  }

  override step(): void {
    const { t, length } = this.#cycle;
    this.#cycle = t + 1 < length ? { t: t + 1, length } : { t: 0, length: length * this.#tMult };
    super.step();
  }

  override restart(): void {
    this.#cycle = { t: 0, length: this.#t0 };
    super.restart();
  }

  protected override get memory(): unknown {
    return this.#cycle;
  }

  protected override set memory(memory: unknown) {
    this.#cycle = memory as { t: number; length: number };
  }

  protected override first(_lr: number, base: number): number {
    return this.next(base, base);
  }

  protected override next(_lr: number, base: number): number {
    const { t, length } = this.#cycle;
    return this.#etaMin + ((base - this.#etaMin) * (1 + Math.cos((Math.PI * t) / length))) / 2;
  }
}
