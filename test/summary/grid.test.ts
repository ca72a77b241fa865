// Several pictures as one.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { makeGrid, type GridOptions } from "../../src/summary/grid.js";
import type { Pixels } from "../../src/summary/pixels.js";

/** Two pixels beside each other, grey. */
const pair = (left: number, right: number): Pixels => ({
  width: 2,
  height: 1,
  channels: 1,
  data: Uint8Array.of(left, right),
});
const rows = ({ width, channels, data }: Pixels): number[][] =>
  Array.from({ length: data.length / (width * channels) }, (_, row) => [
    ...data.subarray(row * width * channels, (row + 1) * width * channels),
  ]);
const three = [pair(1, 2), pair(3, 4), pair(5, 6)];

describe("makeGrid", () => {
  it("lays out eight in a row, and leaves black what is left over", () => {
    expect(rows(makeGrid(three))).toEqual([[1, 2, 3, 4, 5, 6]]);
    const nine = Array.from({ length: 9 }, (_, i) => pair(i + 1, 0));
    expect(rows(makeGrid(nine))).toEqual([
      [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0],
      [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it("takes as many columns and as much padding as is said", () => {
    expect(rows(makeGrid(three, { columns: 2, padding: 1 }))).toEqual([
      [0, 0, 0, 0, 0, 0, 0],
      [0, 1, 2, 0, 3, 4, 0],
      [0, 0, 0, 0, 0, 0, 0],
      [0, 5, 6, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ]);
    expect(rows(makeGrid(three, { columns: 1 }))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it("makes channels equal: colour for grey, opaque for no alpha, and opaque black between", () => {
    const one = (channels: number, ...data: number[]): Pixels => ({
      width: 1,
      height: 1,
      channels,
      data: Uint8Array.from(data),
    });
    expect(rows(makeGrid([one(1, 9), one(3, 1, 2, 3)]))).toEqual([[9, 9, 9, 1, 2, 3]]);
    expect(rows(makeGrid([one(2, 9, 50), one(3, 1, 2, 3), one(1, 7)], { columns: 2 }))).toEqual([
      [9, 9, 9, 50, 1, 2, 3, 255],
      [7, 7, 7, 255, 0, 0, 0, 255],
    ]);
    expect(rows(makeGrid([one(2, 9, 50), one(2, 8, 60)]))).toEqual([[9, 50, 8, 60]]);
  });

  it.each<[string, Pixels[], GridOptions, string]>([
    ["no picture", [], {}, "Expected `images` to be at least one picture, got an array"],
    [
      "pictures of two sizes",
      [pair(1, 2), { ...pair(1, 2), width: 1, height: 2 }],
      {},
      "Expected `images[1]` to be 2 x 1 pixels as the first, for a grid, got 1 x 2",
    ],
    ["no column", three, { columns: 0 }, "Expected `grid.columns` to be a whole number of at least 1, got 0"],
    [
      "half a pixel",
      three,
      { padding: 0.5 },
      "Expected `grid.padding` to be a whole number of pixels from 0",
    ],
  ])("refuses %s", (_, images, options, message) => {
    expect(() => makeGrid(images, options)).toThrow(ArgumentError);
    expect(() => makeGrid(images, options)).toThrow(message);
  });
});
