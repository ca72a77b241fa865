// Event files: names, runs, logdirs; writing with flush and sync; reading.

export { BoundedEventWriter } from "./bounded-event-writer.js";
export { EventFileReader } from "./event-file-reader.js";
export { EventFileWriter } from "./event-file-writer.js";
export { openEventWriter } from "./open-event-writer.js";
export type { EventWriterOptions } from "./open-event-writer.js";
export type { BoundedEventWriterOptions, EventFileWriterOptions } from "./session.js";
export { noopEventSink } from "./event-sink.js";
export type { EventInit, EventSink, ScalarChannel, ScalarTag } from "./event-sink.js";
export { isEventFileName, nextFileName } from "./file-name.js";
export type { FileNameParts } from "./file-name.js";
export type { FileSystem } from "./file-system.js";
export type { EventCounts, ScalarRange, TagSummary } from "./inspect/file-summary.js";
export { inspectRuns } from "./inspect/inspect-runs.js";
export type { InspectOptions } from "./inspect/inspect-runs.js";
export type { FileInspection, RunInspection } from "./inspect/run-inspection.js";
export { defaultCacheDirectory } from "./inspect/summary-cache.js";
export { fullResolutionFiles } from "./full-resolution.js";
export { JsonLinesSink } from "./json-lines-sink.js";
export type { JsonLinesOptions } from "./json-lines-sink.js";
export type { LogPosition } from "./log-position.js";
export { MemorySink } from "./memory-sink.js";
export type { ScalarPoint } from "./memory-sink.js";
export { closeAllWriters, closeOnSignals } from "./open-writers.js";
export { findRuns } from "./runs.js";
export type { Run } from "./runs.js";
export { TeeSink } from "./tee-sink.js";
export { workerName } from "./worker.js";
