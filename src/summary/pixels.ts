// Pictures as programs have them, as rows of bytes.

import { ArgumentError } from "../errors.js";
import { describeShape, toArray, type ArrayInput, type NumericArray, type TypedArray } from "./arrays.js";
import { elementType } from "./element-type.js";

/** A picture's bytes, row by row, the channels of a pixel side by side: grey, grey and alpha, RGB, or RGBA. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Where height, width and channels stand in the shape of an array. */
export type PixelFormat = "CHW" | "HWC" | "HW";

/** A picture such as a browser's or a canvas library's `ImageData`: 1 to 4 channels side by side, as many as the length gives. */
export interface ImageDataLike {
  readonly data: TypedArray;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** What stands for full brightness and full opacity. */
export type PixelRange = 1 | 255;

/** How the numbers of a picture are read. */
export interface PixelOptions {
  /** Of arrays with a shape; `CHW` unless given. */
  readonly format?: PixelFormat;
  /**
   * Unless given, 255 for typed arrays of integers, and 1 for all other numbers, as torch tells uint8 from float: a plain array of
   * integers from 0 to 255 needs it. Numbers beyond are cut to it; NaN is 0.
   */
  readonly range?: PixelRange;
}

const MAX_CHANNELS = 4;

/** Whether `input` has `width` and `height` beside its data. */
export function isImageData(input: unknown): input is ImageDataLike {
  return typeof input === "object" && input !== null && "data" in input && "width" in input;
}

/**
 * The bytes of a picture. `argument` is its name in the errors.
 *
 * Throws an `ArgumentError` for a shape that is no picture's, and when it has no pixels.
 */
export function toPixels(input: ArrayInput | ImageDataLike, options: PixelOptions, argument: string): Pixels {
  if (isImageData(input)) return fromImageData(input, options.range, argument);
  return pixelsOfArray(
    toArray(input, argument),
    { ...options, range: options.range ?? rangeOf(input) },
    argument,
  );
}

/** `toPixels` of an array that is flat already. */
export function pixelsOfArray(array: NumericArray, options: PixelOptions, argument: string): Pixels {
  const { format = "CHW", range } = options;
  const { shape } = array;
  if (format !== "CHW" && format !== "HWC" && format !== "HW") {
    throw new ArgumentError("format", '"CHW", "HWC" or "HW"', format);
  }
  const [height, width, channels] = sizes(shape, format);
  if (shape.length !== format.length || !isPicture(height, width, channels)) {
    throw new ArgumentError(
      argument,
      `a picture of the shape ${format}, with 1 to 4 channels and at least one pixel`,
      undefined,
      `${describeShape(shape)}${hint(shape, format)}`,
    );
  }
  const bytes = toBytes(array.data, range);
  const data = format === "CHW" && channels > 1 ? interleave(bytes, channels) : bytes;
  return { width, height, channels, data };
}

/** Pictures with `channels` channels: 3 or 4, grey made RGB, opaque where there is no alpha. */
export function withChannels(pixels: Pixels, channels: number): Pixels {
  if (pixels.channels === channels) return pixels;
  const { width, height } = pixels;
  const source = pixels.data;
  const isGrey = pixels.channels < 3;
  const hasAlpha = pixels.channels % 2 === 0;
  const data = new Uint8Array(width * height * channels);
  for (let from = 0, to = 0; to < data.length; from += pixels.channels, to += channels) {
    data[to] = source[from]!;
    data[to + 1] = source[isGrey ? from : from + 1]!;
    data[to + 2] = source[isGrey ? from : from + 2]!;
    if (channels === 4) data[to + 3] = hasAlpha ? source[from + pixels.channels - 1]! : 255;
  }
  return { width, height, channels, data };
}

function sizes(
  shape: readonly number[],
  format: PixelFormat,
): [height: number, width: number, channels: number] {
  const at = (dimension: string): number => shape[format.indexOf(dimension)] ?? 1;
  return [at("H"), at("W"), format === "HW" ? 1 : at("C")];
}

function isPicture(height: number, width: number, channels: number): boolean {
  return height > 0 && width > 0 && channels > 0 && channels <= MAX_CHANNELS;
}

/** The format that the shape fits, where the one that was said or assumed does not. */
function hint(shape: readonly number[], format: PixelFormat): string {
  const other = (["CHW", "HWC", "HW"] as const).find(
    (candidate) =>
      candidate !== format && shape.length === candidate.length && isPicture(...sizes(shape, candidate)),
  );
  return other === undefined ? "" : `, which fits format: "${other}"`;
}

function fromImageData(input: ImageDataLike, range: PixelRange | undefined, argument: string): Pixels {
  const { width, height, data } = input;
  for (const [name, size] of Object.entries({ width, height })) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new ArgumentError(`${argument}.${name}`, "a number of pixels of at least 1", size);
    }
  }
  if (!ArrayBuffer.isView(data) || data instanceof DataView)
    throw new ArgumentError(`${argument}.data`, "a typed array", data);
  const channels = data.length / (width * height);
  if (!Number.isInteger(channels) || channels < 1 || channels > MAX_CHANNELS) {
    throw new ArgumentError(
      `${argument}.data`,
      `${width} x ${height} pixels of 1 to 4 channels`,
      data,
      `${data.length} numbers`,
    );
  }
  return { width, height, channels, data: toBytes(data, range) };
}

/**
 * Numbers as bytes, in torch's way: a number of 0 to 1 is multiplied by 255 in float32 and its fraction cut off, so that what was made of
 * bytes by dividing becomes the same bytes again.
 */
function toBytes(data: TypedArray, range: PixelRange = rangeOf(data)): Uint8Array {
  if (range !== 1 && range !== 255) throw new ArgumentError("range", "1 or 255", range);
  const scale = 255 / range;
  if (scale === 1 && (data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  }
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < bytes.length; i++) {
    const scaled = Math.fround(Math.fround(data[i]!) * scale);
    // A typed array takes a number modulo 256, without its fraction; NaN as 0.
    bytes[i] = scaled < 0 ? 0 : scaled > 255 ? 255 : scaled;
  }
  return bytes;
}

/** What full brightness is by the type of the numbers, wherever they are nested. */
export function rangeOf(input: unknown): PixelRange {
  return /Int|Uint/.test(elementType(input) ?? "") ? 255 : 1;
}

function interleave(planes: Uint8Array, channels: number): Uint8Array {
  const data = new Uint8Array(planes.length);
  const size = planes.length / channels;
  if (channels === 3) {
    // The common one, written out, which takes half the time.
    for (let pixel = 0, to = 0; pixel < size; pixel++, to += 3) {
      data[to] = planes[pixel]!;
      data[to + 1] = planes[size + pixel]!;
      data[to + 2] = planes[2 * size + pixel]!;
    }
    return data;
  }
  for (let channel = 0, from = 0; channel < channels; channel++) {
    for (let to = channel; to < data.length; to += channels) data[to] = planes[from++]!;
  }
  return data;
}
