// The fields of an Event and of a summary's value that are one of several.

import type { Event } from "./event.js";
import type { SummaryValue } from "./summary.js";

/** Which field of an Event says what it is (tensorboard/compat/proto/event.proto). */
export const EventField = {
  NONE: 0,
  FILE_VERSION: 3,
  GRAPH_DEF: 4,
  SUMMARY: 5,
  LOG_MESSAGE: 6,
  SESSION_LOG: 7,
  TAGGED_RUN_METADATA: 8,
  META_GRAPH_DEF: 9,
} as const;

/** Which field of a summary's value has its data (tensorboard/compat/proto/summary.proto). */
export const ValueField = {
  NONE: 0,
  SIMPLE_VALUE: 2,
  OLD_STYLE_HISTOGRAM: 3,
  IMAGE: 4,
  HISTO: 5,
  AUDIO: 6,
  TENSOR: 8,
} as const;

/** The field that says what an event is. */
export function fieldOf(event: Event): number {
  if (event.summary !== undefined) return EventField.SUMMARY;
  if (event.sessionLog !== undefined) return EventField.SESSION_LOG;
  if (event.fileVersion !== undefined) return EventField.FILE_VERSION;
  if (event.logMessage !== undefined) return EventField.LOG_MESSAGE;
  if (event.graphDef !== undefined) return EventField.GRAPH_DEF;
  if (event.taggedRunMetadata !== undefined) return EventField.TAGGED_RUN_METADATA;
  return event.metaGraphDef === undefined ? EventField.NONE : EventField.META_GRAPH_DEF;
}

/** The field that has a value's data. */
export function formFieldOf(value: SummaryValue): number {
  if (value.simpleValue !== undefined) return ValueField.SIMPLE_VALUE;
  if (value.tensor !== undefined) return ValueField.TENSOR;
  if (value.image !== undefined) return ValueField.IMAGE;
  if (value.histo !== undefined) return ValueField.HISTO;
  if (value.audio !== undefined) return ValueField.AUDIO;
  return value.oldStyleHistogram === undefined ? ValueField.NONE : ValueField.OLD_STYLE_HISTOGRAM;
}
