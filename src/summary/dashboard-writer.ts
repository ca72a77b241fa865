// The calls of a SummaryWriter for the dashboards beside scalars: each is a function of src/summary/dashboards, given the writer's sink.

import type { EventSink } from "../events/event-sink.js";
import type { HParamValue } from "../wire/hparams.js";
import type { SummaryValue } from "../wire/summary.js";
import type { ArrayInput } from "./arrays.js";
import { checkOptions } from "./checks.js";
import { addAudio, type AudioOptions } from "./dashboards/audio.js";
import type { CustomScalars, StepLog } from "./dashboards/custom-scalars.js";
import { addEmbedding, type EmbeddingOptions } from "./dashboards/embedding.js";
import { addFigure, type SvgFigureOptions } from "./dashboards/figure.js";
import { addGraph, addKerasModel, type GraphOptions, type KerasModelOptions } from "./dashboards/graph.js";
import { addHistogram, addHistogramRaw, type HistogramOptions } from "./dashboards/histogram.js";
import type { HParamsColumns } from "./dashboards/hparams-columns.js";
import type { HParamsEndOptions, HParamsLog, HParamsOptions, HParamsStatus } from "./dashboards/hparams.js";
import {
  addImage,
  addImages,
  addImageWithBoxes,
  type ImageOptions,
  type ImagesInput,
  type ImagesOptions,
  type ImageWithBoxesOptions,
} from "./dashboards/images.js";
import { addMesh, type MeshOptions } from "./dashboards/mesh.js";
import { addPrCurve, addPrCurveRaw } from "./dashboards/pr-curve.js";
import { addSummary, addTensor, type SummaryOptions, type TensorOptions } from "./dashboards/tensor.js";
import { addText } from "./dashboards/text.js";
import { addVideo, type VideoInput, type VideoOptions } from "./dashboards/video.js";
import type { DashboardOptions } from "./dashboards/write.js";
import type { OperationNode } from "./graph.js";
import type { EdgesAndCounts, LimitsAndCounts } from "./histogram.js";
import type { ImageInput } from "./image.js";
import type { KerasLayer } from "./keras-model.js";
import type { LayoutInput, MarginInput } from "./custom-scalars.js";
import type { PrCurveOptions, RawPrCurve } from "./pr-curve.js";
import type { AudioInput } from "./samples.js";
import type { TagDescription } from "./scalar.js";
import type { TagPattern } from "./tag-pattern.js";
import type { Text } from "./text.js";

/** Where such a call goes, and under which tag. */
export interface Destination {
  readonly sink: EventSink;
  /** The run's directory; `undefined` for a writer without a file. */
  readonly dir: string | undefined;
  /** The run's hyperparameters. */
  readonly hparams: HParamsLog;
  /** The run's layout of custom scalars. */
  readonly customScalars: CustomScalars;
  /** The writer itself, for what is made of scalars. */
  readonly scalars: StepLog;
  /** The whole tag, checked. */
  readonly tag: string;
  /** What is declared of the tag. */
  readonly description: TagDescription;
}

/** What is left of tags that begin with a prefix. */
export type Unprefixed<Tag extends string, Prefix extends string> = string extends Tag
  ? string
  : Tag extends `${Prefix}${infer Rest}`
    ? Rest
    : never;

/**
 * What a `SummaryWriter` logs beside scalars. Every `step` is a safe integer. A tag is one dashboard's: TensorBoard keeps what its first value
 * was. Each call throws an `ArgumentError`, also for a tag with values of another dashboard, or a `WriteError`.
 */
export abstract class DashboardWriter<Tag extends string = string> {
  /** For the tag of a call; without one for what has none. */
  protected abstract destination(tag?: string): Destination;

  /**
   * Logs a text, which TensorBoard shows as Markdown; or a list or rows of texts, shown as a table. After torch's `add_text`, which
   * puts `/text_summary` behind the tag.
   */
  addText(tag: Tag, text: Text, step: number, options: DashboardOptions = {}): void {
    const to = this.destination(tag);
    addText(to.sink, to.tag, text, step, described(to, options));
  }

  /**
   * Logs the histogram of `values` (numbers, nested or typed arrays), counted in `bins` buckets of one width (30), as TensorBoard itself counts.
   * Gives how many NaN and infinities were left out. After torch's `add_histogram(tag, values, global_step, bins, walltime)`.
   */
  addHistogram(tag: Tag, values: ArrayInput, step: number, options: HistogramOptions = {}): number {
    const to = this.destination(tag);
    return addHistogram(to.sink, to.tag, values, step, described(to, options));
  }

