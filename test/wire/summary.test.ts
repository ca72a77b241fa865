// Summary values in bytes: what we write, and the old forms that are read.
import { describe, expect, it } from "vitest";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import { DataClass, type SummaryValue } from "../../src/wire/summary.js";
import { bytes, concat, hex } from "../helpers/bytes.js";

/** The bytes of one value, out of an event around it. */
function written(value: SummaryValue): string {
  const event = encodeEvent({ wallTime: 1, summary: [value] });
  // 09 and eight bytes of wall time, 2a and the summary's size, 0a and the value's; sizes of one byte.
  expect([event[9], event[11]]).toEqual([0x2a, 0x0a]);
  expect(event[10]).toBe(event.length - 11);
  expect(event[12]).toBe(event.length - 13);
  return hex(event.subarray(13));
}

/** One value read from its bytes. */
function read(...value: readonly string[]): SummaryValue {
  const data = bytes(...value);
  const inner = concat(Uint8Array.of(0x0a, data.length), data);
  const { summary } = decodeEvent(concat(Uint8Array.of(0x2a, inner.length), inner));
  expect(summary).toHaveLength(1);
  return summary![0]!;
}

describe("a summary value", () => {
  it("is written with a simple value of 0.0, which a reader could not tell from no value", () => {
    expect(written({ tag: "a", simpleValue: 0 })).toBe(hex(bytes("0a 01 61", "15 00000000")));
  });

  it("is written with its metadata", () => {
    const metadata = {
      pluginName: "scalars",
      pluginContent: bytes("08 00"),
      displayName: "A",
      description: "*b*",
      dataClass: DataClass.SCALAR,
    };
    const parts = [
      "0a 01 61", // tag: "a"
      "15 0000003f", // simple_value: 0.5
      "4a 19", // metadata, 25 bytes
      "0a 0d 0a 07 7363616c617273 12 02 0800", // plugin_data { plugin_name: "scalars", content: 08 00 }
      "12 01 41", // display_name: "A"
      "1a 03 2a622a", // summary_description: "*b*"
      "20 01", // data_class: SCALAR
    ];
    expect(written({ tag: "a", simpleValue: 0.5, metadata }).length).toBe(bytes(...parts).length * 2);
    expect(read(...parts)).toStrictEqual({ tag: "a", simpleValue: 0.5, metadata });
    // The codec writes the fields in the order of our .proto, which is as good.
    const [tag, value, ...rest] = parts;
    expect([hex(bytes(...parts)), hex(bytes(tag!, ...rest, value!))]).toContain(
      written({ tag: "a", simpleValue: 0.5, metadata }),
    );
  });

  it("has several values in order, the same tag twice too", () => {
    const summary = [
      { tag: "a", simpleValue: 1 },
      { tag: "b", simpleValue: 2 },
      { tag: "a", simpleValue: 3 },
    ];
    const data = encodeEvent({ wallTime: 1, summary });
    expect(hex(data.subarray(9))).toBe(
      hex(
        bytes(
          "2a 1e",
          "0a 08 0a 01 61 15 0000803f",
          "0a 08 0a 01 62 15 00000040",
          "0a 08 0a 01 61 15 00004040",
        ),
      ),
    );
    expect(decodeEvent(data).summary).toStrictEqual(summary);
  });

  it("may be empty, as a summary may", () => {
    expect(read()).toStrictEqual({ tag: "" });
    expect(decodeEvent(bytes("2a 00"))).toStrictEqual({ wallTime: 0, step: 0, summary: [] });
  });

  it("is read with metadata that say nothing", () => {
    expect(read("0a 01 61", "4a 00")).toStrictEqual({ tag: "a", metadata: {} });
    expect(read("0a 01 61", "4a 02 0a 00")).toStrictEqual({ tag: "a", metadata: {} });
  });
});

describe("the old forms", () => {
  it("are read: a picture", () => {
    // image { height: 2, width: 300, colorspace: 3, encoded_image_string: 89 50 }
    expect(read("0a 01 61", "22 0b 08 02 10 ac02 18 03 22 02 8950")).toStrictEqual({
      tag: "a",
      image: { height: 2, width: 300, colorspace: 3, encoded: bytes("8950") },
    });
  });

  it("are read: a sound clip", () => {
    // audio { sample_rate: 44100, num_channels: 2, length_frames: 5, encoded_audio_string: 52, content_type: "x" }
    expect(read("32 0f 0d 00442c47 10 02 18 05 22 01 52 2a 01 78")).toStrictEqual({
      tag: "",
      audio: { sampleRate: 44_100, numChannels: 2, lengthFrames: 5, encoded: bytes("52"), contentType: "x" },
    });
  });

  const limits = "000000000000f03f 0000000000000040"; // 1, 2
  const counts = "0000000000000840 0000000000001040"; // 3, 4
  it.each([
    ["packed", `32 10 ${limits} 3a 10 ${counts}`],
    ["one by one", "31 000000000000f03f 39 0000000000000840 31 0000000000000040 39 0000000000001040"],
  ])("are read: a histogram, its lists %s", (_, lists) => {
    const histo = bytes(
      "09 000000000000f0bf", // min: -1
      "11 0000000000000040", // max: 2
      "19 0000000000001c40", // num: 7
      "21 0000000000002440", // sum: 10
      "29 0000000000003440", // sum_squares: 20
      lists,
    );
    expect(read("0a 01 61", "2a", histo.length.toString(16), hex(histo))).toStrictEqual({
      tag: "a",
      histo: { min: -1, max: 2, num: 7, sum: 10, sumSquares: 20, bucketLimit: [1, 2], bucket: [3, 4] },
    });
  });

  it("are read: a tag under its old name, and an old histogram as bytes", () => {
    expect(read("3a 03 6f6c64", "1a 02 0102")).toStrictEqual({
      tag: "",
      nodeName: "old",
      oldStyleHistogram: bytes("0102"),
    });
  });

  it("are read when they are empty", () => {
    expect(read("22 00").image).toStrictEqual({ height: 0, width: 0, colorspace: 0, encoded: bytes() });
    expect(read("2a 00").histo).toStrictEqual({
      ...{ min: 0, max: 0, num: 0, sum: 0, sumSquares: 0 },
      ...{ bucketLimit: [], bucket: [] },
    });
    expect(read("32 00").audio).toStrictEqual({
      ...{ sampleRate: 0, numChannels: 0, lengthFrames: 0 },
      ...{ encoded: bytes(), contentType: "" },
    });
    expect(read("1a 00")).toStrictEqual({ tag: "", oldStyleHistogram: bytes() });
  });
});
