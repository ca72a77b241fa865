// Format and size of encoded pictures, of files that Pillow writes and of damaged ones.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readImageHeader } from "../../src/summary/image-header.js";
import { bytes } from "../helpers/bytes.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";

const PNG = bytes("89504e470d0a1a0a 0000000d 49484452 00000102 00000003 08 02 00 00 00");
const GIF = bytes("474946383961 0201 0300 00 00 00");
const SOI = "ffd8";
const APP0 = "ffe0 0004 aabb";
const SOF = "0011 08 0003 0102 03";

describe("readImageHeader", () => {
  it.each([
    ["PNG", PNG, { format: "png", width: 258, height: 3 }],
    ["GIF89a", GIF, { format: "gif", width: 258, height: 3 }],
    ["GIF87a", bytes("474946383761 0201 0300"), { format: "gif", width: 258, height: 3 }],
    ["JPEG", bytes(SOI, APP0, "ffc0", SOF), { format: "jpeg", width: 258, height: 3 }],
    ["progressive JPEG", bytes(SOI, APP0, "ffc2", SOF), { format: "jpeg", width: 258, height: 3 }],
    ["JPEG with tables first", bytes(SOI, "ffc4 0003 00", "ffdb 0002", "ffc1", SOF), { width: 258 }],
    ["JPEG with fill bytes", bytes(SOI, APP0, "ffffff", "ffc0", SOF), { width: 258, height: 3 }],
    // A thumbnail in an APP1 segment has a frame of its own, 1 x 1.
    [
      "JPEG with a thumbnail",
      bytes(SOI, "ffe1 000e ffd8 ffc0 0011 08 0001 0001 03", "ffc0", SOF),
      { width: 258 },
    ],
  ])("reads a %s", (_, file, expected) => {
    expect(readImageHeader(file)).toMatchObject(expected);
    // From the middle of a buffer.
    const inside = new Uint8Array(file.length + 3);
    inside.set(file, 3);
    expect(readImageHeader(inside.subarray(3))).toMatchObject(expected);
  });

  it.each([
    ["nothing", bytes()],
    ["text", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")],
    ["WebP", bytes("52494646 1a000000 57454250 5650384c 0d000000")],
    ["a PNG that ends in its header", PNG.subarray(0, 23)],
    ["a PNG without its header first", bytes("89504e470d0a1a0a 0000000d 74455874 00000102 00000003")],
    ["a PNG of no width", bytes("89504e470d0a1a0a 0000000d 49484452 00000000 00000003")],
    ["a GIF that ends in its header", GIF.subarray(0, 9)],
    ["a GIF of no height", bytes("474946383961 0201 0000")],
    ["a JPEG of one marker", bytes(SOI, "ff")],
    ["a JPEG without a frame", bytes(SOI, APP0, APP0, APP0)],
    ["a JPEG that ends in its frame", bytes(SOI, APP0, "ffc0 0011 08 0003")],
    ["a JPEG whose segment is longer than the file", bytes(SOI, "ffe0 ffff 00000000000000")],
    ["a JPEG with rubbish between its segments", bytes(SOI, APP0, "00", "ffc0", SOF)],
  ])("gives nothing for %s", (_, file) => {
    expect(readImageHeader(file)).toBeUndefined();
  });
});

describeWithPython("files of Pillow", () => {
  const tempDir = useTempDir("image-header");
  let directory: string;
  beforeAll(async () => {
    directory = tempDir();
    const script = `
import sys
from PIL import Image
image = Image.effect_noise((300, 7), 50)
for name, mode, options in [
    ("grey.png", "L", {}), ("palette.png", "P", {}), ("rgba.png", "RGBA", {}), ("one.gif", "P", {}),
    ("baseline.jpg", "RGB", {}), ("progressive.jpg", "RGB", {"progressive": True, "comment": "c" * 300}),
    ("grey.jpg", "L", {"exif": b"Exif" + bytes(900), "icc_profile": bytes(3000), "restart_marker_rows": 1}),
]:
    image.convert(mode).save(f"{sys.argv[1]}/{name}", **options)
image.save(f"{sys.argv[1]}/two.gif", save_all=True, append_images=[image.rotate(180)])
`;
    await runPython(script, [directory]);
  });

  it.each([
    ["grey.png", "png"],
    ["palette.png", "png"],
    ["rgba.png", "png"],
    ["one.gif", "gif"],
    ["two.gif", "gif"],
    ["baseline.jpg", "jpeg"],
    ["progressive.jpg", "jpeg"],
    ["grey.jpg", "jpeg"],
  ])("%s", (name, format) => {
    const file = readFileSync(join(directory, name));
    expect(readImageHeader(file)).toEqual({ format, width: 300, height: 7 });
  });
});
