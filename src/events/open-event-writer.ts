// The writer of a run, by its options: every event where TensorBoard finds it, or bounded curves there and every event beside them.

import { BoundedEventWriter } from "./bounded-event-writer.js";
import { EventFileWriter } from "./event-file-writer.js";
import type { BoundedEventWriterOptions } from "./session.js";

/** How a run is written: with `maxPointsPerTag` or `maxBytes` by a `BoundedEventWriter`, else by an `EventFileWriter`. */
export type EventWriterOptions = BoundedEventWriterOptions;

/** The writer for these options. Throws like their constructors. */
export function openEventWriter(
  dir: string,
  options: EventWriterOptions,
): EventFileWriter | BoundedEventWriter {
  const isBounded = options.maxPointsPerTag !== undefined || options.maxBytes !== undefined;
  return isBounded ? new BoundedEventWriter(dir, options) : new EventFileWriter(dir, options);
}
