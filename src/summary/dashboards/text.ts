// The Text dashboard.

import type { EventSink } from "../../events/event-sink.js";
import { checkTag } from "../checks.js";
import { encodeText, type Text } from "../text.js";
import { writeValues, type DashboardOptions } from "./write.js";

/** Logs a text, a column or a table of texts, as `SummaryWriter.addText` says. */
export function addText(
  sink: EventSink,
  tag: string,
  text: Text,
  step: number,
  options: DashboardOptions = {},
): void {
  writeValues(sink, [encodeText(checkTag(tag), text, options)], step, options.wallTime);
}
