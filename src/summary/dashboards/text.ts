// Logging text.

import type { EventSink } from "../../events/event-sink.js";
import { encodeText, type Text } from "../text.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/**
 * Logs a Markdown text, with tables and code but without HTML; or several: a list is shown as a column, a list of lists as a table. The
 * tag is kept as it is (torch and tensorboardX append `/text_summary`). Half a surrogate pair becomes U+FFFD, a list without any text one empty
 * text. Of a tag's steps one of TensorBoard's loaders keeps 10, unless it is started with `--samples_per_plugin text=100`. After torch's
 * `add_text(tag, text_string, global_step)`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addText(
  sink: EventSink,
  tag: string,
  text: Text,
  step: number,
  options: DashboardOptions = {},
): void {
  checkCall(tag, step, options);
  writeValues(sink, [encodeText(tag, text, options)], step, options.wallTime);
}
