// One picture with the pictures of all points of an embedding, in a square, from which the projector cuts them.

import { ArgumentError } from "../errors.js";
import { describeShape, sizeOf, toArray, type ArrayInput } from "./arrays.js";
import { makeGrid } from "./grid.js";
import { readImageHeader } from "./image-header.js";
import {
  pixelsOfArray,
  rangeOf,
  toPixels,
  type ImageDataLike,
  type PixelFormat,
  type PixelRange,
  type Pixels,
} from "./pixels.js";
import { encodePng } from "./png.js";

/** Such a picture as a file, with the size of each picture in it, in pixels. */
export interface EncodedSprite {
  /** A PNG, JPEG or GIF file. */
  readonly sprite: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * A picture for each point, all of one size: an array of `format`, a list of pictures, or one file that has all, row by row, with as many
 * rows as there are in a row.
 */
export type LabelImages = ArrayInput | readonly (ArrayInput | ImageDataLike)[] | EncodedSprite;

/** How the numbers of the pictures are read. */
export interface SpriteOptions {
  /** Of an array, and without the N of each in a list; `NCHW` unless given. */
  readonly format?: "NCHW" | "NHWC" | "NHW";
  /** What full brightness is; 255 for integer typed arrays, 1 for others, unless given. */
  readonly range?: PixelRange;
}

/** The side up to which the projector loads a picture, in pixels. */
export const MAX_SPRITE = 8192;

/**
 * The file of all pictures. Throws an `ArgumentError` unless there is one for each of `points`, all of one size, and the file not too
 * large.
 */
export function encodeSprite(
  images: LabelImages,
  points: number,
  options: SpriteOptions = {},
): EncodedSprite {
  const sprite = isEncoded(images) ? images : draw(images, points, options);
  const { width, height } = sprite;
  const header = sprite.sprite instanceof Uint8Array ? readImageHeader(sprite.sprite) : undefined;
  if (header === undefined) {
    throw new ArgumentError("labelImages.sprite", "the bytes of a PNG, JPEG or GIF file", sprite.sprite);
  }
  for (const [side, size] of Object.entries({ width, height })) {
    const all = header[side as "width" | "height"];
    if (Number.isSafeInteger(size) && size > 0 && all % size === 0) continue;
    throw new ArgumentError(`labelImages.${side}`, `a part of the file's ${side}, ${all}`, size);
  }
  const got = `${header.width} x ${header.height}`;
  if (header.width > MAX_SPRITE || header.height > MAX_SPRITE) {
    const expected = `${points} pictures that fit into ${MAX_SPRITE} x ${MAX_SPRITE} pixels`;
    throw new ArgumentError("labelImages", expected, images, got);
  }
  // The projector divides the number of a point by that of the rows, where that of the columns is meant.
  if (header.width / width !== header.height / height) {
    const expected = "a file with as many rows of pictures as there are in a row";
    const rows = `${header.height / height} of ${header.width / width}`;
    throw new ArgumentError("labelImages.sprite", expected, sprite.sprite, rows);
  }
  if ((header.width / width) * (header.height / height) < points) {
    const expected = `a file with ${points} pictures of ${width} x ${height} pixels`;
    throw new ArgumentError("labelImages.sprite", expected, sprite.sprite, got);
  }
  return sprite;
}

/** The extension of the file's name. */
export function spriteExtension({ sprite }: EncodedSprite): string {
  const format = readImageHeader(sprite)?.format ?? "png";
  return format === "jpeg" ? "jpg" : format;
}

function isEncoded(images: LabelImages): images is EncodedSprite {
  return typeof images === "object" && images !== null && "sprite" in images;
}

function draw(
  images: Exclude<LabelImages, EncodedSprite>,
  points: number,
  options: SpriteOptions,
): EncodedSprite {
  const { format = "NCHW" } = options;
  if (format !== "NCHW" && format !== "NHWC" && format !== "NHW") {
    throw new ArgumentError("format", '"NCHW", "NHWC" or "NHW"', format);
  }
  const pictures = picturesOf(images, format, options.range);
  if (pictures.length !== points) {
    throw new ArgumentError(
      "labelImages",
      `a picture for each of ${points} points`,
      images,
      `${pictures.length}`,
    );
  }
  const [{ width, height }] = pictures as [Pixels];
  const other = pictures.findIndex((each) => each.width !== width || each.height !== height);
  if (other >= 0) {
    const got = `${pictures[other]!.width} x ${pictures[other]!.height}`;
    const expected = `${width} x ${height} pixels, as the first`;
    throw new ArgumentError(`labelImages[${other}]`, expected, images, got);
  }
  const columns = Math.ceil(Math.sqrt(points));
  // Before the memory is taken that it needs.
  if (columns * Math.max(width, height) > MAX_SPRITE) {
    const expected = `${points} pictures that fit into ${MAX_SPRITE} x ${MAX_SPRITE} pixels`;
    throw new ArgumentError("labelImages", expected, images, `pictures of ${width} x ${height}`);
  }
  const { channels } = pictures[0]!;
  const blank = { width, height, channels, data: new Uint8Array(width * height * channels) };
  const square = Array.from({ length: columns ** 2 }, (_, i) => pictures[i] ?? blank);
  return { sprite: encodePng(makeGrid(square, { columns })), width, height };
}

function picturesOf(
  images: Exclude<LabelImages, EncodedSprite>,
  format: string,
  range: PixelRange | undefined,
): Pixels[] {
  const options = { format: format.slice(1) as PixelFormat, ...(range !== undefined && { range }) };
  if (Array.isArray(images)) {
    return (images as readonly (ArrayInput | ImageDataLike)[]).map((image, i) =>
      toPixels(image, options, `labelImages[${i}]`),
    );
  }
  const { shape, data } = toArray(images as ArrayInput, "labelImages");
  if (shape.length !== format.length) {
    const expected = `an array of the shape ${format}, or a list of pictures`;
    throw new ArgumentError("labelImages", expected, images, describeShape(shape));
  }
  const [count = 0, ...each] = shape;
  const size = sizeOf(each);
  const found = { ...options, range: range ?? rangeOf(images) };
  return Array.from({ length: count }, (_, i) =>
    pixelsOfArray({ shape: each, data: data.subarray(i * size, (i + 1) * size) }, found, `labelImages[${i}]`),
  );
}