  /** Logs a histogram that the program has counted: edges or upper limits, and counts. After torch's `add_histogram_raw`. */
  addHistogramRaw(
    tag: Tag,
    histogram: EdgesAndCounts | LimitsAndCounts,
    step: number,
    options: DashboardOptions = {},
  ): void {
    const to = this.destination(tag);
    addHistogramRaw(to.sink, to.tag, histogram, step, described(to, options));
  }

  /**
   * Logs the precision-recall curve of `labels` (true or false, 1 or 0) and `predictions` from 0 to 1, at 201 thresholds unless told
   * otherwise. Gives how many pairs were left out because they were no numbers. After torch's `add_pr_curve`.
   */
  addPrCurve(
    tag: Tag,
    labels: ArrayInput,
    predictions: ArrayInput,
    step: number,
    options: PrCurveOptions & DashboardOptions = {},
  ): number {
    const to = this.destination(tag);
    return addPrCurve(to.sink, to.tag, labels, predictions, step, described(to, options));
  }

  /** Logs a precision-recall curve that the program has counted. After torch's `add_pr_curve_raw`. */
  addPrCurveRaw(tag: Tag, curve: RawPrCurve, step: number, options: DashboardOptions = {}): void {
    const to = this.destination(tag);
    addPrCurveRaw(to.sink, to.tag, curve, step, described(to, options));
  }

  /**
   * Logs scalars that share a chart of the Custom Scalars dashboard: `addScalars("loss", { train: 0.1, val: 0.2 }, step)` logs the tags
   * `loss/train` and `loss/val`, as `addStep` does, in this run. After torch's `add_scalars(main_tag, tag_scalar_dict, global_step,
   * walltime)`, which makes a run of each.
   */
  addScalars<const Main extends string, Used extends Unprefixed<Tag, `${Main}/`>>(
    mainTag: Main & ([Used] extends [never] ? never : unknown),
    values: Readonly<Record<Used, number>>,
    step: number,
    wallTime?: number,
  ): void {
    const { customScalars, scalars } = this.destination();
    customScalars.addScalars(scalars, mainTag, values, step, wallTime);
  }

  /** Lays out charts of scalars: categories of charts with several lines or with a margin. After torch's `add_custom_scalars(layout)`. */
  addCustomScalars(layout: LayoutInput): void {
    this.destination().customScalars.addLayout(layout);
  }

  /** Adds a chart with a line for each tag that is named, or that a glob or a regular expression matches; tags are whole ones. */
  addCustomScalarsMultilineChart(tags: readonly TagPattern[], category?: string, title?: string): void {
    this.destination().customScalars.addMultilineChart(tags, category, title);
  }

  /** Adds a chart with a line and a band around it: the tags of the value, the lower and the upper end, which have equal steps. */
  addCustomScalarsMarginChart(
    series: MarginInput | readonly MarginInput[],
    category?: string,
    title?: string,
  ): void {
    this.destination().customScalars.addMarginChart(series, category, title);
  }

  /**
   * Writes points for the projector, a row of `matrix` each, into the run's directory, with labels and pictures. After torch's
   * `add_embedding(mat, metadata, label_img, global_step, tag)`.
   */
  addEmbedding(matrix: ArrayInput, options: EmbeddingOptions = {}): void {
    const { sink, dir } = this.destination();
    addEmbedding(sink, dir, matrix, options);
  }

  /**
   * Logs sound: samples from -1 to 1, one channel or [channels, frames], 16-bit samples, or the bytes of a WAV file; a list is several
   * clips, of which a tag has the same number at every step. After torch's `add_audio(tag, snd_tensor, global_step, sample_rate)`.
   */
  addAudio(tag: Tag, audio: AudioInput, step: number, options: AudioOptions = {}): void {
    const to = this.destination(tag);
    addAudio(to.sink, to.tag, audio, step, described(to, options));
  }

  /**
   * Logs the run's graph of operations, a list of nodes with different names. Attributes of more than 1024 bytes are left out. After
   * torch's `add_graph`, which traces a model.
   */
  addGraph(nodes: readonly OperationNode[], options: GraphOptions = {}): void {
    addGraph(this.destination().sink, nodes, options);
  }

  /** Logs the layers of a model as Keras and TensorFlow.js give them as JSON: its conceptual graph. */
  addKerasModel(model: KerasLayer | string, options: KerasModelOptions = {}): void {
    addKerasModel(this.destination().sink, model, options);
  }

