// Keeps parameters in a box, after each step.

import { checkBox, clamp } from "../optim/projections.js";
import type { Vec } from "../parameter.js";
import { Projector } from "./project.js";

/**
 * Sets every number of every parameter to the nearest one in [low, high] after each training step, and counts the steps at which it had
 * to. For a box this is the paper's projection in any diagonal metric (Reddi, Kale and Kumar, ICLR 2018, section 2).
 */
export class ProjectBox extends Projector {
  readonly #low: number;
  readonly #high: number;

  /** Throws an `ArgumentError` when the box is empty. */
  constructor(low: number, high: number) {
    super();
    checkBox(low, high);
    this.#low = low;
    this.#high = high;
  }

  protected override project(x: Vec): boolean {
    return clamp(x, this.#low, this.#high);
  }
}

/** The tutorial's projection: every parameter back into [-1, 1] after each step. */
export function greedyUpdate(): ProjectBox {
  return new ProjectBox(-1, 1);
}
