// Images: their form, and reading them in every form that writers use.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { decodeImage, encodeImage, toEncodedImage, type ImageInput } from "../../src/summary/image.js";
import { decodeEvent, encodeEvent } from "../../src/wire/event.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { DataType } from "../../src/wire/tensor.js";
import { forPeer, proves } from "../compatibility/proves.js";
import { bytes, hex } from "../helpers/bytes.js";
import { readEventFile } from "../helpers/events.js";
import { fixtures } from "../helpers/fixtures.js";
import { decodePictures } from "../helpers/pillow.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { decodedOf } from "./decoded.js";

const GIF = bytes("474946383961 0200 0300 00 00 00");
const JPEG = bytes("ffd8 ffc0 0011 08 0005 0004 03");
const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

describe("encodeImage", () => {
  it("is a list of width, height and files, with the dashboard's name and the data class", () => {
    const value = encodeImage("a", [
      { width: 2, height: 3, encoded: GIF },
      { width: 4, height: 5, encoded: JPEG },
    ]);
    expect(value).toStrictEqual({
      tag: "a",
      metadata: { pluginName: "images", dataClass: 3 },
      tensor: {
        dtype: DataType.STRING,
        shape: [4],
        stringVal: [Buffer.from("2"), Buffer.from("3"), GIF, JPEG],
      },
    });
  });

  it("comes out as TensorBoard's own protobuf reads it", () => {
    const image = { width: 2, height: 3, encoded: GIF };
    const value = encodeImage("a", [image], { displayName: "A", description: "*b*" });
    const event = hex(encodeEvent({ wallTime: 1, step: 7, summary: [value] }));
    // Metadata: plugin_data { plugin_name }, display_name, summary_description, data_class BLOB_SEQUENCE.
    expect(event).toContain(hex(bytes("4a 14 0a 08 0a 06 696d61676573 12 01 41 1a 03 2a622a 20 03")));
    // Tensor: DT_STRING, shape [3], "2", "3", the file.
    expect(event).toContain(hex(bytes("08 07 12 04 12 02 08 03 42 01 32 42 01 33 42 0d", hex(GIF))));
  });

  it("refuses no picture", () => {
    expect(() => encodeImage("a", [])).toThrow("Expected `images` to be at least one picture, got an array");
  });
});

describe("toEncodedImage", () => {
  it("keeps the bytes of a file, with the size in its header", () => {
    expect(toEncodedImage(GIF, {}, "image")).toEqual({ width: 2, height: 3, encoded: GIF });
    const copy = Uint8Array.from(JPEG).buffer;
    expect(toEncodedImage(copy, {}, "image")).toEqual({ width: 4, height: 5, encoded: JPEG });
    expect(toEncodedImage(Buffer.from(GIF), {}, "image").encoded).toEqual(Buffer.from(GIF));
  });

  it.each<[string, ImageInput, string]>([
    ["pixels without a shape", new Uint8Array(12), "got 12 other bytes"],
    ["an SVG", Buffer.from("<svg/>"), "got 6 other bytes"],
    ["no bytes", new ArrayBuffer(0), "got 0 other bytes"],
  ])("refuses %s", (_, input, got) => {
    const message = `Expected \`image\` to be the bytes of a PNG, JPEG or GIF file, or pixels as { data, width, height } or { data, shape }, ${got}`;
    expect(() => toEncodedImage(input, {}, "image")).toThrow(ArgumentError);
    expect(() => toEncodedImage(input, {}, "image")).toThrow(message);
  });
});

