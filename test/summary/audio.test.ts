// Audio: its form, reading it in every form that writers use, and what is refused.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { decodeAudio, encodeAudio } from "../../src/summary/audio.js";
import { addAudio } from "../../src/summary/dashboards/audio.js";
import { encodeWav } from "../../src/summary/wav.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import type { SummaryMetadata, SummaryValue } from "../../src/wire/summary.js";
import { DataType } from "../../src/wire/tensor.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes, hex } from "../helpers/bytes.js";
import { readEventFile } from "../helpers/events.js";
import { fixtures } from "../helpers/fixtures.js";

const WAV = encodeWav(Int16Array.of(1, 2, 3, 4), 8000, 2);
const CLIP = { sampleRate: 8000, channels: 2, frames: 2, encoded: WAV };

describe("encodeAudio", () => {
  it("is a list of files, with the encoding, the dashboard's name and the data class", () => {
    expect(encodeAudio("a", [WAV, WAV])).toStrictEqual({
      tag: "a",
      metadata: { pluginName: "audio", pluginContent: bytes("10 0b"), dataClass: 3 },
      tensor: { dtype: DataType.STRING, shape: [2], stringVal: [WAV, WAV] },
    });
  });

  it("comes out as TensorBoard's own protobuf reads it", () => {
    const value = encodeAudio("a", [bytes("5249")], { displayName: "A", description: "*b*" });
    const event = hex(encodeEvent({ wallTime: 1, summary: [value] }));
    // Metadata: plugin_data { plugin_name, content { encoding: WAV } }, display_name, summary_description, data_class.
    expect(event).toContain(
      hex(bytes("4a 17 0a 0b 0a 05 617564696f 12 02 10 0b 12 01 41 1a 03 2a622a 20 03")),
    );
    // Tensor: DT_STRING, shape [1], the file.
    expect(event).toContain(hex(bytes("08 07 12 04 12 02 08 01 42 02 5249")));
  });

  it("refuses no clip", () => {
    expect(() => encodeAudio("a", [])).toThrow("Expected `audio` to be at least one clip, got an array");
  });
});

describe("decodeAudio", () => {
  const metadata: SummaryMetadata = { pluginName: "audio" };
  const strings = (shape: number[], ...stringVal: Uint8Array[]): SummaryValue => ({
    tag: "a",
    metadata,
    tensor: { dtype: DataType.STRING, shape, stringVal },
  });

  it("gives what was encoded", () => {
    const event = encodeEvent({ wallTime: 1, summary: [encodeAudio("a", [WAV, WAV])] });
    expect(decodeAudio(decodeEvent(event).summary![0]!)).toEqual([CLIP, CLIP]);
  });

  it("reads a tag's later values with the metadata of the first", () => {
    const { metadata: first, ...value } = strings([1], WAV);
    expect(decodeAudio(value, first)).toEqual([CLIP]);
    expect(decodeAudio(value)).toBeUndefined();
  });

  it("reads TensorFlow's table of files and labels", () => {
    expect(decodeAudio(strings([2, 2], WAV, Buffer.from("*a*"), WAV, bytes()))).toEqual([
      { ...CLIP, label: "*a*" },
      CLIP,
    ]);
  });

  it("reads the old form, whose fields count where the file says nothing", () => {
    const audio = { sampleRate: 1, numChannels: 3, lengthFrames: 5n, encoded: WAV, contentType: "audio/wav" };
    expect(decodeAudio({ tag: "a", audio })).toEqual([CLIP]);
    const other = { ...audio, encoded: bytes("494433"), contentType: "audio/mpeg" };
    expect(decodeAudio({ tag: "a", audio: other })).toEqual([
      { sampleRate: 1, channels: 3, frames: 5, encoded: other.encoded },
    ]);
    expect(decodeAudio(strings([1], other.encoded))).toEqual([{ encoded: other.encoded }]);
  });

  it.each<[string, SummaryValue]>([
    ["another dashboard", { ...strings([1], WAV), metadata: { pluginName: "images" } }],
    ["a scalar", { tag: "a", simpleValue: 1 }],
    ["numbers", { tag: "a", metadata, tensor: { dtype: DataType.FLOAT, shape: [1], floatVal: [1] } }],
    ["three columns", strings([1, 3], WAV, WAV, WAV)],
    ["one file without a list", strings([], WAV)],
  ])("gives nothing for %s", (_, value) => {
    expect(decodeAudio(value)).toBeUndefined();
  });
});

