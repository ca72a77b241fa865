// Summaries: what each dashboard shows, encode and decode, and the writer for programs.

export { decodeScalar, encodeScalar, scalarMetadata } from "./scalar.js";
export type { TagDescription } from "./scalar.js";
export type { ScalarHandle, ScalarsHandle } from "./scalar-handles.js";
export { DEFAULT_LOGDIR, SummaryWriter } from "./summary-writer.js";
export type { SummaryWriterOptions } from "./summary-writer.js";
