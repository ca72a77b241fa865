// What every call that logs for a dashboard has in common.

import type { EventSink } from "../../events/event-sink.js";
import type { SummaryValue } from "../../wire/summary.js";
import { checkStep, checkWallTime } from "../checks.js";
import type { TagDescription } from "../scalar.js";

/** What can be said with every value; of display name and description, those of the tag's first value in a run count. */
export interface DashboardOptions extends TagDescription {
  /** Seconds since 1970; now unless given. */
  readonly wallTime?: number;
}

/** Writes the values of one event. Throws an `ArgumentError` for a step or a wall time that is none, and a `WriteError`. */
export function writeValues(
  sink: EventSink,
  summary: readonly SummaryValue[],
  step: number,
  wallTime?: number,
): void {
  checkStep(step);
  checkWallTime(wallTime);
  sink.write({ step, summary, ...(wallTime !== undefined && { wallTime }) });
}
