// What the calls that log for a dashboard have in common.

import type { EventSink } from "../../events/event-sink.js";
import type { SummaryValue } from "../../wire/summary.js";
import { checkStep, checkTag, checkText, checkWallTime } from "../checks.js";
import type { TagDescription } from "../scalar.js";

/** Options of every call that logs; display name and description are kept from a tag's first call. */
export interface AddOptions extends TagDescription {
  /** Seconds since 1970; now unless given. */
  readonly wallTime?: number;
}

/** Checks everything but the data, before time is spent on that. Throws an `ArgumentError`. */
export function checkCall(tag: string, step: number, options: AddOptions): void {
  checkTag(tag);
  checkStep(step);
  checkWallTime(options.wallTime);
  if (options.displayName !== undefined) checkText("displayName", options.displayName);
  if (options.description !== undefined) checkText("description", options.description);
}

/** Writes one value as an event of its own. */
export function writeValue(sink: EventSink, value: SummaryValue, step: number, options: AddOptions): void {
  const { wallTime } = options;
  sink.write({ step, summary: [value], ...(wallTime !== undefined && { wallTime }) });
}
