// Summaries: what each dashboard shows, encode and decode, and the writer for programs.

export type { Counter, Rate, RateOptions, Timer } from "./meters.js";
export { defineMetrics } from "./metrics.js";
export type { MetricDefinition, MetricDefinitions } from "./metrics.js";
export { DEFAULT_LOGDIR } from "./run-files.js";
export type { Sampling, SamplingRule } from "./sampling-rules.js";
export { decodeScalar, encodeScalar, scalarMetadata } from "./scalar.js";
export type { TagDescription } from "./scalar.js";
export type { ScalarHandle, ScalarsHandle } from "./scalar-handles.js";
export { SummaryWriter } from "./summary-writer.js";
export type { Unprefixed } from "./summary-writer.js";
export type { SummaryWriterOptions } from "./writer-options.js";
