// How a SummaryWriter writes.

import type { EventWriterOptions } from "../events/open-event-writer.js";
import type { MetricDefinitions } from "./metrics.js";
import type { Sampling } from "./sampling-rules.js";

/** How a `SummaryWriter` writes. */
export interface SummaryWriterOptions<Tag extends string = string> extends EventWriterOptions {
  /** Added to the run's name when no directory is given. */
  readonly comment?: string;
  /**
   * The sub-run of a worker: in a worker thread, a process of `node:cluster` or one of several of pm2, the run is `<logdir>/worker-1`
   * (or 2, …) unless this gives another name (`"actor/3"`), or is `false`: then it is `logdir` itself, of which only one
   * writer at a time makes sense. A name given here is taken in the main thread too. The program gives its workers the `logdir`: each
   * that has none makes a new run.
   */
  readonly worker?: string | false;
  /** The only tags there are, from `defineMetrics`. */
  readonly metrics?: MetricDefinitions<Tag>;
  /** Which scalars are kept: one rule for all tags, or rules by glob; all unless given. */
  readonly sampling?: Sampling;
  /**
   * Write every event also as a line of JSON, as `JsonLinesSink` does: with `true` into `scalars.jsonl` (`scalars.1.jsonl` in the next
   * session, and so on) in the run's directory, else into the file of this path.
   */
  readonly jsonLines?: boolean | string;
  /** Milliseconds from any moment on, for lengths of time; `performance.now` unless given. */
  readonly stopwatch?: () => number;
}
