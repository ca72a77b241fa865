// Keeps parameters in a set, after each step.

import type { Callback } from "../callback.js";
import type { Projection } from "../optim/projections.js";
import type { Parameter, Vec } from "../parameter.js";
import type { State } from "../state.js";

/** Which parameters are projected. */
export interface ProjectOptions {
  /** All of the model unless set. */
  readonly parameters?: Iterable<Parameter>;
}

interface Counted {
  readonly clamps: number;
  readonly firstClamp: number | null;
}

/** Projects parameters after each training step, and counts the steps at which that changed something. */
export abstract class Projector implements Callback {
  readonly #parameters: readonly Parameter[] | undefined;
  #vectors: readonly Vec[] = [];
  #clamps = 0;
  #firstClamp: number | undefined;
  #isResumed = false;

  constructor(options: ProjectOptions = {}) {
    this.#parameters = options.parameters === undefined ? undefined : [...options.parameters];
  }

  /** At how many steps of this run something was outside; a run that is continued is one. */
  get clamps(): number {
    return this.#clamps;
  }

  /** The batch of the first such step. */
  get firstClamp(): number | undefined {
    return this.#firstClamp;
  }

  /** Moves the vector of a parameter to the nearest point; true if that changed it. */
  protected abstract project(x: Vec): boolean;

  onStart(state: State): void {
    const parameters = this.#parameters ?? state.model.parameters();
    this.#vectors = parameters.map((parameter) => parameter.data);
    if (!this.#isResumed) {
      this.#clamps = 0;
      this.#firstClamp = undefined;
    }
    this.#isResumed = false;
  }

  onStepTraining(state: State): void {
    const vectors = this.#vectors;
    let outside = false;
    for (let v = 0; v < vectors.length; v++) {
      if (this.project(vectors[v]!)) outside = true;
    }
    if (!outside) return;
    this.#clamps++;
    this.#firstClamp ??= state.batch;
  }

  stateDict(): Counted {
    return { clamps: this.#clamps, firstClamp: this.#firstClamp ?? null };
  }

  loadStateDict({ clamps, firstClamp }: Counted): void {
    this.#clamps = clamps;
    this.#firstClamp = firstClamp ?? undefined;
    this.#isResumed = true;
  }
}

/**
 * Projects each parameter by itself after each training step:
 * `new Project((x) => projectSimplex(x), { parameters: [model.weights] })`.
 */
export class Project extends Projector {
  readonly #projection: Projection;

  constructor(projection: Projection, options: ProjectOptions = {}) {
    super(options);
    this.#projection = projection;
  }

  protected override project(x: Vec): boolean {
    return this.#projection(x);
  }
}
