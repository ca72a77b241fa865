// The picture of all points' pictures.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { encodePng } from "../../src/summary/png.js";
import {
  encodeSprite,
  spriteExtension,
  type LabelImages,
  type SpriteOptions,
} from "../../src/summary/sprite.js";
import { errorOf } from "../helpers/errors.js";
import { decodePictures } from "../helpers/pillow.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";

/** A grey picture of one brightness. */
const grey = (width: number, height: number, value: number) => ({
  width,
  height,
  data: new Uint8Array(width * height).fill(value),
});

describeWithPython("encodeSprite, as Pillow reads it", () => {
  const tempDir = useTempDir("sprite");
  const read = async (images: LabelImages, points: number, options?: SpriteOptions) => {
    const { sprite, width, height } = encodeSprite(images, points, options);
    const [picture] = await decodePictures(tempDir(), [sprite]);
    return { picture: picture!, width, height };
  };

  it("lays the pictures out row by row, in as many rows as there are in a row", async () => {
    const images = [10, 20, 30, 40, 50].map((value) => grey(2, 1, value));
    const { picture, width, height } = await read(images, 5);
    expect([width, height]).toEqual([2, 1]);
    expect(picture).toMatchObject({ format: "PNG", mode: "L", width: 6, height: 3 });
    const row = (...values: number[]): string =>
      values.map((value) => value.toString(16).padStart(2, "0").repeat(2)).join("");
    expect(picture.frames[0]!.data).toBe(row(10, 20, 30) + row(40, 50, 0) + row(0, 0, 0));
  });

  it("takes an array in torch's order, and in others", async () => {
    // Two points, red and half blue, of 1 x 1.
    const channels = { shape: [2, 3, 1, 1], data: Float32Array.of(1, 0, 0, 0, 0, 0.5) };
    const red = { mode: "RGB", width: 2, height: 2, frames: [{ data: "ff000000007f".padEnd(24, "0") }] };
    expect((await read(channels, 2)).picture).toMatchObject(red);
    const last = { shape: [2, 1, 1, 3], data: channels.data };
    expect((await read(last, 2, { format: "NHWC" })).picture).toMatchObject(red);
    const flat = { shape: [2, 1, 1], data: Uint8Array.of(1, 200) };
    expect((await read(flat, 2, { format: "NHW" })).picture).toMatchObject({
      mode: "L",
      frames: [{ data: "01c80000" }],
    });
    const bytes = { shape: [1, 1, 1], data: [200] };
    expect((await read(bytes, 1, { format: "NHW", range: 255 })).picture.frames[0]!.data).toBe("c8");
  });
});

describe("encodeSprite", () => {
  const file = (width: number, height: number) =>
    encodePng({ width, height, channels: 1, data: new Uint8Array(width * height) });

  it("takes a file that has all, as it is", () => {
    const sprite = { sprite: file(4, 4), width: 2, height: 2 };
    expect(encodeSprite(sprite, 3)).toEqual(sprite);
    expect(spriteExtension(sprite)).toBe("png");
    expect(spriteExtension({ ...sprite, sprite: Buffer.from("GIF89a\x04\0\x04\0", "latin1") })).toBe("gif");
    const jpeg = Buffer.from("ffd8ffc000110800040004030122000211010311 01".replaceAll(" ", ""), "hex");
    expect(spriteExtension({ ...sprite, sprite: jpeg })).toBe("jpg");
  });

  it("takes what just fits", () => {
    const images = Array.from({ length: 4 }, () => grey(4096, 1, 0));
    expect(encodeSprite(images, 4)).toMatchObject({ width: 4096, height: 1 });
  });

  it.each<[string, unknown, object, string]>([
    [
      "fewer pictures than points",
      [grey(1, 1, 0)],
      {},
      "Expected `labelImages` to be a picture for each of 2 points, got 1",
    ],
    [
      "pictures of two sizes",
      [grey(1, 1, 0), grey(2, 1, 0)],
      {},
      "Expected `labelImages[1]` to be 1 x 1 pixels, as the first, got 2 x 1",
    ],
    [
      "pictures that would be too large",
      [grey(4097, 1, 0), grey(4097, 1, 0)],
      {},
      "Expected `labelImages` to be 2 pictures that fit into 8192 x 8192 pixels, got pictures of 4097 x 1",
    ],
    [
      "an array of another rank",
      { shape: [2, 2], data: [1, 2, 3, 4] },
      {},
      "Expected `labelImages` to be an array of the shape NCHW, or a list of pictures, got an array of shape [2, 2]",
    ],
    [
      "another format",
      [grey(1, 1, 0)],
      { format: "CHWN" },
      'Expected `format` to be "NCHW", "NHWC" or "NHW", got "CHWN" (string)',
    ],
    [
      "a file that is no picture",
      { sprite: new Uint8Array(9), width: 1, height: 1 },
      {},
      "Expected `labelImages.sprite` to be the bytes of a PNG, JPEG or GIF file, got an object (Uint8Array)",
    ],
    [
      "no file",
      { sprite: "x", width: 1, height: 1 },
      {},
      'Expected `labelImages.sprite` to be the bytes of a PNG, JPEG or GIF file, got "x" (string)',
    ],
    [
      "a file with fewer pictures than points",
      { sprite: file(4, 4), width: 4, height: 4 },
      {},
      "Expected `labelImages.sprite` to be a file with 2 pictures of 4 x 4 pixels, got 4 x 4",
    ],
    [
      "a file with more pictures in a row than rows, of which the projector shows the wrong ones",
      { sprite: file(3, 2), width: 1, height: 1 },
      {},
      "Expected `labelImages.sprite` to be a file with as many rows of pictures as there are in a row, got 2 of 3",
    ],
    [
      "a width that is no part of the file's",
      { sprite: file(4, 4), width: 3, height: 4 },
      {},
      "Expected `labelImages.width` to be a part of the file's width, 4, got 3 (number)",
    ],
    [
      "a height that is missing",
      { sprite: file(4, 4), width: 4 },
      {},
      "Expected `labelImages.height` to be a part of the file's height, 4, got undefined",
    ],
    [
      "a file that is too large",
      { sprite: file(8193, 1), width: 1, height: 1 },
      {},
      "Expected `labelImages` to be 2 pictures that fit into 8192 x 8192 pixels, got 8193 x 1",
    ],
  ])("refuses %s", (_, images, options, message) => {
    expect(errorOf(ArgumentError, () => encodeSprite(images as LabelImages, 2, options)).message).toBe(
      message,
    );
  });
});
