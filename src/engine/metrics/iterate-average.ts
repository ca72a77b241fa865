// The mean of the points that a training went through.

import { ArgumentError } from "../../errors.js";
import type { Parameter } from "../parameter.js";
import type { State } from "../state.js";
import type { LoggedMetric } from "./logged-metric.js";
import type { Mode } from "./metric.js";

/** What of the mean point is logged. */
export interface IterateAverageOptions {
  /** Of this parameter alone; of all that the model has unless set. */
  readonly parameter?: Parameter;
  /** The value of its element with this index, in the place of a norm; 0 for a parameter of one number. */
  readonly index?: number;
}

interface IterateState {
  readonly count: number;
  readonly means: readonly Float64Array[];
}

class IterateAverage implements LoggedMetric {
  readonly #parameter: Parameter | undefined;
  readonly #index: number | undefined;
  #parameters: readonly Parameter[] | undefined;
  #means: readonly Float64Array[] = [];
  readonly #count = new Float64Array(1);
  #on = true;

  constructor(parameter: Parameter | undefined, index: number | undefined) {
    this.#parameter = parameter;
    this.#index = index;
  }

  stepTags(mode: Mode): readonly string[] {
    return mode === "train" ? ["iterate_average"] : [];
  }

  finalTags(): readonly string[] {
    return [];
  }

  reset(state: State, mode: Mode): void {
    this.goOn(mode);
    if (this.#on) this.#count[0] = 0;
    this.#begin(state);
  }

  goOn(mode: Mode): void {
    this.#on = mode === "train";
  }

  process(state: State, out: Float64Array, at: number): void {
    if (!this.#on) return;
    const parameters = this.#parameters ?? this.#begin(state);
    const count = (this.#count[0]! += 1);
    let squares = 0;
    for (let p = 0; p < parameters.length; p++) {
      const { data } = parameters[p]!;
      const mean = this.#means[p]!;
      for (let i = 0; i < data.length; i++) {
        // The first point is taken as it is, whatever stood there.
        mean[i] = count === 1 ? data[i]! : mean[i]! + (data[i]! - mean[i]!) / count;
        squares += mean[i]! * mean[i]!;
      }
    }
    out[at] = this.#index === undefined ? Math.sqrt(squares) : this.#means[0]![this.#index]!;
  }

  processFinal(): void {}

  stateDict(): IterateState {
    return { count: this.#count[0]!, means: this.#means.map((mean) => mean.slice()) };
  }

  loadStateDict({ count, means }: IterateState): void {
    this.#count[0] = count;
    this.#means = means.map((mean) => mean.slice());
  }

  #begin(state: State): readonly Parameter[] {
    const parameters = this.#parameter === undefined ? state.model.parameters() : [this.#parameter];
    this.#parameters = parameters;
    const isFitting = ({ data }: Parameter, i: number): boolean => this.#means[i]?.length === data.length;
    if (parameters.length !== this.#means.length || !parameters.every(isFitting)) {
      if (this.#count[0]! > 0)
        throw new ArgumentError("stateDict.metrics", "of the same parameters", this.#means);
      this.#means = parameters.map(({ data }) => new Float64Array(data.length));
    }
    return parameters;
  }
}

/**
 * The mean of the parameters after each training step of a pass so far (Polyak and Juditsky, 1992), under `iterate_average`: its Euclidean
 * norm, or the value of one element. What a callback such as `greedyUpdate` does to a point comes after it. Throws an `ArgumentError`.
 */
export function iterateAverage({ parameter, index }: IterateAverageOptions = {}): LoggedMetric {
  if (index === undefined) return new IterateAverage(parameter, parameter?.data.length === 1 ? 0 : undefined);
  if (parameter === undefined) throw new ArgumentError("parameter", "given where index is", parameter);
  const { length } = parameter.data;
  if (!Number.isInteger(index) || index < 0 || index >= length)
    throw new ArgumentError("index", `an integer from 0 to ${length - 1}`, index);
  return new IterateAverage(parameter, index);
}
