// Summaries: what each dashboard shows, encode and decode, and the writer for programs.

export type { ArrayInput, FlatInput, NumericArray, TypedArray } from "./arrays.js";
export { decodeAudio, encodeAudio } from "./audio.js";
export type { AudioClip } from "./audio.js";
export { decodeCustomScalars, encodeCustomScalars, layoutOf } from "./custom-scalars.js";
export type { ChartInput, ChartsInput, LayoutInput, MarginInput } from "./custom-scalars.js";
export type { Unprefixed } from "./dashboard-writer.js";
export type { AudioOptions } from "./dashboards/audio.js";
export type { EmbeddingOptions } from "./dashboards/embedding.js";
export type { SvgFigureOptions } from "./dashboards/figure.js";
export type { GraphOptions, KerasModelOptions } from "./dashboards/graph.js";
export type { HistogramOptions } from "./dashboards/histogram.js";
export type { HParamColumnInput, HParamsColumns, MetricColumnInput } from "./dashboards/hparams-columns.js";
export type { HParamsEndOptions, HParamsOptions, HParamsStatus } from "./dashboards/hparams.js";
export type {
  ImageOptions,
  ImagesFormat,
  ImagesInput,
  ImagesOptions,
  ImageWithBoxesOptions,
} from "./dashboards/images.js";
export type { MeshOptions } from "./dashboards/mesh.js";
export type { SummaryOptions, TensorOptions } from "./dashboards/tensor.js";
export type { VideoFormat, VideoInput, VideoOptions } from "./dashboards/video.js";
export type { DashboardOptions } from "./dashboards/write.js";
export { decodeLabels, decodeVectors } from "./embedding-files.js";
export type { EmbeddingLabels, Label, Vectors } from "./embedding-files.js";
export { decodeGraph, encodeGraph } from "./graph.js";
export type { OperationNode } from "./graph.js";
export type { GridOptions } from "./grid.js";
export { bucketsOf, decodeHistogram, encodeHistogram, histogramOf } from "./histogram.js";
export type { EdgesAndCounts, HistogramBucket, LimitsAndCounts } from "./histogram.js";
export { decodeHParams, encodeHParamsExperiment, encodeSessionEnd, encodeSessionStart } from "./hparams.js";
export { decodeImage, encodeImage } from "./image.js";
export type { EncodedImage, ImageInput, ImageValue } from "./image.js";
export { decodeKerasModel, encodeKerasModel } from "./keras-model.js";
export type { KerasLayer } from "./keras-model.js";
export type { Logged, LoggedKind, LoggedValue, LoggedValueOf, LoggedValues } from "./logged-value.js";
export { followValues } from "./follow-values.js";
export type { FollowValuesOptions } from "./follow-values.js";
export { decodeMesh, encodeMesh } from "./mesh.js";
export type { MeshParts, MeshValue } from "./mesh.js";
export type { Counter, Rate, RateOptions, Timer } from "./meters.js";
export { defineMetrics } from "./metrics.js";
export type { MetricDefinition, MetricDefinitions } from "./metrics.js";
export type { NamePattern, NamePatterns } from "./name-filter.js";
export type { ImageDataLike, PixelFormat, PixelOptions, PixelRange } from "./pixels.js";
export { decodePrCurve, encodePrCurve, prCurveOf, rawPrCurve } from "./pr-curve.js";
export type { PrCurve, PrCurveOptions, RawPrCurve } from "./pr-curve.js";
export { decodeProjectorConfig, encodeProjectorConfig } from "./projector-config.js";
export type { EmbeddingInfo, ProjectorConfig } from "./projector-config.js";
export type { RasterOptions } from "./rasterize.js";
export { DEFAULT_LOGDIR } from "./run-files.js";
export type { AudioInput, ClipInput } from "./samples.js";
export type { Sampling, SamplingRule } from "./sampling-rules.js";
export type { ScalarHandle, ScalarsHandle } from "./scalar-handles.js";
export { decodeScalar, encodeScalar, scalarMetadata } from "./scalar.js";
export type { TagDescription } from "./scalar.js";
export type { EncodedSprite, LabelImages, SpriteOptions } from "./sprite.js";
export { SummaryReader } from "./summary-reader.js";
export type {
  LoggedTag,
  ReadFilter,
  RunEvent,
  ScalarSeries,
  SummaryReaderOptions,
  ValuesFilter,
} from "./summary-reader.js";
export { SummaryWriter } from "./summary-writer.js";
export type { TagPattern } from "./tag-pattern.js";
export { decodeTensor, encodeTensor } from "./tensor.js";
export type { ElementType, StringTensor, TensorValue } from "./tensor.js";
export { decodeText, encodeText } from "./text.js";
export type { DecodedText, Text } from "./text.js";
export type { TagInfo } from "./value-decoder.js";
export type { SummaryWriterOptions } from "./writer-options.js";
export type { GraphAttribute, GraphNode, GraphScalar, GraphShape } from "../wire/graph.js";
export { HParamType, RunStatus } from "../wire/hparams.js";
export type {
  HParamColumn,
  HParamsContent,
  HParamsExperiment,
  HParamValue,
  MetricColumn,
  SessionEnd,
  SessionStart,
} from "../wire/hparams.js";
export type { LayoutCategory, LayoutChart, MarginSeries } from "../wire/layout.js";
