// What a writer and those made from it by `withPrefix` share.

import { ContextError } from "../errors.js";
import type { EventSink, ScalarChannel, ScalarTag } from "../events/event-sink.js";
import type { JsonLinesSink } from "../events/json-lines-sink.js";
import type { openEventWriter } from "../events/open-event-writer.js";
import type { LogPosition } from "../events/log-position.js";
import { addOpenWriter, removeOpenWriter } from "../events/open-writers.js";
import { CustomScalars } from "./dashboards/custom-scalars.js";
import { HParamsLog } from "./dashboards/hparams.js";
import { LastSteps } from "./last-steps.js";
import { Counter, Rate, Timer, type RateOptions } from "./meters.js";
import { definitionOf, type MetricDefinitions } from "./metrics.js";
import { Sampler } from "./sampling.js";
import type { SamplingRule } from "./sampling-rules.js";
import type { TagDescription } from "./scalar.js";
import { ScalarHandle } from "./scalar-handles.js";
import { TagPluginsSink } from "./tag-plugins.js";

/** Where the events of a session go. */
export interface LogTarget {
  readonly sink: EventSink;
  /** The event file, if the sink has one. */
  readonly file?: ReturnType<typeof openEventWriter>;
  /** The file of JSON lines beside it. */
  readonly mirror?: JsonLinesSink;
}

/** How a session logs. */
export interface LogSessionOptions {
  readonly metrics: MetricDefinitions | undefined;
  /** Of tags whose definition has no rule. */
  readonly ruleOf: (tag: string) => SamplingRule | undefined;
  readonly purgeStep: number | undefined;
  readonly continueFrom: LogPosition | undefined;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly clock: () => number;
  /** Milliseconds, for lengths of time. */
  readonly stopwatch: () => number;
}

/** One session of a run: its sink, and the state of each tag, by the tag's full name. */
export class LogSession {
  readonly target: LogTarget;
  /** The way to the target's sink, for all that is logged. */
  readonly sink: EventSink;
  readonly steps: LastSteps;
  readonly hparams: HParamsLog;
  readonly customScalars: CustomScalars;
  readonly #metrics: MetricDefinitions | undefined;
  readonly #sampler: Sampler;
  readonly #stopwatch: () => number;
  readonly #handles = new Map<string, ScalarHandle>();
  readonly #counters = new Map<string, Counter>();
  readonly #rates = new Map<string, Rate>();
  readonly #timers = new Map<string, Timer>();
  #isClosed = false;

  constructor(target: LogTarget, options: LogSessionOptions) {
    const { metrics, ruleOf, purgeStep, continueFrom, clock, stopwatch } = options;
    this.target = target;
    this.sink = new TagPluginsSink(target.sink);
    const continues = Object.keys(continueFrom?.files ?? {}).length > 0;
    this.hparams = new HParamsLog(this.sink, { continues });
    this.customScalars = new CustomScalars(this.sink);
    this.#metrics = metrics;
    this.#stopwatch = stopwatch;
    this.#sampler = new Sampler((tag) => metrics?.[tag]?.sampling ?? ruleOf(tag), clock);
    const { file } = target;
    this.steps = new LastSteps(purgeStep, () => file?.earlierSteps() ?? new Map());
  }

  /** How a tag is shown. Throws an `UnknownNameError` for one that is not among the metrics. */
  descriptionOf(tag: string): TagDescription {
    return this.#metrics === undefined ? {} : definitionOf(this.#metrics, tag);
  }

  /** The way into the sink for these tags, past what is not kept of them. */
  channel(tags: readonly ScalarTag[]): ScalarChannel {
    return this.#sampler.channel(this.sink, tags);
  }

  /** The one handle of a tag. */
  scalar(tag: string, description: TagDescription = {}): ScalarHandle {
    return once(this.#handles, tag, () => new ScalarHandle(this, tag, description));
  }

  counter(tag: string): Counter {
    return once(this.#counters, tag, () => new Counter(this.scalar(tag)));
  }

  rate(tag: string, options: RateOptions): Rate {
    // What a rate has counted is to be logged before the sink is closed, also at the end of the program.
    if (this.#rates.size === 0 && !this.#isClosed) addOpenWriter(this, true);
    return once(this.#rates, tag, () => new Rate(this.scalar(tag), options, this.#stopwatch));
  }

  timer(tag: string): Timer {
    return once(this.#timers, tag, () => new Timer(this.scalar(tag), this.#stopwatch));
  }

  flush(): void {
    try {
      this.#finishRates(false);
    } finally {
      this.target.sink.flush();
    }
  }

  /** Throws a `ContextError` where there are no files. */
  position(): LogPosition {
    const { file } = this.target;
    if (file === undefined)
      throw new ContextError("Only a writer with files of its own has a position: this one has a sink");
    this.flush();
    return file.position();
  }

  async sync(): Promise<void> {
    try {
      this.#finishRates(false);
    } finally {
      await this.target.sink.sync();
    }
  }

  async close(): Promise<void> {
    try {
      this.#finish();
    } finally {
      await this.target.sink.close();
    }
  }

  closeSync(): void {
    try {
      this.#finish();
    } finally {
      this.target.sink.closeSync();
    }
  }

  #finish(): void {
    removeOpenWriter(this);
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#finishRates(true);
  }

  #finishRates(isLast: boolean): void {
    for (const rate of this.#rates.values()) rate.finish(isLast);
  }
}

function once<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
