// Summaries: what each dashboard shows, encode and decode, and the writer for programs.

export type { Counter, Rate, RateOptions, Timer } from "./meters.js";
export { defineMetrics } from "./metrics.js";
export type { MetricDefinition, MetricDefinitions } from "./metrics.js";
export { DEFAULT_LOGDIR } from "./run-files.js";
export type { Sampling, SamplingRule } from "./sampling-rules.js";
export { decodeAudio, encodeAudio } from "./audio.js";
export type { AudioClip } from "./audio.js";
export type {
  ImageOptions,
  ImagesFormat,
  ImagesInput,
  ImagesOptions,
  ImageWithBoxesOptions,
} from "./dashboards/images.js";
export type { GridOptions } from "./grid.js";
export { decodeImage, encodeImage } from "./image.js";
export type { EncodedImage, ImageInput, ImageValue } from "./image.js";
export type { ImageDataLike, PixelFormat, PixelOptions, PixelRange } from "./pixels.js";
export type { AudioInput, ClipInput } from "./samples.js";
export { decodeScalar, encodeScalar, scalarMetadata } from "./scalar.js";
export type { TagDescription } from "./scalar.js";
export type { ScalarHandle, ScalarsHandle } from "./scalar-handles.js";
export { SummaryWriter } from "./summary-writer.js";
export type { Unprefixed } from "./summary-writer.js";
export type { SummaryWriterOptions } from "./writer-options.js";
