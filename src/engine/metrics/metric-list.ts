// The metrics of a trial, laid out in one array a pass.

import { ArgumentError } from "../../errors.js";
import type { Callback } from "../callback.js";
import { withPlace } from "../error-place.js";
import type { State } from "../state.js";
import type { LoggedMetric } from "./logged-metric.js";
import { Metric, type Mode } from "./metric.js";
import { namedMetric, type MetricName } from "./named-metric.js";
import { toDict } from "./to-dict.js";

/** The tags of a pass: those of every step, those that come at its end, and all, in the order of the numbers. */
export interface MetricTags {
  readonly step: readonly string[];
  readonly final: readonly string[];
  readonly all: readonly string[];
}

/** Behind the loss. */
const FIRST = 1;

/** Calls the metrics of a trial and lays out their numbers behind the loss in `state.values`. */
export class MetricList {
  readonly #metrics: readonly LoggedMetric[];
  #stepAt: readonly number[] = [];
  #finalAt: readonly (readonly number[])[] = [];
  #tags: MetricTags = { step: [], final: [], all: [] };

  /** A plain `Metric` is logged as by `toDict`; a name stands for a metric of the trial. */
  constructor(
    metrics: readonly (LoggedMetric | Metric | MetricName)[],
    trained: Pick<State, "criterion" | "optimizer">,
  ) {
    this.#metrics = metrics.map((metric) => {
      if (typeof metric === "string") return namedMetric(metric, trained);
      return metric instanceof Metric ? toDict(metric) : metric;
    });
  }

  /** What metrics need to be called at. */
  get callbacks(): readonly Callback[] {
    return this.#metrics.flatMap(({ callback }) => callback ?? []);
  }

  /** Starts a pass: the state gets a new array, and a view of its steps' numbers. */
  reset(state: State, mode: Mode): void {
    this.#layOut(state, mode);
    for (const metric of this.#metrics) {
      try {
        metric.reset(state, mode);
      } catch (error) {
        throw withPlace(error, this.#nameOf(metric), "the start of a pass", state);
      }
    }
  }

  /** As `reset`, but the metrics go on with what they remember; `values` are those of the last step. */
  goOn(state: State, mode: Mode, values: Float64Array): void {
    this.#layOut(state, mode);
    if (values.length !== state.values.length) {
      throw new ArgumentError(
        "stateDict.values",
        `${state.values.length} numbers`,
        values,
        `${values.length}`,
      );
    }
    state.values.set(values);
    for (const metric of this.#metrics) metric.goOn?.(mode);
  }

  /** How many metrics there are. */
  get length(): number {
    return this.#metrics.length;
  }

  /** The tags of training. */
  get names(): readonly string[] {
    return [
      ...new Set(
        this.#metrics.flatMap((metric) => [...metric.stepTags("train"), ...metric.finalTags("train")]),
      ),
    ];
  }

  /** What each metric remembers. */
  stateDict(): unknown[] {
    return this.#metrics.map((metric) => metric.stateDict?.() ?? null);
  }

  /** Gives each metric what it remembered. */
  loadStateDict(dict: readonly unknown[]): void {
    this.#metrics.forEach((metric, i) => {
      if (dict[i] !== null) metric.loadStateDict?.(dict[i]);
    });
  }

  #layOut(state: State, mode: Mode): void {
    const step = this.#metrics.flatMap((metric) => metric.stepTags(mode));
    const atEnd = this.#metrics.flatMap((metric) => metric.finalTags(mode));
    for (const tags of [step, atEnd]) {
      if (new Set(tags).size !== tags.length) {
        throw new ArgumentError("metrics", "metrics with names that differ", tags.join(", "));
      }
    }
    // A number of the pass may take the place of the last step's: `mean` that of `toDict`.
    const final = atEnd.filter((tag) => !step.includes(tag));
    const all = [...step, ...final];
    this.#tags = { step, final, all };
    let next = FIRST;
    this.#stepAt = this.#metrics.map(
      (metric) => (next += metric.stepTags(mode).length) - metric.stepTags(mode).length,
    );
    this.#finalAt = this.#metrics.map((metric) =>
      metric.finalTags(mode).map((tag) => FIRST + all.indexOf(tag)),
    );
    state.values = new Float64Array(FIRST + all.length).fill(NaN);
    state.metricTags = this.#tags;
    state.metrics = view(state.values, step);
  }

  /** After a pass in which there was nothing to measure. */
  clear(state: State): void {
    state.metricTags = { step: [], final: [], all: [] };
    state.metrics = {};
  }

  /** After a step. */
  process(state: State): void {
    const metrics = this.#metrics;
    const { values } = state;
    let i = 0;
    try {
      for (; i < metrics.length; i++) metrics[i]!.process(state, values, this.#stepAt[i]!);
    } catch (error) {
      throw withPlace(error, this.#nameOf(metrics[i]!), "a step", state);
    }
  }

  /** After the last step of a pass: from here on the view has every tag. */
  processFinal(state: State): void {
    const { values } = state;
    for (const [i, metric] of this.#metrics.entries()) {
      const places = this.#finalAt[i]!;
      const numbers = Float64Array.from(places, (place) => values[place]!);
      try {
        metric.processFinal(state, numbers, 0);
      } catch (error) {
        throw withPlace(error, this.#nameOf(metric), "the end of a pass", state);
      }
      for (const [k, place] of places.entries()) values[place] = numbers[k]!;
    }
    state.metrics = view(state.values, this.#tags.all);
  }

  #nameOf(metric: LoggedMetric): string {
    const tags = new Set([...metric.stepTags("train"), ...metric.finalTags("train")]);
    return `the metric ${[...tags].join(", ")}`;
  }
}

// Getters, so that the view costs nothing until it is read and always shows the newest numbers.
function view(values: Float64Array, tags: readonly string[]): Readonly<Record<string, number>> {
  const properties = tags.map(
    (tag, i) => [tag, { enumerable: true, get: () => values[FIRST + i]! }] as const,
  );
  return Object.defineProperties(Object.create(null), Object.fromEntries(properties)) as Readonly<
    Record<string, number>
  >;
}
