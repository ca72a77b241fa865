// Logging pictures: one, several, one with boxes.

import { ArgumentError } from "../../errors.js";
import type { EventSink } from "../../events/event-sink.js";
import { describeShape, toArray, type ArrayInput } from "../arrays.js";
import { drawBoxes, toBoxes } from "../boxes.js";
import { checkRecord, checkText } from "../checks.js";
import { makeGrid, type GridOptions } from "../grid.js";
import { encodeImage, fileBytes, toEncodedImage, type EncodedImage, type ImageInput } from "../image.js";
import {
  pixelsOfArray,
  rangeOf,
  toPixels,
  type ImageDataLike,
  type PixelFormat,
  type PixelOptions,
  type Pixels,
} from "../pixels.js";
import { encodePng } from "../png.js";
import { slices } from "../slices.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/** Options of `addImage`. */
export interface ImageOptions extends DashboardOptions, PixelOptions {}

/** Where the number of pictures, height, width and channels stand in the shape of an array. */
export type ImagesFormat = "NCHW" | "NHWC" | "NHW";

/** Options of `addImages`. */
export interface ImagesOptions extends DashboardOptions, Omit<PixelOptions, "format"> {
  /** Of an array of all pictures, and without the N of each in a list; `NCHW` unless given. */
  readonly format?: ImagesFormat;
  /** Lays all out in one picture, as torch does, 8 in a row; the pictures must have one size. */
  readonly grid?: boolean | GridOptions;
}

/** Options of `addImageWithBoxes`. */
export interface ImageWithBoxesOptions extends ImageOptions {
  /** A text for each box; "" for none. ASCII is drawn, accents are left out, every other character is a frame. */
  readonly labels?: readonly string[];
}

/** Several pictures: one array of rank 4 (3 for `NHW`), or a list of pictures, whose sizes may differ. */
export type ImagesInput = ArrayInput | readonly ImageInput[];

/**
 * Logs one picture: numbers from 0 to 1, or bytes from 0 to 255 in a typed array of integers, of the shape `format` with 1 to 4
 * channels; something like a canvas's `ImageData`; or the bytes of a PNG, JPEG or GIF file, which are kept as they are. TensorBoard keeps
 * 10 steps of a tag, unless it is started with `--samples_per_plugin images=100`. After torch's `add_image(tag, img_tensor, global_step)`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addImage(
  sink: EventSink,
  tag: string,
  image: ImageInput,
  step: number,
  options: ImageOptions = {},
): void {
  checkCall(tag, step, options);
  writeValues(
    sink,
    [encodeImage(tag, [toEncodedImage(image, options, "image")], options)],
    step,
    options.wallTime,
  );
}

/**
 * Logs several pictures under one tag, which TensorBoard shows one at a time with a slider; or with `grid` as one picture, which is
 * what torch's `add_images(tag, img_tensor, global_step)` does. Otherwise as `addImage`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addImages(
  sink: EventSink,
  tag: string,
  images: ImagesInput,
  step: number,
  options: ImagesOptions = {},
): void {
  checkCall(tag, step, options);
  const { grid = false } = options;
  if (typeof grid !== "boolean")
    checkRecord("grid", grid, "true, false, or an object with columns and padding");
  const encoded = grid === false ? encodeAll(images, options) : [encodeGrid(images, grid, options)];
  writeValues(sink, [encodeImage(tag, encoded, options)], step, options.wallTime);
}

/**
 * Logs one picture with boxes drawn into it, in red: `boxes` are rows of left, top, right, bottom in pixels. Otherwise as `addImage`, but
 * of pixels only, since a file's would have to be decoded. After torch's `add_image_with_boxes(tag, img_tensor, box_tensor, global_step)`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addImageWithBoxes(
  sink: EventSink,
  tag: string,
  image: ImageInput,
  boxes: ArrayInput,
  step: number,
  options: ImageWithBoxesOptions = {},
): void {
  checkCall(tag, step, options);
  const drawn = toBoxes(boxes);
  const { labels } = options;
  if (labels !== undefined) {
    if (!Array.isArray(labels) || labels.length !== drawn.length) {
      const got = Array.isArray(labels) ? `${labels.length}` : undefined;
      throw new ArgumentError(
        "labels",
        `a list of texts, one for each of ${drawn.length} boxes`,
        labels,
        got,
      );
    }
    for (const [i, label] of labels.entries()) checkText(`labels[${i}]`, label);
  }
  const pixels = drawBoxes(onlyPixels(image, options, "image"), drawn, labels);
  writeValues(sink, [encodeImage(tag, [encodePixels(pixels)], options)], step, options.wallTime);
}

function encodeAll(images: ImagesInput, options: ImagesOptions): EncodedImage[] {
  const { each, list } = separate(images, options);
  if (list !== undefined)
    return list.map((image, i) => toEncodedImage(image, pixelOptions(options), `images[${i}]`));
  return each.map(encodePixels);
}

function encodeGrid(images: ImagesInput, grid: true | GridOptions, options: ImagesOptions): EncodedImage {
  const { each, list } = separate(images, options);
  const pixels = list?.map((image, i) => onlyPixels(image, pixelOptions(options), `images[${i}]`)) ?? each;
  return encodePixels(makeGrid(pixels, grid === true ? {} : grid));
}

/** A list is taken one by one, for its members may be of different kinds and sizes; an array is cut along its first dimension. */
function separate(
  images: ImagesInput,
  options: ImagesOptions,
): { readonly list?: readonly ImageInput[]; readonly each: Pixels[] } {
  if (Array.isArray(images)) return { list: images as readonly ImageInput[], each: [] };
  const { format = "NCHW" } = options;
  const array = toArray(images as ArrayInput, "images");
  if (array.shape.length !== format.length) {
    const expected = `an array of the shape ${format}, or a list of pictures`;
    throw new ArgumentError("images", expected, images, describeShape(array.shape));
  }
  const range = options.range ?? rangeOf(images);
  return {
    each: slices(array).map((slice, i) =>
      pixelsOfArray(slice, { ...pixelOptions(options), range }, `images[${i}]`),
    ),
  };
}

function pixelOptions({ format = "NCHW", range }: ImagesOptions): PixelOptions {
  if (format !== "NCHW" && format !== "NHWC" && format !== "NHW")
    throw new ArgumentError("format", '"NCHW", "NHWC" or "NHW"', format);
  return { format: format.slice(1) as PixelFormat, ...(range !== undefined && { range }) };
}

function onlyPixels(image: ImageInput, options: PixelOptions, argument: string): Pixels {
  if (fileBytes(image) !== undefined) {
    const expected = "pixels, in nested arrays or as { data, width, height } or { data, shape }";
    throw new ArgumentError(argument, expected, image, "the bytes of a file");
  }
  return toPixels(image as ArrayInput | ImageDataLike, options, argument);
}

function encodePixels(pixels: Pixels): EncodedImage {
  return { width: pixels.width, height: pixels.height, encoded: encodePng(pixels) };
}
