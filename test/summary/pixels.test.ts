// Pictures of every kind that programs have, as bytes.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { toPixels, withChannels, type PixelOptions } from "../../src/summary/pixels.js";

type Input = Parameters<typeof toPixels>[0];

const pixels = (input: unknown, options: PixelOptions = {}) => {
  const { data, ...size } = toPixels(input as Input, options, "image");
  return { ...size, data: [...data] };
};

describe("numbers as bytes", () => {
  // The values of torch 2.15 and numpy 2.4: (np.asarray(x, np.float32) * 255).clip(0, 255).astype(np.uint8).
  it.each([
    [0, 0],
    [1, 255],
    [0.5, 127],
    [0.999, 254],
    [1 / 255, 1],
    [254 / 255, 254],
    [-0.1, 0],
    [1.5, 255],
    [Infinity, 255],
    [-Infinity, 0],
    [Number.NaN, 0],
  ])("%d of a number, a Float32Array or a Float64Array is %d", (value, byte) => {
    const expected = { width: 1, height: 1, channels: 1, data: [byte] };
    expect(pixels([[value]], { format: "HW" })).toEqual(expected);
    expect(pixels({ data: Float32Array.of(value), width: 1, height: 1 })).toEqual(expected);
    expect(pixels({ data: Float64Array.of(value), shape: [1, 1] }, { format: "HW" })).toEqual(expected);
    expect(pixels({ data: [value], shape: [1, 1, 1] })).toEqual(expected);
  });

  it("divided by 255 and back is every byte", () => {
    const all = Array.from({ length: 256 }, (_, i) => i);
    expect(pixels([all.map((byte) => byte / 255)], { format: "HW" }).data).toEqual(all);
    expect(pixels([Float32Array.from(all, (byte) => byte / 255)], { format: "HW" }).data).toEqual(all);
  });

  it.each([
    ["Uint8Array", Uint8Array.of(0, 1, 200)],
    ["Uint8ClampedArray", Uint8ClampedArray.of(0, 1, 200)],
    ["Buffer", Buffer.from([0, 1, 200])],
    ["Int32Array", Int32Array.of(-5, 1, 200)],
    ["Uint16Array", Uint16Array.of(0, 1, 200)],
  ])("of a %s they are themselves, flat or nested", (_, row) => {
    expect(pixels([row], { format: "HW" }).data).toEqual([0, 1, 200]);
    expect(pixels([[row], [row]], { format: "CHW" }).data).toEqual([0, 0, 1, 1, 200, 200]);
    expect(pixels({ data: row, shape: [1, 3] }, { format: "HW" }).data).toEqual([0, 1, 200]);
    expect(pixels({ data: row, width: 3, height: 1 }).data).toEqual([0, 1, 200]);
    expect(pixels({ data: row, width: 1, height: 1 }).channels).toBe(3);
  });

  it("are 64-bit integers too, and those beyond a byte are cut", () => {
    expect(pixels([BigInt64Array.of(-1n, 7n, 256n)], { format: "HW" }).data).toEqual([0, 7, 255]);
    expect(pixels([Int16Array.of(-300, 300)], { format: "HW" }).data).toEqual([0, 255]);
  });

  it("have the range that is said", () => {
    expect(pixels([[0, 127.9, 300]], { format: "HW", range: 255 }).data).toEqual([0, 127, 255]);
    expect(pixels([Uint8Array.of(0, 1, 2)], { format: "HW", range: 1 }).data).toEqual([0, 255, 255]);
  });

  it("do not change the input", () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    expect(pixels({ data, shape: [2, 1, 2] }).data).toEqual([1, 3, 2, 4]);
    expect([...data]).toEqual([1, 2, 3, 4]);
  });
});

