// The PNG encoder, judged by Pillow.
import { beforeAll, describe, expect, it } from "vitest";
import type { Pixels } from "../../src/summary/pixels.js";
import { encodePng } from "../../src/summary/png.js";
import { bytes, hex } from "../helpers/bytes.js";
import { decodePictures, type Picture } from "../helpers/pillow.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";

type Draw = (x: number, y: number, channel: number) => number;

/** The same numbers at each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function draw(width: number, height: number, channels: number, value: Draw): Pixels {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    data[i] = value(pixel % width, Math.floor(pixel / width), i % channels);
  }
  return { width, height, channels, data };
}

const noise = random(1);
const grain = random(2);
const photograph: Draw = (x, y, c) =>
  128 + 60 * Math.sin(x / 23 + c) + 50 * Math.cos(y / 31 + x / 47) + 12 * (grain() - 0.5);

const PICTURES: readonly (readonly [name: string, pixels: Pixels])[] = [
  ...[1, 2, 3, 4].flatMap((channels) => [
    [`one pixel, ${channels} channels`, draw(1, 1, channels, (_x, _y, c) => 50 * c + 7)] as const,
    [`one row, ${channels} channels`, draw(300, 1, channels, (x, _y, c) => x + c)] as const,
    [`one column, ${channels} channels`, draw(1, 300, channels, (_x, y, c) => y + c)] as const,
    [`a photograph, ${channels} channels`, draw(160, 120, channels, photograph)] as const,
  ]),
  ["noise", draw(256, 256, 3, () => 256 * noise())],
  ["horizontal stripes", draw(90, 70, 3, (_x, y, c) => (y * 97 + c * 31) % 256)],
  ["vertical stripes", draw(90, 70, 3, (x, _y, c) => (x * 97 + c * 31) % 256)],
  ["a drawing", draw(300, 200, 3, (x, y) => (x % 50 === 0 || y % 40 === 0 ? 0 : 255))],
  ["a gradient", draw(256, 256, 3, (x, y, c) => (x + (y * (c + 1)) / 3) / 2)],
  ["a texture", draw(256, 256, 3, (x, y, c) => ((x % 9) * 57 + (y % 7) * 91 + c * 13) % 256)],
];
const MODES = ["L", "LA", "RGB", "RGBA"];

describe("encodePng", () => {
  it("writes signature, size, colour type and the closing chunk", () => {
    const png = hex(encodePng(draw(3, 2, 4, () => 0)));
    const header = bytes("89504e470d0a1a0a 0000000d 49484452 00000003 00000002 08 06 000000 9d74661a");
    expect(png.slice(0, 66)).toBe(hex(header));
    expect(png.slice(-24)).toBe("0000000049454e44ae426082");
  });
});

describeWithPython("Pillow", () => {
  const tempDir = useTempDir("png");
  const files = PICTURES.map(([, pixels]) => encodePng(pixels));
  let read: Picture[];
  beforeAll(async () => {
    read = await decodePictures(tempDir(), files);
  });

  it.each(PICTURES.map(([name, pixels], i) => [name, pixels, i] as const))(
    "reads the pixels of %s",
    (_, { width, height, channels, data }, i) => {
      expect(read[i]).toEqual({
        format: "PNG",
        mode: MODES[channels - 1],
        width,
        height,
        frames: [{ data: hex(data) }],
      });
    },
  );

  it("makes files of about the size, of photographs, drawings and textures", async () => {
    const [directory, names] = [tempDir(), PICTURES.map(([name]) => name)];
    await decodePictures(directory, files);
    const script = `
import io, sys, json
from PIL import Image
sizes = []
for i in range(int(sys.argv[2])):
    out = io.BytesIO()
    Image.open(f"{sys.argv[1]}/picture-{i}").save(out, format="PNG")
    sizes.append(len(out.getvalue()))
print(json.dumps(sizes))
`;
    const sizes = JSON.parse(await runPython(script, [directory, String(files.length)])) as number[];
    for (const [i, name] of names.entries()) {
      const allowed = Math.max(1.1 * sizes[i]!, sizes[i]! + 2048);
      expect({ name, bytes: files[i]!.length, isLarge: files[i]!.length > allowed }).toMatchObject({
        isLarge: false,
      });
    }
  });
});