describe("decodeImage", () => {
  it("gives what was encoded", () => {
    const value = encodeImage("a", [
      { width: 2, height: 3, encoded: GIF },
      { width: 4, height: 5, encoded: JPEG },
    ]);
    const [read] = decodeEvent(encodeEvent({ wallTime: 1, summary: [value] })).summary!;
    expect(decodeImage(read!)).toEqual({ width: 2, height: 3, images: [GIF, JPEG] });
  });

  const strings = (...stringVal: Uint8Array[]): SummaryValue => ({
    tag: "a",
    metadata: { pluginName: "images" },
    tensor: { dtype: DataType.STRING, shape: [stringVal.length], stringVal },
  });

  it("reads a tag's later values with the metadata of the first", () => {
    const { metadata, ...value } = strings(utf8("2"), utf8("3"), GIF);
    expect(decodeImage(value, metadata)).toEqual({ width: 2, height: 3, images: [GIF] });
    expect(decodeImage(value)).toBeUndefined();
    expect(decodeImage(value, { pluginName: "text" })).toBeUndefined();
  });

  it("reads a step without pictures", () => {
    expect(decodeImage(strings(utf8("2"), utf8("3")))).toEqual({ width: 2, height: 3, images: [] });
  });

  it("reads the old form", () => {
    const image = { height: 3, width: 2, colorspace: 3, encoded: GIF };
    expect(decodeImage({ tag: "a", image })).toEqual({ width: 2, height: 3, images: [GIF] });
  });

  it.each<[string, SummaryValue]>([
    ["another dashboard", { ...strings(utf8("2"), utf8("3"), GIF), metadata: { pluginName: "audio" } }],
    ["a scalar", { tag: "a", simpleValue: 1 }],
    ["a table", { ...strings(), tensor: { dtype: DataType.STRING, shape: [1, 3], stringVal: [] } }],
    ["text", strings(utf8("hello"), utf8("world"))],
    ["sizes that are no numbers", strings(utf8("-2"), utf8("3"), GIF)],
    ["a size alone", strings(utf8("2"))],
    ["numbers", { ...strings(), tensor: { dtype: DataType.FLOAT, shape: [2], floatVal: [1, 2] } }],
  ])("gives nothing for %s", (_, value) => {
    expect(decodeImage(value)).toBeUndefined();
  });
});

describeWithPython("pictures that others wrote", () => {
  const tempDir = useTempDir("image");
  // Red and green above blue and white (scripts/generate-peer-fixtures.py).
  const pixels = hex(bytes("ff0000 00ff00 0000ff ffffff"));
  const peers = fixtures.filter(({ name }) =>
    /^peer-(torch|tensorboardx|tensorflow|tensorflow-1)$/.test(name),
  );

  it.each(peers)("are read to the same: $program", async ({ path }) => {
    proves(forPeer(["torch", "tensorboardX", "TensorFlow", "TensorFlow `compat.v1`"], "addImage", "read"));
    const values = readEventFile(path).events.flatMap(({ summary = [] }) => summary);
    const pictures = values
      .filter(({ tag }) => tag.startsWith("picture"))
      .map((value) => decodeImage(value)!);
    expect(pictures.map(({ width, height, images }) => ({ width, height, count: images.length }))).toEqual(
      Array.from({ length: 3 }, () => ({ width: 2, height: 2, count: 1 })),
    );
    const read = await decodePictures(tempDir(), [pictures[0]!.images[0]!]);
    expect(read[0]).toMatchObject({ width: 2, height: 2, mode: "RGB", frames: [{ data: pixels }] });
    const others = values.filter(({ tag }) => !tag.startsWith("picture"));
    expect(others.filter((value) => decodeImage(value) !== undefined)).toEqual([]);
  });

  // scripts/generate-media-fixtures.py: at row 0 a batch's picture i has 80 c + 7 x + i in channel c.
  const firstRow = (i: number): string =>
    hex(Uint8Array.from({ length: 18 }, (_, n) => 80 * (n % 3) + 7 * Math.floor(n / 3) + i));

  it.each([
    ["torch", "peer-torch-media", 1],
    ["tensorboardX", "peer-tensorboardx-media", 1],
    ["TensorFlow", "peer-tensorflow-media", 3],
  ] as const)("are read of a batch, of which %s makes one or several", async (program, fixture, count) => {
    proves(forPeer(program, "addImages", "read"));
    const [[, , batch] = []] = decodedOf(fixture, decodeImage).filter(([tag]) => tag === "batch");
    expect(batch!.images).toHaveLength(count);
    for (const [i, { frames }] of (await decodePictures(tempDir(), batch!.images)).entries()) {
      expect(frames[0]!.data.slice(0, 36)).toBe(firstRow(i));
    }
  });

  it.each([
    ["torch", "peer-torch-media"],
    ["tensorboardX", "peer-tensorboardx-media"],
  ] as const)("are read of boxes and videos of %s", async (program, fixture) => {
    proves(forPeer(program, ["addImageWithBoxes", "addVideo"], "read"));
    const found = new Map(decodedOf(fixture, decodeImage).map(([tag, , image]) => [tag, image]));
    expect(found.get("boxes")).toMatchObject({ width: 50, height: 40 });
    expect(found.get("video")).toMatchObject({ width: 8, height: 8 });
    const [boxes, video] = await decodePictures(tempDir(), [
      ...found.get("boxes")!.images,
      ...found.get("video")!.images,
    ]);
    expect(boxes!.frames[0]!.data.slice(6 * (10 * 50 + 5)).startsWith("ff0000")).toBe(true);
    const frames = video!.frames.map(({ data }) => data.slice(0, 6));
    expect(frames).toEqual(["ff0000", "00ff00", "0000ff"]);
  });
});