describe("sound that others wrote", () => {
  // scripts/generate-media-fixtures.py
  const sound = Array.from({ length: 100 }, (_, i) => (i - 50) / 64);
  const peers = fixtures.filter(({ name }) => /^peer-\w+-media$/.test(name));
  const decoded = (path: string, tag: string) =>
    readEventFile(path)
      .events.flatMap(({ summary = [] }) => summary)
      .filter((value) => value.tag === tag)
      .map((value) => decodeAudio(value)!);

  it("is of three programs", () => {
    expect(peers.length).toBe(3);
  });

  it.each(peers)("is read to the same: $program", ({ path }) => {
    proves(forPeer(["torch", "tensorboardX", "TensorFlow"], "addAudio", "read"));
    const steps = decoded(path, "sound");
    const clip = { sampleRate: 8000, channels: 1, frames: 100, encoded: expect.any(Uint8Array) };
    expect(steps).toEqual([[clip], [clip]]);
    const { encoded } = steps[0]![0]!;
    const samples = [...new Int16Array(encoded.slice(-200).buffer)];
    // Some multiply by 32767 and some by 32768; some round.
    expect(samples.filter((sample, i) => Math.abs(sample / 32767 - sound[i]!) > 1e-4)).toEqual([]);
  });

  it.each(peers.filter(({ name }) => name !== "peer-torch-media"))("in stereo too: $program", ({ path }) => {
    proves(forPeer(["tensorboardX", "TensorFlow"], "addAudio", "read"));
    const [[clip] = []] = decoded(path, "stereo");
    expect(clip).toMatchObject({ sampleRate: 8000, channels: 2, frames: 100 });
  });
});

describe("addAudio", () => {
  it("writes one event, at its step and wall time, with the tag's texts; 44100 Hz unless said", () => {
    const sink = new MemorySink();
    addAudio(sink, "a", [0, 1], 7, { wallTime: 12.5, displayName: "A", description: "b" });
    addAudio(sink, "b", [[0, 1]], 8, { sampleRate: 8000 });
    expect(sink.events).toMatchObject([
      { step: 7, wallTime: 12.5, summary: [{ metadata: { displayName: "A", description: "b" } }] },
      { step: 8 },
    ]);
    expect(sink.events.map(({ summary }) => decodeAudio(summary![0]!)![0]!.sampleRate)).toEqual([
      44_100, 8000,
    ]);
  });

  it("takes the same number of clips of a tag at every step, and writes no other", () => {
    const sink = new MemorySink();
    const other = new MemorySink();
    const clip = [[0, 1]];
    addAudio(sink, "a", [clip, clip], 0);
    addAudio(sink, "b", [0, 1], 0);
    addAudio(other, "a", [0, 1], 0);
    const wrong = () => addAudio(sink, "a", [clip, clip, clip], 1);
    expect(wrong).toThrow(ArgumentError);
    expect(wrong).toThrow('Expected `audio` to be 2 clips, as at the first step of "a", got 3');
    expect(() => addAudio(sink, "b", [clip, clip], 1)).toThrow("to be 1 clip, as at the first step");
    addAudio(sink, "a", [clip, clip], 1);
    expect(sink.events.map(({ step }) => step)).toEqual([0, 0, 1]);
  });

  it.each<[string, (sink: MemorySink) => void, string]>([
    ["no tag", (sink) => addAudio(sink, "", [0], 0), "Expected `tag` to be"],
    ["a step that is none", (sink) => addAudio(sink, "a", [0], Number.NaN), "Expected `step` to be"],
    ["no samples", (sink) => addAudio(sink, "a", [], 0), "Expected `audio` to be"],
    [
      "a sample rate that is none",
      (sink) => addAudio(sink, "a", [0], 0, { sampleRate: -1 }),
      "Expected `sampleRate`",
    ],
  ])("refuses %s", (_, log, message) => {
    const sink = new MemorySink();
    expect(() => log(sink)).toThrow(ArgumentError);
    expect(() => log(sink)).toThrow(message);
    expect(sink.events).toEqual([]);
  });
});
