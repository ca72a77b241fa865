// Time, charged to what passed it, and a step that charges its phases.

import type { State } from "../state.js";
import type { Step } from "../step.js";
import type { Computation } from "../tape-nodes.js";

/** Of no account. */
export const NONE = -1;

/** Accounts of time, by number. Its fields are for the loop: a call that is not inlined costs more than what it does. */
export class TimeCharges {
  /** The clock; what it shows is charged when it has changed. */
  cell: Int32Array = new Int32Array(1);
  last = 0;
  /** The account of the hook that is being called. */
  inside = NONE;
  ticks: Float64Array;
  calls: Float64Array;

  constructor(accounts: number) {
    this.ticks = new Float64Array(accounts);
    this.calls = new Float64Array(accounts);
  }

  /** Begins anew, with another clock. */
  start(cell: Int32Array): void {
    this.cell = cell;
    this.last = cell[0]!;
    this.inside = NONE;
    this.ticks.fill(0);
    this.calls.fill(0);
  }

  /** Opens one account more, and gives its number. */
  open(): number {
    this.ticks = lengthened(this.ticks);
    this.calls = lengthened(this.calls);
    return this.ticks.length - 1;
  }

  /** What has passed since the last call is `account`'s. */
  charge(account: number): void {
    const now = this.cell[0]!;
    if (now !== this.last) this.#add(account, now);
  }

  // The clock wraps as an int32 does.
  #add(account: number, now: number): void {
    this.ticks[account]! += (now - this.last) | 0;
    this.last = now;
  }
}

/** Charges what a step computes to the accounts from `sample` on, which are for what came before it, its prediction, loss and gradients. */
export class TimedStep implements Step {
  readonly #step: Step;
  readonly #charges: TimeCharges;
  readonly #sample: number;

  constructor(step: Step, charges: TimeCharges, sample: number) {
    this.#step = step;
    this.#charges = charges;
    this.#sample = sample;
  }

  forward(state: State): void {
    this.#charges.charge(this.#sample);
    this.#step.forward(state);
    this.#charges.charge(this.#sample + 1);
  }

  criterion(state: State): void {
    this.#step.criterion(state);
    this.#charges.charge(this.#sample + 2);
  }

  backward(): void {
    this.#step.backward();
    this.#charges.charge(this.#sample + 3);
  }

  computation(): Computation {
    return this.#step.computation();
  }
}

function lengthened(numbers: Float64Array): Float64Array {
  const longer = new Float64Array(numbers.length + 1);
  longer.set(numbers);
  return longer;
}
