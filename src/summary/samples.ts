// Sound as programs have it, as WAV files.

import { ArgumentError } from "../errors.js";
import { describeShape, toArray, type ArrayInput, type NumericArray } from "./arrays.js";
import { elementType } from "./element-type.js";
import { encodeWav, readWavHeader } from "./wav.js";

/**
 * One sound clip: samples from -1 to 1, or from -32768 to 32767 in an `Int16Array`, of one channel or of the shape [channels, frames]; or
 * the bytes of a WAV file.
 */
export type ClipInput = ArrayInput | ArrayBuffer;

/** One clip, or several: samples of the shape [clips, channels, frames], or a list of clips. */
export type AudioInput = ClipInput | readonly ClipInput[];

/** More are no channels, but frames: other programs have them the other way round. */
const MAX_CHANNELS = 32;
const MAX_SAMPLE_RATE = 2 ** 32 - 1;

/**
 * The WAV files of `audio`. Samples beyond -1 and 1 are cut to it, NaN is 0, and the files have 16 bits a sample.
 *
 * Throws an `ArgumentError` for a shape that is no sound's, an empty clip, other bytes than a WAV file's, and a sample rate that is none.
 */
export function toWavFiles(audio: AudioInput, sampleRate: number): Uint8Array[] {
  if (!Number.isSafeInteger(sampleRate) || sampleRate < 1 || sampleRate > MAX_SAMPLE_RATE)
    throw new ArgumentError("sampleRate", "a whole number of hertz of at least 1", sampleRate);
  return clipsOf(audio).map((clip, i, { length }) =>
    toWavFile(clip, sampleRate, length === 1 ? "audio" : `audio[${i}]`),
  );
}

/** Two dimensions are one clip's, so a list of files or a third dimension makes several. */
function clipsOf(audio: AudioInput): ClipInput[] {
  if (Array.isArray(audio)) {
    const list = audio as readonly unknown[];
    return list.some(isFile) || list.some(isNested) ? (list as ClipInput[]) : [audio as ArrayInput];
  }
  if (isFile(audio) || audio instanceof ArrayBuffer) return [audio];
  checkType(audio, "audio");
  const { shape, data } = toArray(audio as ArrayInput, "audio");
  if (shape.length !== 3) return [{ shape, data }];
  const [clips = 0, channels = 0, frames = 0] = shape;
  const size = channels * frames;
  return Array.from({ length: clips }, (_, i) => ({
    shape: [channels, frames],
    data: data.subarray(i * size, (i + 1) * size),
  }));
}

function isFile(input: unknown): input is Uint8Array | ArrayBuffer {
  return input instanceof Uint8Array || input instanceof ArrayBuffer;
}

function isNested(part: unknown): boolean {
  return Array.isArray(part) && part.some((inner) => Array.isArray(inner) || ArrayBuffer.isView(inner));
}

function toWavFile(clip: ClipInput, sampleRate: number, argument: string): Uint8Array {
  if (isFile(clip)) {
    const file = clip instanceof ArrayBuffer ? new Uint8Array(clip) : clip;
    if (readWavHeader(file) !== undefined) return file;
    const expected = "the bytes of a WAV file, or samples as numbers from -1 to 1";
    throw new ArgumentError(argument, expected, clip, `${file.length} other bytes`);
  }
  const type = checkType(clip, argument);
  const array = toArray(clip, argument);
  const [frames, channels] = sizes(array, argument);
  return encodeWav(interleave(array.data, channels, frames, type === "Int16Array"), sampleRate, channels);
}

function checkType(clip: unknown, argument: string): string | undefined {
  const type = elementType(clip);
  if (type === undefined || type === "Int16Array" || type.startsWith("Float")) return type;
  throw new ArgumentError(argument, "samples from -1 to 1, or 16-bit ones in an Int16Array", clip, type);
}

function sizes({ shape }: NumericArray, argument: string): [frames: number, channels: number] {
  const frames = shape.at(-1) ?? 0;
  const channels = shape.length === 1 ? 1 : shape[0]!;
  if ((shape.length === 1 || shape.length === 2) && frames > 0 && channels > 0 && channels <= MAX_CHANNELS) {
    return [frames, channels];
  }
  const expected = `samples of one channel, or of the shape [channels, frames] with 1 to ${MAX_CHANNELS} channels`;
  throw new ArgumentError(argument, expected, undefined, describeShape(shape));
}

function interleave(data: ArrayLike<number>, channels: number, frames: number, is16Bit: boolean): Int16Array {
  const samples = new Int16Array(data.length);
  for (let channel = 0, from = 0; channel < channels; channel++) {
    for (let frame = 0; frame < frames; frame++, from++) {
      const value = data[from]!;
      samples[frame * channels + channel] = is16Bit ? value : Math.round(clip(value) * 0x7fff);
    }
  }
  return samples;
}

/** NaN passes, and becomes 0 as an integer. */
function clip(value: number): number {
  return value < -1 ? -1 : value > 1 ? 1 : value;
}
