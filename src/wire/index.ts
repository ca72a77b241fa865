// Bytes: checksums, TFRecord framing, the messages of an event file. No files, no clock.

export { crc32c, maskedCrc32c } from "./crc32c.js";
export { decodeEvent, encodeEvent, SessionStatus } from "./event.js";
export type { Event, SessionLog } from "./event.js";
export { RecordBuffer } from "./record-buffer.js";
export { ScalarEventEncoder } from "./scalar-event.js";
export { DataClass } from "./summary.js";
export type { SummaryMetadata, SummaryValue } from "./summary.js";
export { DataType } from "./tensor.js";
export type { Tensor } from "./tensor.js";
export { encodeTfRecord, isIntact, TfRecordDecoder } from "./tfrecord.js";
export type { TfRecord } from "./tfrecord.js";
