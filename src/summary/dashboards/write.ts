// What every call that logs for a dashboard has in common.

import type { EventSink } from "../../events/event-sink.js";
import type { SummaryValue } from "../../wire/summary.js";
import { checkStep, checkTag, checkText, checkWallTime } from "../checks.js";
import type { TagDescription } from "../scalar.js";

/** What can be said with every value; of display name and description, those of the tag's first value in a run count. */
export interface DashboardOptions extends TagDescription {
  /** Seconds since 1970; now unless given. */
  readonly wallTime?: number;
}

/** Checks a call but for its data, before time is spent on encoding that. Throws an `ArgumentError`. */
export function checkCall(tag: string, step: number, options: DashboardOptions): void {
  checkTag(tag);
  checkStep(step);
  checkWallTime(options.wallTime);
  if (options.displayName !== undefined) checkText("displayName", options.displayName);
  if (options.description !== undefined) checkText("description", options.description);
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
