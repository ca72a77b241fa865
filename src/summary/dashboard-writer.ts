// The calls of a SummaryWriter for the dashboards beside scalars: each is a function of src/summary/dashboards, given the writer's sink.

import type { EventSink } from "../events/event-sink.js";
import type { HParamValue } from "../wire/hparams.js";
import type { ArrayInput } from "./arrays.js";
import type { AddOptions } from "./dashboards/add.js";
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
import type { ImageInput } from "./image.js";
import type { TagDescription } from "./scalar.js";

/** Where such a call goes, and under which tag. */
export interface Destination {
  readonly sink: EventSink;
  /** The run's hyperparameters. */
  readonly hparams: HParamsLog;
  /** The whole tag, checked. */
  readonly tag: string;
  /** What is declared of the tag. */
  readonly description: TagDescription;
}

/** What a `SummaryWriter` logs beside scalars. Every `step` is a safe integer; each call throws an `ArgumentError` or a `WriteError`. */
export abstract class DashboardWriter<Tag extends string = string> {
  /** For the tag of a call; without one for what has none. */
  protected abstract destination(tag?: string): Destination;

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
}

function described<Options extends AddOptions>({ description }: Destination, options: Options): Options {
  return { ...description, ...options };
}
