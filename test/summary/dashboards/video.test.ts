// The call that logs video: arrays and lists of every kind, and what is refused.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { MemorySink } from "../../../src/events/memory-sink.js";
import { addVideo, type VideoInput, type VideoOptions } from "../../../src/summary/dashboards/video.js";
import { decodeImage } from "../../../src/summary/image.js";
import { bytes } from "../../helpers/bytes.js";
import { decodePictures } from "../../helpers/pillow.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const GIF = bytes("474946383961 0200 0300 00 00 00");

function logged(frames: VideoInput, options: VideoOptions = {}) {
  const sink = new MemorySink();
  addVideo(sink, "a", frames, 3, options);
  expect(sink.events.length).toBe(1);
  return decodeImage(sink.events[0]!.summary![0]!)!;
}

/** Numbers 0, 1, 2, ... of this shape. */
const counted = (...shape: number[]) => ({
  data: Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  shape,
});

describe("addVideo", () => {
  it("writes one event, at its step and wall time, with the tag's texts and the video's size", () => {
    const sink = new MemorySink();
    addVideo(sink, "a", counted(2, 3, 4, 5), 7, { wallTime: 12.5, displayName: "A", description: "b" });
    const metadata = { pluginName: "images", dataClass: 3, displayName: "A", description: "b" };
    expect(sink.events).toMatchObject([{ step: 7, wallTime: 12.5, summary: [{ tag: "a", metadata }] }]);
    expect(decodeImage(sink.events[0]!.summary![0]!)).toMatchObject({ width: 5, height: 4 });
  });

  it("keeps the bytes of a GIF file", () => {
    expect(logged(GIF)).toEqual({ width: 2, height: 3, images: [GIF] });
    expect(logged(Uint8Array.from(GIF).buffer)).toEqual({ width: 2, height: 3, images: [GIF] });
  });

  it.each<[string, VideoInput, VideoOptions, string]>([
    [
      "rank 3 of grey",
      counted(4),
      {},
      "an array of the shape NTCHW or TCHW, or a list of frames, got an array of shape [4]",
    ],
    [
      "rank 5 for grey",
      counted(1, 1, 1, 1, 1),
      { format: "NTHW" },
      "of the shape NTHW or THW, or a list of frames",
    ],
    ["no frame", counted(1, 0, 3, 2, 2), {}, "Expected `frames` to be at least one frame, got"],
    ["no video", counted(0, 1, 3, 2, 2), {}, "Expected `frames` to be at least one frame, got"],
    ["an empty list", [], {}, "a list of frames, got an array of shape [0]"],
    [
      "channels last, unsaid",
      counted(2, 8, 9, 3),
      {},
      "Expected `frames[0]` to be a picture of the shape CHW, with 1 to 4 channels and at least one pixel, got an array of shape [8, 9, 3], which fits format",
    ],
    [
      "frames of two sizes",
      [
        { data: new Uint8Array(6), width: 2, height: 1 },
        { data: new Uint8Array(6), width: 1, height: 2 },
      ],
      {},
      "Expected `frames[1]` to be 2 x 1 pixels as the first, got 1 x 2",
    ],
    [
      "a frame too wide for the format",
      { data: new Uint8Array(65_536), shape: [1, 1, 1, 65_536] },
      {},
      "Expected `frames` to be at most 65535 pixels either way, got 65536 x 1",
    ],
    [
      "another file",
      bytes("89504e47"),
      {},
      "Expected `frames` to be the bytes of a GIF file, or frames of pixels, got 4 other bytes",
    ],
    [
      "a format",
      counted(1, 1, 1, 1),
      { format: "TCHW" as "NTCHW" },
      'Expected `format` to be "NTCHW", "NTHWC" or "NTHW"',
    ],
    [
      "no frames a second",
      GIF,
      { fps: 0 },
      "Expected `fps` to be a number of frames a second from 0.002 to 50, got 0",
    ],
    ["too many frames a second", GIF, { fps: 60 }, "a number of frames a second from 0.002 to 50, got 60"],
    ["frames a second that are none", GIF, { fps: Number.NaN }, "from 0.002 to 50, got NaN"],
  ])("refuses %s", (_, frames, options, message) => {
    const sink = new MemorySink();
    const log = () => addVideo(sink, "a", frames, 0, options);
    expect(log).toThrow(ArgumentError);
    expect(log).toThrow(message);
    expect(sink.events).toEqual([]);
  });
});

describeWithPython("the frames", () => {
  const tempDir = useTempDir("video");
  /** Each frame's pixels; of grey ones a number a pixel. */
  const framesOf = async (frames: VideoInput, options: VideoOptions = {}) => {
    const [picture] = await decodePictures(tempDir(), [logged(frames, options).images[0]!]);
    const { width, height } = picture!;
    const pixels = picture!.frames.map(({ data }) => [...Buffer.from(data, "hex")]);
    const isGrey = pixels.every((frame) => frame.every((value, i) => value === frame[i - (i % 3)]));
    return {
      width,
      height,
      frames: isGrey ? pixels.map((frame) => frame.filter((__, i) => i % 3 === 0)) : pixels,
    };
  };

  it("are those of an array with N and without, channels first, last and none", async () => {
    const size = { width: 2, height: 1 };
    const rgb = [
      [0, 2, 4, 1, 3, 5],
      [6, 8, 10, 7, 9, 11],
    ];
    expect(await framesOf(counted(1, 2, 3, 1, 2))).toEqual({ ...size, frames: rgb });
    expect(await framesOf(counted(2, 3, 1, 2))).toEqual({ ...size, frames: rgb });
    const last = [
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ];
    expect(await framesOf(counted(2, 1, 2, 3), { format: "NTHWC" })).toEqual({ ...size, frames: last });
    const grey = [
      [0, 1],
      [2, 3],
    ];
    expect(await framesOf(counted(2, 1, 2), { format: "NTHW" })).toEqual({ ...size, frames: grey });
  });

  it("are those of nested arrays, typed inside or not, and of a list", async () => {
    const expected = {
      width: 2,
      height: 1,
      frames: [
        [0, 51],
        [102, 255],
      ],
    };
    const nested = [[[[0, 0.2]]], [[[0.4, 1]]]];
    expect(await framesOf(nested)).toEqual(expected);
    expect(await framesOf([nested])).toEqual(expected);
    expect(await framesOf([[[Uint8Array.of(0, 51)]], [[Uint8Array.of(102, 255)]]])).toEqual(expected);
    const list = [
      { data: Uint8ClampedArray.of(0, 0, 0, 255, 51, 51, 51, 255), width: 2, height: 1 },
      { data: [0.4, 1], shape: [1, 1, 2] },
    ];
    expect(await framesOf(list)).toEqual(expected);
    expect(await framesOf([[[[[0, 51]]], [[[102, 255]]]]], { range: 255 })).toEqual(expected);
  });

  it("of several videos are beside each other, in rows as torch lays them out", async () => {
    expect(await framesOf(counted(2, 2, 1, 1, 1))).toEqual({
      width: 2,
      height: 1,
      frames: [
        [0, 2],
        [1, 3],
      ],
    });
    // torch makes five to eight videos two rows of four.
    expect(await framesOf(counted(5, 1, 1, 1, 1))).toMatchObject({
      frames: [[0, 1, 2, 3, 4, 0, 0, 0]],
      width: 4,
    });
    expect(await framesOf(counted(4, 1, 1, 1, 1))).toMatchObject({ frames: [[0, 1, 2, 3]], width: 2 });
    expect(await framesOf(counted(3, 1, 1, 1, 1))).toMatchObject({ frames: [[0, 1, 2]], width: 3 });
  });
});
