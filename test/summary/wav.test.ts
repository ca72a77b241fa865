// WAV files, judged by Python's own reader, and headers of files that are not so plain.
import { describe, expect, it } from "vitest";
import { encodeWav, readWavHeader } from "../../src/summary/wav.js";
import { bytes, hex } from "../helpers/bytes.js";
import { describeWithPython, runPython } from "../helpers/python.js";

const MONO = Int16Array.of(0, 1, -1, 32767, -32768);
/** 8000 Hz, mono, 5 samples, written down from the format's description. */
const MONO_FILE = bytes(
  "52494646 2e000000 57415645 666d7420 10000000 0100 0100 401f0000 803e0000 0200 1000 64617461 0a000000",
  "0000 0100 ffff ff7f 0080",
);
const FORMAT = "666d7420 10000000 0100 0200 401f0000 007d0000 0400 1000";

describe("encodeWav", () => {
  it("writes header and samples, little-endian", () => {
    expect(hex(encodeWav(MONO, 8000, 1))).toBe(hex(MONO_FILE));
  });
});

describe("readWavHeader", () => {
  it.each([
    ["a file of 16 bits", MONO_FILE, { sampleRate: 8000, channels: 1, frames: 5 }],
    [
      "one with chunks before and behind, one of an odd length",
      bytes(
        "52494646 00000000 57415645 4c495354 03000000 61626300",
        FORMAT,
        "66616374 04000000 00000000",
        "64617461 08000000 0000000000000000",
        "4c495354 00000000",
      ),
      { sampleRate: 8000, channels: 2, frames: 2 },
    ],
    [
      "one of 32-bit floats with a longer format",
      bytes(
        "52494646 00000000 57415645 666d7420 12000000 0300 0100 80bb0000 00ee0200 0400 2000 0000 64617461 08000000 0000000000000000",
      ),
      { sampleRate: 48000, channels: 1, frames: 2 },
    ],
    [
      "one that is cut off, or whose length was never filled in",
      bytes("52494646 00000000 57415645", FORMAT, "64617461 ffffffff 00000000 0000"),
      { sampleRate: 8000, channels: 2, frames: 1 },
    ],
  ])("reads %s", (_, file, header) => {
    expect(readWavHeader(file)).toEqual(header);
    const inside = new Uint8Array(file.length + 3);
    inside.set(file, 3);
    expect(readWavHeader(inside.subarray(3))).toEqual(header);
  });

  it.each([
    ["nothing", bytes()],
    ["an MP3", bytes("494433 0300 00000000000000000000")],
    ["an AVI", bytes("52494646 00000000 41564920", FORMAT, "64617461 04000000 00000000")],
    ["a file without samples", bytes("52494646 00000000 57415645", FORMAT)],
    ["a file without a format", bytes("52494646 00000000 57415645 64617461 04000000 00000000")],
    ["a file that ends in its format", bytes("52494646 00000000 57415645 666d7420 10000000 0100 0200")],
    [
      "a frame of no bytes",
      bytes(
        "52494646 00000000 57415645 666d7420 10000000 0100 0200 401f0000 007d0000 0000 1000 64617461 00000000",
      ),
    ],
  ])("gives nothing for %s", (_, file) => {
    expect(readWavHeader(file)).toBeUndefined();
  });
});

describeWithPython("Python's wave module", () => {
  it("reads what was written", async () => {
    const script = `
import io, json, sys, wave
found = []
for text in sys.argv[1:]:
    with wave.open(io.BytesIO(bytes.fromhex(text))) as file:
        frames = file.getnframes()
        found.append([file.getframerate(), file.getnchannels(), file.getsampwidth(), frames, file.readframes(frames).hex()])
print(json.dumps(found))
`;
    const stereo = encodeWav(Int16Array.of(1, 2, 3, 4, 5, 6), 44_100, 2);
    const found = await runPython(script, [hex(encodeWav(MONO, 8000, 1)), hex(stereo)]);
    expect(JSON.parse(found)).toEqual([
      [8000, 1, 2, 5, "00000100ffffff7f0080"],
      [44_100, 2, 2, 3, "010002000300040005000600"],
    ]);
  });
});
