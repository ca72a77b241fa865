// The calls that log pictures: what one event has, and what is refused before anything is written.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { MemorySink } from "../../../src/events/memory-sink.js";
import { addImage, addImages, addImageWithBoxes } from "../../../src/summary/dashboards/images.js";
import { decodeImage } from "../../../src/summary/image.js";
import { readImageHeader } from "../../../src/summary/image-header.js";
import { bytes } from "../../helpers/bytes.js";

const GIF = bytes("474946383961 0200 0300 00 00 00");
const grey = [[[0, 0.5]]];
const batch = { data: new Uint8Array(3 * 4 * 5 * 6), shape: [3, 4, 5, 6] };

/** Sizes of the pictures of the one value that `log` writes. */
function logged(log: (sink: MemorySink) => void): [width: number, height: number][] {
  const sink = new MemorySink();
  log(sink);
  const [event] = sink.events;
  expect(sink.events.length).toBe(1);
  const value = decodeImage(event!.summary![0]!)!;
  return value.images.map((image) => {
    const { width, height } = readImageHeader(image)!;
    return [width, height];
  });
}

describe("addImage", () => {
  it("writes one event, at its step and wall time, with the tag's texts", () => {
    const sink = new MemorySink();
    addImage(sink, "a", grey, -3, { wallTime: 12.5, displayName: "A", description: "b" });
    expect(sink.events).toMatchObject([{ step: -3, wallTime: 12.5, summary: [{ tag: "a" }] }]);
    const metadata = { pluginName: "images", dataClass: 3, displayName: "A", description: "b" };
    expect(sink.events[0]!.summary![0]!.metadata).toEqual(metadata);
  });
});

describe("addImages", () => {
  it("takes an array of any format, and a list of pictures of any kind", () => {
    const sizes = (width: number, height: number) => Array.from({ length: 3 }, () => [width, height]);
    expect(logged((sink) => addImages(sink, "a", batch, 0))).toEqual(sizes(6, 5));
    const nhwc = { ...batch, shape: [3, 10, 4, 3] };
    expect(logged((sink) => addImages(sink, "a", nhwc, 0, { format: "NHWC" }))).toEqual(sizes(4, 10));
    const nhw = { ...batch, shape: [3, 30, 4] };
    expect(logged((sink) => addImages(sink, "a", nhw, 0, { format: "NHW" }))).toEqual(sizes(4, 30));
    expect(logged((sink) => addImages(sink, "a", [grey, grey, grey], 0))).toEqual(sizes(2, 1));
    expect(
      logged((sink) => addImages(sink, "a", [grey[0]!, grey[0]!, grey[0]!], 0, { format: "NHW" })),
    ).toEqual(sizes(2, 1));
    const canvas = { data: new Uint8ClampedArray(48), width: 3, height: 4 };
    expect(logged((sink) => addImages(sink, "a", [GIF, grey, canvas], 0))).toEqual([
      [2, 3],
      [2, 1],
      [3, 4],
    ]);
  });

  it("makes one picture of all with a grid", () => {
    expect(logged((sink) => addImages(sink, "a", batch, 0, { grid: true }))).toEqual([[18, 5]]);
    const grid = { columns: 2, padding: 1 };
    expect(logged((sink) => addImages(sink, "a", batch, 0, { grid }))).toEqual([[15, 13]]);
    expect(logged((sink) => addImages(sink, "a", [grey, grey], 0, { grid: { columns: 1 } }))).toEqual([
      [2, 2],
    ]);
  });
});

describe("what is refused", () => {
  type Log = (sink: MemorySink) => void;
  const box = [[0, 0, 1, 1]];
  it.each<[string, Log, string]>([
    ["no tag", (sink) => addImage(sink, "", grey, 0), "Expected `tag` to be a string that is not empty"],
    [
      "a step that is none",
      (sink) => addImage(sink, "a", grey, 0.5),
      "Expected `step` to be a safe integer, got 0.5",
    ],
    [
      "a wall time that is none",
      (sink) => addImages(sink, "a", [grey], 0, { wallTime: Number.NaN }),
      "Expected `wallTime` to be a finite number of seconds, got NaN",
    ],
    [
      "half a character in a text",
      (sink) => addImage(sink, "a", grey, 0, { description: "\ud800" }),
      "Expected `description` to be text without half a surrogate pair",
    ],
    [
      "a picture among several",
      (sink) => addImages(sink, "a", [grey, [[1, 2]]], 0),
      "Expected `images[1]` to be a picture of the shape CHW, with 1 to 4 channels and at least one pixel, got an array of shape [1, 2]",
    ],
    ["an empty list", (sink) => addImages(sink, "a", [], 0), "Expected `images` to be at least one picture"],
    [
      "an empty array",
      (sink) => addImages(sink, "a", { data: [], shape: [0, 3, 2, 2] }, 0),
      "Expected `images` to be at least one picture",
    ],
    [
      "an array of one picture",
      (sink) => addImages(sink, "a", { data: new Uint8Array(12), shape: [3, 2, 2] }, 0),
      "Expected `images` to be an array of the shape NCHW, or a list of pictures, got an array of shape [3, 2, 2]",
    ],
    [
      "a format for one picture",
      (sink) => addImages(sink, "a", [grey], 0, { format: "CHW" as "NCHW" }),
      'Expected `format` to be "NCHW", "NHWC" or "NHW", got "CHW"',
    ],
    [
      "a file in a grid",
      (sink) => addImages(sink, "a", [grey, GIF], 0, { grid: true }),
      "Expected `images[1]` to be pixels, in nested arrays or as { data, width, height } or { data, shape }, got the bytes of a file",
    ],
    [
      "a file to draw boxes in",
      (sink) => addImageWithBoxes(sink, "a", GIF, box, 0),
      "Expected `image` to be pixels, in nested arrays or as { data, width, height } or { data, shape }, got the bytes of a file",
    ],
    [
      "too few labels",
      (sink) => addImageWithBoxes(sink, "a", grey, [...box, ...box], 0, { labels: ["a"] }),
      "Expected `labels` to be a list of texts, one for each of 2 boxes, got 1",
    ],
    [
      "a label that is no text",
      (sink) => addImageWithBoxes(sink, "a", grey, box, 0, { labels: [7 as unknown as string] }),
      "Expected `labels[0]` to be a string, got 7",
    ],
    [
      "one label for one box without a list",
      (sink) => addImageWithBoxes(sink, "a", grey, box, 0, { labels: "a" as unknown as string[] }),
      'Expected `labels` to be a list of texts, one for each of 1 boxes, got "a" (string)',
    ],
  ])("%s", (_, log, message) => {
    const sink = new MemorySink();
    expect(() => log(sink)).toThrow(ArgumentError);
    expect(() => log(sink)).toThrow(message);
    expect(sink.events).toEqual([]);
  });
});