  /**
   * Logs a picture: rows of numbers, `ImageData`, or an encoded PNG, JPEG or GIF, as `ImageInput` has it. Of a tag TensorBoard shows ten
   * steps, the last one among them. After torch's `add_image(tag, img_tensor, global_step, walltime, dataformats)`.
   */
  addImage(tag: Tag, image: ImageInput, step: number, options: ImageOptions = {}): void {
    const to = this.destination(tag);
    addImage(to.sink, to.tag, image, step, described(to, options));
  }

  /** Logs several pictures under one tag, or with `grid` as one. After torch's `add_images`. */
  addImages(tag: Tag, images: ImagesInput, step: number, options: ImagesOptions = {}): void {
    const to = this.destination(tag);
    addImages(to.sink, to.tag, images, step, described(to, options));
  }

  /** Logs a picture with `boxes` drawn into it, rows of xmin, ymin, xmax, ymax in pixels. After torch's `add_image_with_boxes`. */
  addImageWithBoxes(
    tag: Tag,
    image: ImageInput,
    boxes: ArrayInput,
    step: number,
    options: ImageWithBoxesOptions = {},
  ): void {
    const to = this.destination(tag);
    addImageWithBoxes(to.sink, to.tag, image, boxes, step, described(to, options));
  }

  /**
   * Logs a video as an animated GIF: an array of rank 5, [videos, frames, channels, height, width], or 4 for one video; a list of frames;
   * or the bytes of a GIF file. `fps` is at most 50, 4 unless given. After torch's `add_video(tag, vid_tensor, global_step, fps)`.
   */
  addVideo(tag: Tag, frames: VideoInput, step: number, options: VideoOptions = {}): void {
    const to = this.destination(tag);
    addVideo(to.sink, to.tag, frames, step, described(to, options));
  }

  /**
   * Logs a figure, an SVG document, as a picture; a list as several. It needs the optional package `@resvg/resvg-js`, without which it throws
   * a `MissingPackageError`. After torch's `add_figure(tag, figure, global_step)`.
   */
  addFigure(
    tag: Tag,
    figure: string | readonly string[],
    step: number,
    options: SvgFigureOptions = {},
  ): void {
    const to = this.destination(tag);
    addFigure(to.sink, to.tag, figure, step, described(to, options));
  }

  /**
   * Logs the run's hyperparameters, once, at its start: at most 1000 finite numbers, booleans and texts, in the run's own directory, where its
   * scalars are its metrics. After torch's `add_hparams`, which makes another run. A second call throws a `ContextError`.
   */
  addHParams(
    hparams: Readonly<Record<string, HParamValue | null | undefined>>,
    options: HParamsOptions = {},
  ): void {
    this.destination().hparams.add(hparams, options);
  }

  /** Logs how a run with hyperparameters ended, once, at its end; a run without it has the status unknown. */
  endHParams(status: HParamsStatus, options: HParamsEndOptions = {}): void {
    this.destination().hparams.end(status, options);
  }

  /** Logs the columns of the table of hyperparameters for all runs, for a sweep that is planned in one place. */
  addHParamsExperiment(columns: HParamsColumns, options: HParamsEndOptions = {}): void {
    this.destination().hparams.addExperiment(columns, options);
  }

  /**
   * Logs points in space, `[x, y, z]` each, with `faces` a mesh; or a list of several. How many, and whether with faces and colours, is the same at
   * every step. Of the steps TensorBoard's Python loader keeps 10. After torch's `add_mesh(tag, vertices, colors, faces, config_dict, global_step)`.
   */
  addMesh(tag: Tag, vertices: ArrayInput, step: number, options: MeshOptions = {}): void {
    const to = this.destination(tag);
    addMesh(to.sink, to.tag, vertices, step, described(to, options));
  }

  /** Logs an array of any shape, for programs that read the file: no dashboard shows it. After torch's `add_tensor`. */
  addTensor(tag: Tag, values: ArrayInput, step: number, options: TensorOptions = {}): void {
    const to = this.destination(tag);
    addTensor(to.sink, to.tag, values, step, described(to, options));
  }

  /** Logs values as they are, under their own whole tags, for a plugin of one's own: one, or several of one event. */
  addSummary(
    value: SummaryValue | readonly SummaryValue[],
    step: number,
    options: SummaryOptions = {},
  ): void {
    addSummary(this.destination().sink, value, step, options);
  }
}

function described<Options extends DashboardOptions>(
  { description }: Destination,
  options: Options,
): Options {
  checkOptions(options);
  return { ...description, ...options };
}