describe("shapes", () => {
  const red = { width: 3, height: 2, channels: 3 };
  // Channel c at row y and column x is 100 c + 10 y + x.
  const data = [0, 100, 200, 1, 101, 201, 2, 102, 202, 10, 110, 210, 11, 111, 211, 12, 112, 212];

  it("are CHW unless said, and HWC", () => {
    const at = (c: number, y: number, x: number) => 100 * c + 10 * y + x;
    const range = 255;
    const chw = [0, 1, 2].map((c) => [0, 1].map((y) => [0, 1, 2].map((x) => at(c, y, x))));
    const hwc = [0, 1].map((y) => [0, 1, 2].map((x) => [0, 1, 2].map((c) => at(c, y, x))));
    expect(pixels(chw, { range })).toEqual({ ...red, data });
    expect(pixels(chw, { range, format: "CHW" })).toEqual({ ...red, data });
    expect(pixels(hwc, { range, format: "HWC" })).toEqual({ ...red, data });
    expect(pixels({ data: chw.flat(2), shape: [3, 2, 3] }, { range })).toEqual({ ...red, data });
  });

  it("are those of ImageData with its channels side by side", () => {
    expect(pixels({ data: Uint8ClampedArray.from(data), width: 3, height: 2 })).toEqual({ ...red, data });
    expect(
      pixels({ data: new Uint8ClampedArray(24), width: 3, height: 2, colorSpace: "srgb" }),
    ).toMatchObject({
      channels: 4,
    });
    expect(pixels({ data: Uint8Array.of(1, 2), width: 2, height: 1 })).toMatchObject({ channels: 1 });
  });

  const zeros = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
  const picture = (format: string) =>
    `Expected \`image\` to be a picture of the shape ${format}, with 1 to 4 channels and at least one pixel, got `;

  it.each<[string, unknown, PixelOptions, string]>([
    ["five channels", zeros(5, 8, 8), {}, `${picture("CHW")}an array of shape [5, 8, 8]`],
    [
      "channels last, unsaid",
      zeros(8, 9, 3),
      {},
      `${picture("CHW")}an array of shape [8, 9, 3], which fits format: "HWC"`,
    ],
    [
      "channels first, wrongly said",
      zeros(3, 9, 9),
      { format: "HWC" },
      `${picture("HWC")}an array of shape [3, 9, 9], which fits format: "CHW"`,
    ],
    [
      "no channels, unsaid",
      [[1, 2]],
      {},
      `${picture("CHW")}an array of shape [1, 2], which fits format: "HW"`,
    ],
    ["rank 4", zeros(1, 3, 2, 2), {}, `${picture("CHW")}an array of shape [1, 3, 2, 2]`],
    ["no rows", zeros(3, 0, 2), {}, `${picture("CHW")}an array of shape [3, 0, 2]`],
    ["one number", 1, {}, `${picture("CHW")}a single number`],
    ["nothing", [], {}, `${picture("CHW")}an array of shape [0]`],
    ["rows of different lengths", [[[1, 2], [3]]], {}, "Expected `image[0][1]` to be an array of 2"],
    ["text", "image.png", {}, "Expected `image` to be a number, or numbers in an array, got"],
    [
      "a format that is none",
      zeros(3, 1, 1),
      { format: "CWH" as "CHW" },
      'Expected `format` to be "CHW", "HWC" or "HW", got "CWH"',
    ],
    ["a range that is none", zeros(3, 1, 1), { range: 2 as 1 }, "Expected `range` to be 1 or 255, got 2"],
    [
      "ImageData of too few bytes",
      { data: new Uint8Array(5), width: 2, height: 1 },
      {},
      "Expected `image.data` to be 2 x 1 pixels of 1 to 4 channels, got 5 numbers",
    ],
    [
      "ImageData of a width that is none",
      { data: new Uint8Array(5), width: 0, height: 1 },
      {},
      "Expected `image.width` to be a number of pixels of at least 1, got 0",
    ],
    [
      "ImageData of a plain array",
      { data: [1, 2], width: 1, height: 2 },
      {},
      "Expected `image.data` to be a typed array, got an array",
    ],
  ])("are refused: %s", (_, input, options, message) => {
    expect(() => pixels(input, options)).toThrow(ArgumentError);
    expect(() => pixels(input, options)).toThrow(message);
  });
});

describe("withChannels", () => {
  const of = (channels: number, ...data: number[]) => ({
    width: data.length / channels,
    height: 1,
    channels,
    data: Uint8Array.from(data),
  });

  it.each([
    [of(1, 5, 6), of(3, 5, 5, 5, 6, 6, 6)],
    [of(1, 5), of(4, 5, 5, 5, 255)],
    [of(2, 5, 99), of(4, 5, 5, 5, 99)],
    [of(3, 1, 2, 3), of(4, 1, 2, 3, 255)],
    [of(4, 1, 2, 3, 99), of(4, 1, 2, 3, 99)],
  ])("makes colour of grey and adds opacity", (from, to) => {
    expect(withChannels(from, to.channels)).toEqual(to);
  });
});
