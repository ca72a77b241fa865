// Sound of every kind that programs have, as WAV files.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { toWavFiles, type AudioInput } from "../../src/summary/samples.js";
import { encodeWav, readWavHeader } from "../../src/summary/wav.js";
import { bytes } from "../helpers/bytes.js";

/** The samples of each file, those of one time side by side. */
const samples = (audio: AudioInput): number[][] =>
  toWavFiles(audio, 8000).map((file) => [...new Int16Array(file.slice(44).buffer)]);
const channels = (audio: AudioInput): (number | undefined)[] =>
  toWavFiles(audio, 8000).map((file) => readWavHeader(file)?.channels);

describe("samples", () => {
  it.each([
    [0, 0],
    [1, 32767],
    [-1, -32767],
    [0.5, 16384],
    [-0.25, -8192],
    [1.5, 32767],
    [-Infinity, -32767],
    [Number.NaN, 0],
  ])("%d of a number or a float is %d", (value, sample) => {
    expect(samples([value])).toEqual([[sample]]);
    expect(samples(Float32Array.of(value))).toEqual([[sample]]);
    expect(samples({ data: Float64Array.of(value), shape: [1, 1] })).toEqual([[sample]]);
  });

  it("of 16 bits are kept", () => {
    const all = Int16Array.of(-32768, -1, 0, 1, 32767);
    expect(samples(all)).toEqual([[...all]]);
    expect(samples([all, all])).toEqual([[...all].flatMap((sample) => [sample, sample])]);
    expect(samples({ data: all, shape: [1, 5] })).toEqual([[...all]]);
  });
});

describe("shapes", () => {
  const left = Float32Array.of(0, 1, 0);
  const right = Float32Array.of(-1, 0, -1);
  const stereo = [0, -32767, 32767, 0, 0, -32767];

  it("of one dimension are one channel, of two the channels of one clip", () => {
    expect(channels(left)).toEqual([1]);
    expect(channels([left, right])).toEqual([2]);
    expect(samples([left, right])).toEqual([stereo]);
    expect(samples([[...left], [...right]])).toEqual([stereo]);
    expect(samples({ data: [...left, ...right], shape: [2, 3] })).toEqual([stereo]);
  });

  it("of three are several clips, whose lengths may differ in lists", () => {
    expect(samples({ data: [...left, ...right, ...left, ...right], shape: [2, 2, 3] })).toEqual([
      stereo,
      stereo,
    ]);
    expect(samples([[left], [right]])).toEqual([
      [0, 32767, 0],
      [-32767, 0, -32767],
    ]);
    expect(samples([[left, right], [Float32Array.of(1)]])).toEqual([stereo, [32767]]);
    expect(channels([[left, right], [left]])).toEqual([2, 1]);
  });

  it("are not asked of files, alone or in a list", () => {
    const file = encodeWav(Int16Array.of(1, 2), 48_000, 2);
    expect(toWavFiles(file, 8000)).toEqual([file]);
    expect(toWavFiles(Uint8Array.from(file).buffer, 8000)).toEqual([file]);
    expect(toWavFiles([file, left], 8000)).toEqual([file, encodeWav(Int16Array.of(0, 32767, 0), 8000, 1)]);
  });
});

describe("what is refused", () => {
  const shape = "samples of one channel, or of the shape [channels, frames] with 1 to 32 channels";
  it.each<[string, AudioInput, number, string]>([
    ["no samples", [], 8000, `Expected \`audio\` to be ${shape}, got an array of shape [0]`],
    ["no samples in a channel", [[], []], 8000, `got an array of shape [2, 0]`],
    ["one number", 0.5, 8000, `Expected \`audio\` to be ${shape}, got a single number`],
    [
      "frames before channels",
      { data: new Float32Array(88), shape: [44, 2] },
      8000,
      `Expected \`audio\` to be ${shape}, got an array of shape [44, 2]`,
    ],
    ["rank 4", { data: [1], shape: [1, 1, 1, 1] }, 8000, "got an array of shape [1, 1, 1, 1]"],
    ["channels of two lengths", [[1, 2], [3]], 8000, "Expected `audio[1]` to be an array of 2"],
    [
      "one bad clip of two",
      [[[1, 2]], [[]]],
      8000,
      `Expected \`audio[1]\` to be ${shape}, got an array of shape [1, 0]`,
    ],
    [
      "32-bit samples",
      Int32Array.of(1, 2),
      8000,
      "Expected `audio` to be samples from -1 to 1, or 16-bit ones in an Int16Array, got Int32Array",
    ],
    [
      "bytes that are no WAV file",
      bytes("494433"),
      8000,
      "Expected `audio` to be the bytes of a WAV file, or samples as numbers from -1 to 1, got 3 other bytes",
    ],
    [
      "text",
      "a.wav" as unknown as AudioInput,
      8000,
      "Expected `audio` to be a number, or numbers in an array",
    ],
    ["kilohertz", [0], 44.1, "Expected `sampleRate` to be a whole number of hertz of at least 1, got 44.1"],
    ["no sample rate", [0], 0, "Expected `sampleRate` to be a whole number of hertz of at least 1, got 0"],
  ])("%s", (_, audio, sampleRate, message) => {
    expect(() => toWavFiles(audio, sampleRate)).toThrow(ArgumentError);
    expect(() => toWavFiles(audio, sampleRate)).toThrow(message);
  });
});
