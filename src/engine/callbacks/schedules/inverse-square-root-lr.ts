// The paper's schedule (Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, theorem 4 and section 5).

import { LRScheduler, type ScheduleOptions } from "./lr-scheduler.js";

/** The base rate over sqrt(t), for t from 1: at every training step, unless `stepOnBatch` is false. */
export class InverseSquareRootLR extends LRScheduler {
  constructor({ stepOnBatch = true }: ScheduleOptions = {}) {
    super({ stepOnBatch });
  }

  protected override next(_lr: number, base: number, t: number): number {
    return base / Math.sqrt(t + 1);
  }
}
