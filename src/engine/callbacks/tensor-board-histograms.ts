// Histograms of what a training changes: parameters, gradients, and what the optimizer remembers.

import type { SummaryWriter } from "../../summary/summary-writer.js";
import { checkCount } from "../checks.js";
import type { Vec } from "../parameter.js";
import type { State } from "../state.js";

/** No step is this one. */
export const NEVER = -1;

/** What rules remember of all numbers of a parameter at once: there is nothing to count in it. */
const OF_WHOLE_PARAMETER: ReadonlySet<string> = new Set([
  ...["betaProducts", "beta1Product", "beta2Product", "muProduct", "momentumDecayPower"],
  ...["started", "step", "eta", "mu"],
]);

/** By the parameters' names. */
export type Gradients = Readonly<Record<string, Vec>>;

/** Which histograms a training has, and when. */
export class HistogramLog {
  /** The next batch at which there are some; `NEVER` without. */
  next = NEVER;
  readonly #stepSize: number | undefined;
  #vectors: readonly (readonly [tag: string, vector: Vec])[] = [];
  #writer: SummaryWriter | undefined;
  #gradients: Gradients | null = null;

  /** At every `stepSize` steps, and at the end of each epoch. Throws an `ArgumentError`. */
  constructor(stepSize: number | undefined) {
    if (stepSize !== undefined) checkCount("histogramStepSize", stepSize, 1);
    this.#stepSize = stepSize;
  }

  /** Whether there are some during an epoch. */
  get hasSteps(): boolean {
    return this.#stepSize !== undefined;
  }

  /** Before the steps of a training; those of steps go to `writer`. */
  begin(state: State, writer: SummaryWriter | undefined): void {
    for (const [name, { grad }] of state.model.namedParameters()) {
      const gradient = this.#gradients?.[name];
      if (gradient !== undefined) grad.set(gradient);
    }
    this.#gradients = null;
    this.#vectors = vectorsOf(state);
    this.#writer = writer;
    const size = this.#stepSize;
    // An epoch that is continued begins in its middle.
    this.next = size === undefined ? NEVER : Math.ceil(state.stepsDone / size) * size;
  }

  /** At the batch `next`, under `step`. */
  writeStep(step: number): void {
    this.next += this.#stepSize!;
    this.#write(this.#writer!, step);
  }

  /** At the end of an epoch, under `step`. */
  writeEpoch({ trainSteps }: State, writer: SummaryWriter, step: number): void {
    const last = trainSteps - 1;
    const isStepDone = this.#stepSize !== undefined && last % this.#stepSize === 0 && this.next > last;
    // Two of one step are one too many.
    if (writer === this.#writer && isStepDone) return;
    this.#write(writer, step);
  }

  /** The gradients, where the end of the epoch comes without another step that makes them; null elsewhere. */
  stateDict({ model, phase, stepsDone, trainSteps, stopTraining }: State): Gradients | null {
    if (phase !== "training" || (stepsDone < trainSteps && !stopTraining)) return null;
    return Object.fromEntries(model.namedParameters().map(([name, { grad }]) => [name, grad.slice()]));
  }

  loadStateDict(gradients: Gradients | null): void {
    this.#gradients = gradients;
  }

  #write(writer: SummaryWriter, step: number): void {
    for (const [tag, vector] of this.#vectors) {
      const leftOut = writer.addHistogram(tag, vector, step);
      if (leftOut > 0) writer.addScalar(`non_finite/${tag}`, leftOut, step);
    }
  }
}

function vectorsOf({ model, optimizer }: State): [tag: string, vector: Vec][] {
  const named = model.namedParameters().map(([name, parameter]) => ({ name, parameter }));
  const nameOf = new Map(named.map(({ name, parameter }) => [parameter, name]));
  const parameters = optimizer?.paramGroups.flatMap(({ params }) => params) ?? [];
  const remembered = parameters.flatMap((parameter, i) => {
    // One that is no field of the model has no name but its place.
    const name = nameOf.get(parameter) ?? `${i}`;
    return Object.entries(optimizer!.state[i]!)
      .filter(([key, { length }]) => length === parameter.data.length && !OF_WHOLE_PARAMETER.has(key))
      .map(([key, vector]): [string, Vec] => [`optimizer/${snakeCase(key)}/${name}`, vector]);
  });
  return [
    ...named.map(({ name, parameter }): [string, Vec] => [`parameters/${name}`, parameter.data]),
    ...named.map(({ name, parameter }): [string, Vec] => [`gradients/${name}`, parameter.grad]),
    ...remembered,
  ];
}

// As torch calls it.
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
