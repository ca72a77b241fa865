// Images, encode and decode (tensorboard/plugins/image/metadata.py, images_plugin.py).

import { ArgumentError } from "../errors.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import { DataType } from "../wire/tensor.js";
import type { ArrayInput } from "./arrays.js";
import { readImageHeader } from "./image-header.js";
import { toPixels, type ImageDataLike, type PixelOptions } from "./pixels.js";
import { encodePng } from "./png.js";
import type { TagDescription } from "./scalar.js";
import { isOfPlugin, tagMetadata } from "./tag-metadata.js";

const PLUGIN = "images";

/** A picture as a file's bytes: PNG, JPEG or GIF. */
export interface EncodedImage {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly encoded: Uint8Array;
}

/**
 * A picture: numbers in nested arrays or with a shape; something like a canvas's `ImageData`; or the bytes of a PNG, JPEG or GIF file.
 */
export type ImageInput = ArrayInput | ImageDataLike | ArrayBuffer;

/** The pictures that one value shows at one step. */
export interface ImageValue {
  /** Of the first picture, in pixels. */
  readonly width: number;
  /** Of the first picture, in pixels. */
  readonly height: number;
  /** Each is a file's bytes: PNG, JPEG, GIF or what else the program wrote. */
  readonly images: readonly Uint8Array[];
}

/**
 * Pictures of one tag and one step as a summary value: TensorBoard shows one and has a slider for the others. How many there are may
 * differ from step to step.
 *
 * Throws an `ArgumentError` when there is none.
 */
export function encodeImage(
  tag: string,
  images: readonly EncodedImage[],
  description?: TagDescription,
): SummaryValue {
  const [first] = images;
  if (first === undefined) throw new ArgumentError("images", "at least one picture", images);
  const text = (size: number): Uint8Array => Buffer.from(String(size));
  return {
    tag,
    metadata: tagMetadata(PLUGIN, DataClass.BLOB_SEQUENCE, description),
    tensor: {
      dtype: DataType.STRING,
      shape: [2 + images.length],
      stringVal: [text(first.width), text(first.height), ...images.map(({ encoded }) => encoded)],
    },
  };
}

/**
 * The pictures of a value in either of its forms: a list of strings, width and height first, or one picture in the old form.
 * `metadata` are those of the tag's first value, for one that has none. `undefined` for everything else.
 */
export function decodeImage(value: SummaryValue, metadata?: SummaryMetadata): ImageValue | undefined {
  if (value.image !== undefined) {
    const { width, height, encoded } = value.image;
    return { width, height, images: [encoded] };
  }
  if (!isOfPlugin(value, PLUGIN, metadata)) return undefined;
  const { tensor } = value;
  if (tensor?.dtype !== DataType.STRING || tensor.shape.length !== 1) return undefined;
  const [width, height, ...images] = tensor.stringVal ?? [];
  const size = [width, height].map(toSize);
  if (size[0] === undefined || size[1] === undefined) return undefined;
  return { width: size[0], height: size[1], images };
}

function toSize(text: Uint8Array | undefined): number | undefined {
  if (text === undefined || text.length > 10) return undefined;
  const digits = Buffer.from(text).toString("latin1");
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

/**
 * The bytes of a file as they are, with their size; pixels as a PNG file. `argument` is the picture's name in the errors.
 *
 * Throws an `ArgumentError` for bytes of another format, and for what is no picture.
 */
export function toEncodedImage(input: ImageInput, options: PixelOptions, argument: string): EncodedImage {
  const encoded = fileBytes(input);
  if (encoded === undefined) {
    const pixels = toPixels(input as Exclude<ImageInput, ArrayBuffer>, options, argument);
    return { width: pixels.width, height: pixels.height, encoded: encodePng(pixels) };
  }
  const header = readImageHeader(encoded);
  if (header === undefined) {
    const expected =
      "the bytes of a PNG, JPEG or GIF file, or pixels as { data, width, height } or { data, shape }";
    throw new ArgumentError(argument, expected, input, `${encoded.length} other bytes`);
  }
  return { width: header.width, height: header.height, encoded };
}

/** A list of bytes without a shape can only be a file. */
export function fileBytes(input: ImageInput): Uint8Array | undefined {
  if (input instanceof Uint8Array) return input;
  return input instanceof ArrayBuffer ? new Uint8Array(input) : undefined;
}
