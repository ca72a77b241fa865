// Logging video: an animation in the Images dashboard.

import { ArgumentError } from "../../errors.js";
import type { EventSink } from "../../events/event-sink.js";
import { describeShape, toArray, type ArrayInput, type NumericArray } from "../arrays.js";
import { encodeGif } from "../gif.js";
import { makeGrid } from "../grid.js";
import { encodeImage, type EncodedImage } from "../image.js";
import { readImageHeader } from "../image-header.js";
import {
  pixelsOfArray,
  rangeOf,
  toPixels,
  type ImageDataLike,
  type PixelFormat,
  type PixelOptions,
  type Pixels,
} from "../pixels.js";
import { slices } from "../slices.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/** Where videos, frames, channels, height and width stand in the shape of an array; the N may be missing in the array. */
export type VideoFormat = "NTCHW" | "NTHWC" | "NTHW";

/** Options of `addVideo`. */
export interface VideoOptions extends DashboardOptions, Omit<PixelOptions, "format"> {
  /** `NTCHW` unless given. */
  readonly format?: VideoFormat;
  /** Frames a second, at most 50; 4 unless given. */
  readonly fps?: number;
}

/**
 * A video: one array of rank 5, or 4 for one video alone; a list of frames such as `ImageData`; or the bytes of a GIF file.
 */
export type VideoInput = ArrayInput | readonly (ImageDataLike | ArrayInput)[] | ArrayBuffer;

/** Browsers show a frame of less than 2 hundredths of a second for 10. */
const MAX_FPS = 50;
/** A frame is shown for at most 65535 hundredths of a second. */
const MIN_FPS = 100 / 65_535;
const MAX_SIZE = 65_535;
const FORMATS: readonly VideoFormat[] = ["NTCHW", "NTHWC", "NTHW"];

/**
 * Logs a video as an animated GIF, which TensorBoard plays in the Images dashboard: numbers as in `addImage`. Several videos are shown
 * side by side. The frames have 256 colours together. After torch's `add_video(tag, vid_tensor, global_step, fps)`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addVideo(
  sink: EventSink,
  tag: string,
  frames: VideoInput,
  step: number,
  options: VideoOptions = {},
): void {
  checkCall(tag, step, options);
  const { fps = 4 } = options;
  if (typeof fps !== "number" || !(fps >= MIN_FPS && fps <= MAX_FPS))
    throw new ArgumentError("fps", "a number of frames a second from 0.002 to 50", fps);
  writeValues(sink, [encodeImage(tag, [toGif(frames, fps, options)], options)], step, options.wallTime);
}

function toGif(input: VideoInput, fps: number, options: VideoOptions): EncodedImage {
  if (input instanceof Uint8Array || input instanceof ArrayBuffer) return gifFile(input);
  const frames = toFrames(input, options);
  const [first] = frames;
  if (first === undefined) throw new ArgumentError("frames", "at least one frame", input);
  const { width, height } = first;
  if (width > MAX_SIZE || height > MAX_SIZE) {
    throw new ArgumentError("frames", `at most ${MAX_SIZE} pixels either way`, input, `${width} x ${height}`);
  }
  for (const [i, frame] of frames.entries()) {
    if (frame.width === width && frame.height === height) continue;
    const expected = `${width} x ${height} pixels as the first`;
    throw new ArgumentError(`frames[${i}]`, expected, frame, `${frame.width} x ${frame.height}`);
  }
  return { width, height, encoded: encodeGif(frames, fps) };
}

function gifFile(input: Uint8Array | ArrayBuffer): EncodedImage {
  const encoded = input instanceof ArrayBuffer ? new Uint8Array(input) : input;
  const header = readImageHeader(encoded);
  if (header?.format === "gif") return { width: header.width, height: header.height, encoded };
  const expected = "the bytes of a GIF file, or frames of pixels";
  throw new ArgumentError("frames", expected, input, `${encoded.length} other bytes`);
}

function toFrames(input: Exclude<VideoInput, ArrayBuffer>, options: VideoOptions): Pixels[] {
  const { format = "NTCHW", range = rangeOf(input) } = options;
  if (!FORMATS.includes(format)) throw new ArgumentError("format", '"NTCHW", "NTHWC" or "NTHW"', format);
  const frame: PixelOptions = { format: format.slice(2) as PixelFormat, range };
  if (isListOfFrames(input)) {
    return input.map((each, i) =>
      toPixels(each, { ...frame, range: options.range ?? rangeOf(each) }, `frames[${i}]`),
    );
  }
  const array = toArray(input as ArrayInput, "frames");
  const hasN = array.shape.length === format.length;
  if (!hasN && array.shape.length !== format.length - 1) {
    const expected = `an array of the shape ${format} or ${format.slice(1)}, or a list of frames`;
    throw new ArgumentError("frames", expected, input, describeShape(array.shape));
  }
  const videos = hasN ? slices(array) : [array];
  const cut = videos.map((video) => slices(video));
  const toFrame = (video: readonly NumericArray[], time: number): Pixels =>
    pixelsOfArray(video[time]!, frame, `frames[${time}]`);
  const columns = columnsFor(videos.length);
  return (cut[0] ?? []).map((_, time) =>
    cut.length === 1
      ? toFrame(cut[0]!, time)
      : makeGrid(
          cut.map((video) => toFrame(video, time)),
          { columns },
        ),
  );
}

/** A list of objects: nested lists and lists of typed arrays are one array. */
function isListOfFrames(input: unknown): input is readonly (ImageDataLike | ArrayInput)[] {
  if (!Array.isArray(input)) return false;
  const first: unknown = input[0];
  return typeof first === "object" && first !== null && "data" in first;
}

/** As torch lays videos out: about as many rows as columns, both powers of two. */
function columnsFor(count: number): number {
  const rows = 2 ** Math.floor(Math.log2(count) / 2);
  return 2 ** Math.ceil(Math.log2(count)) / rows;
}
