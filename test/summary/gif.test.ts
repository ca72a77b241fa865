// Animations, judged by Pillow.
import { beforeAll, describe, expect, it } from "vitest";
import { encodeGif } from "../../src/summary/gif.js";
import { indexColors } from "../../src/summary/palette.js";
import type { Pixels } from "../../src/summary/pixels.js";
import { hex } from "../helpers/bytes.js";
import { decodePictures, type Picture } from "../helpers/pillow.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";

type Draw = (x: number, y: number, channel: number, time: number) => number;

function draw(width: number, height: number, channels: number, count: number, value: Draw): Pixels[] {
  return Array.from({ length: count }, (_, time) => {
    const data = new Uint8Array(width * height * channels);
    for (let i = 0; i < data.length; i++) {
      const pixel = Math.floor(i / channels);
      data[i] = value(pixel % width, Math.floor(pixel / width), i % channels, time);
    }
    return { width, height, channels, data };
  });
}

const primary = draw(8, 6, 3, 3, (_x, _y, c, time) => (c === time ? 255 : 0));
const grey = draw(16, 16, 1, 2, (x, y, _c, time) => (time === 0 ? y * 16 + x : 255 - y * 16 - x));
const clear = draw(1, 1, 4, 1, (_x, _y, c) => [200, 100, 0, 51][c]!);
const many = draw(
  40,
  30,
  3,
  4,
  (x, y, c, time) => 128 + 60 * Math.sin(x / 9 + c + time / 3) + 60 * Math.cos(y / 7 + c),
);

describe("indexColors", () => {
  it("keeps the colours of pictures that have at most 256 together, in the order they come", () => {
    const red = Uint8Array.of(255, 0, 0, 1, 2, 3);
    const other = Uint8Array.of(1, 2, 3, 1, 2, 4, 255, 0, 0);
    expect(indexColors([red, other])).toEqual({
      palette: [
        [255, 0, 0],
        [1, 2, 3],
        [1, 2, 4],
      ],
      pictures: [Uint8Array.of(0, 1), Uint8Array.of(1, 2, 0)],
    });
    const all = Uint8Array.from({ length: 768 }, (_, i) => (i % 3 === 0 ? i / 3 : 7));
    expect(indexColors([all]).pictures[0]).toEqual(Uint8Array.from({ length: 256 }, (_, i) => i));
  });

  it("chooses 256 of more, one palette for all pictures, each colour near to one of them", () => {
    const { palette, pictures } = indexColors(many.map(({ data }) => data));
    expect(palette.length).toBe(256);
    const distances = many.flatMap(({ data }, time) =>
      Array.from(data, (value, i) => Math.abs(value - palette[pictures[time]![Math.floor(i / 3)]!]![i % 3]!)),
    );
    const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
    expect(mean).toBeLessThan(4);
    expect(Math.max(...distances)).toBeLessThan(40);
  });

  it("gives rare colours a place when they are far from the others", () => {
    const data = new Uint8Array(3 * 10_000);
    // A cube of 20 x 20 x 20 dark greens, and one red pixel.
    for (let i = 0; i < 9999; i++)
      data.set([i % 20, 100 + (Math.floor(i / 20) % 20), Math.floor(i / 400) % 20], 3 * i);
    data.set([255, 0, 0], 3 * 9999);
    const { palette, pictures } = indexColors([data]);
    expect(palette[pictures[0]![9999]!]).toEqual([255, 0, 0]);
  });

  it("takes similar colours as one when there are 257", () => {
    const data = new Uint8Array(3 * 257);
    for (let i = 0; i < 257; i++) data.set([i % 256, i >> 8, 0], 3 * i);
    const { palette, pictures } = indexColors([data]);
    expect(palette.length).toBeLessThanOrEqual(33);
    expect(pictures[0]![0]).toBe(pictures[0]![7]);
    expect(pictures[0]![0]).not.toBe(pictures[0]![8]);
  });
});

describeWithPython("Pillow", () => {
  const tempDir = useTempDir("gif");
  const files = [
    encodeGif(primary, 4),
    encodeGif(grey, 10),
    encodeGif(clear, 1),
    encodeGif(many, 30),
    encodeGif(
      draw(1, 1, 3, 2, (_x, _y, _c, time) => time),
      0.01,
    ),
    encodeGif(
      draw(300, 200, 3, 2, (x, y, c, time) => (x * 7 + y * 13 + c * 29 + time) % 5),
      50,
    ),
  ];
  let read: Picture[];
  beforeAll(async () => {
    read = await decodePictures(tempDir(), files);
  });

  it("reads few colours as they were, played for ever", () => {
    const [{ frames, ...rest }] = read as [Picture];
    expect(rest).toEqual({ format: "GIF", mode: "RGB", width: 8, height: 6, loop: 0 });
    expect(frames).toEqual(primary.map(({ data }) => ({ data: hex(data), milliseconds: 250 })));
  });

  it("reads all 256 greys as they were", () => {
    expect(read[1]!.frames.map(({ data }) => data)).toEqual(
      grey.map(({ data }) => hex(data).replaceAll(/../g, "$&$&$&")),
    );
  });

  it("reads what is not opaque on white", () => {
    // 20 % of 200, 100, 0 and 80 % of white.
    expect(read[2]!.frames[0]!.data).toBe("f4e0cc");
  });

  it("reads many colours about as they were", () => {
    const { frames } = read[3]!;
    expect(frames.length).toBe(4);
    const distances = many.flatMap(({ data }, time) => {
      const seen = Buffer.from(frames[time]!.data, "hex");
      return Array.from(data, (value, i) => Math.abs(value - seen[i]!));
    });
    expect(distances.reduce((sum, distance) => sum + distance, 0) / distances.length).toBeLessThan(4);
  });

  it("reads times that add up to the length of the video", () => {
    const times = ({ frames }: Picture): (number | undefined)[] =>
      frames.map(({ milliseconds }) => milliseconds);
    expect(times(read[1]!)).toEqual([100, 100]);
    // Thirds of a tenth of a second, in hundredths.
    expect(times(read[3]!)).toEqual([30, 40, 30, 30]);
    expect(times(read[4]!)).toEqual([100_000, 100_000]);
    expect(times(read[5]!)).toEqual([20, 20]);
  });

  it("reads large frames of few colours", () => {
    const pixel = (i: number, time: number): number => {
      const at = Math.floor(i / 3);
      return ((at % 300) * 7 + Math.floor(at / 300) * 13 + (i % 3) * 29 + time) % 5;
    };
    for (const time of [0, 1]) {
      expect(read[5]!.frames[time]!.data).toBe(
        hex(Uint8Array.from({ length: 180_000 }, (_, i) => pixel(i, time))),
      );
    }
  });
});
