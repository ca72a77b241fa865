// Pictures as the real TensorBoard shows them in both of its loaders: ours, tensorboardX's of the same calls, torch's, and forms that are wrong.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { addImage, addImages, addImageWithBoxes } from "../../../src/summary/dashboards/images.js";
import { encodeImage } from "../../../src/summary/image.js";
import { DataClass, type SummaryValue } from "../../../src/wire/summary.js";
import { DataType } from "../../../src/wire/tensor.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { bytes } from "../../helpers/bytes.js";
import { decodePictures, type Picture } from "../../helpers/pillow.js";
import { describeWithPython, runPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type Loader, type TensorBoard } from "../../helpers/tensorboard.js";
import { copyFixture } from "./boards.js";

const T = 1_700_000_000.25;
const GIF = bytes("474946383961 0100 0100 80 00 00 ff0000 000000 2c 0000 0000 0100 0100 00 02 02 4401 00 3b");
const WEBP = bytes("52494646 1a000000 57454250 5650384c 0d000000 2f00000010071011118888fe0700");

/** Channel c at row y and column x of a picture of 6 x 5; the same in PEER. */
const at = (c: number, y: number, x: number): number => (c * 80 + y * 31 + x * 7) % 256;
const chw = (channels: number, offset = 0): number[][][] =>
  Array.from({ length: channels }, (_, c) =>
    Array.from({ length: 5 }, (__, y) => Array.from({ length: 6 }, (___, x) => (at(c, y, x) + offset) % 256)),
  );
const scaled = (rows: number[][][]): number[][][] => rows.map((row) => row.map((v) => v.map((n) => n / 255)));
const uint8 = (rows: number[][][]): Uint8Array[][] => rows.map((row) => row.map((v) => Uint8Array.from(v)));

/** The calls that ours and tensorboardX's have in common. */
function logOurs(dir: string): void {
  const writer = new EventFileWriter(dir);
  const options = (step: number) => ({ wallTime: T + step });
  for (const step of [0, 1, 2]) addImage(writer, "float", scaled(chw(3, step)), step, options(step));
  addImage(writer, "uint8", uint8(chw(3)), 0, options(0));
  const hwc = {
    data: Uint8Array.from({ length: 90 }, (_, i) => at(i % 3, Math.floor(i / 18), Math.floor((i % 18) / 3))),
    shape: [5, 6, 3],
  };
  addImage(writer, "hwc", hwc, 0, { ...options(0), format: "HWC" });
  addImage(writer, "hw", scaled(chw(1))[0]!, 0, { ...options(0), format: "HW" });
  addImage(writer, "rgba", scaled(chw(4)), 0, options(0));
  const ten = Array.from({ length: 10 }, (_, i) => scaled(chw(3, i)));
  addImages(writer, "grid", ten, 0, { ...options(0), grid: true });
  addImageWithBoxes(
    writer,
    "boxes",
    { data: new Float32Array(3 * 40 * 50), shape: [3, 40, 50] },
    [[5, 10, 30, 35]],
    0,
    options(0),
  );
  writer.closeSync();
}

const PEER = `
import sys
import numpy as np
from tensorboardX import SummaryWriter
T = 1700000000.25
def chw(channels, offset=0):
    c, y, x = np.meshgrid(range(channels), range(5), range(6), indexing="ij")
    return (((c * 80 + y * 31 + x * 7) % 256 + offset) % 256).astype(np.uint8)
with SummaryWriter(sys.argv[1]) as writer:
    for step in range(3):
        writer.add_image("float", np.float32(chw(3, step) / 255), step, walltime=T + step)
    writer.add_image("uint8", chw(3), 0, walltime=T)
    writer.add_image("hwc", chw(3).transpose(1, 2, 0), 0, walltime=T, dataformats="HWC")
    writer.add_image("hw", np.float32(chw(1)[0] / 255), 0, walltime=T, dataformats="HW")
    writer.add_image("rgba", np.float32(chw(4) / 255), 0, walltime=T)
    writer.add_images("grid", np.float32(np.stack([chw(3, i) for i in range(10)]) / 255), 0, walltime=T)
    writer.add_image_with_boxes("boxes", np.zeros((3, 40, 50), np.float32), np.array([[5, 10, 30, 35]]), 0, walltime=T)
`;

/** What only ours can do. */
function logMore(dir: string): void {
  const writer = new EventFileWriter(dir);
  const text = { displayName: "A picture", description: "of *nothing*" };
  addImage(writer, "described", scaled(chw(1)), 0, { ...text, wallTime: T });
  addImage(writer, "described", scaled(chw(2)), 1, { wallTime: T + 1 });
  addImage(writer, "gif", GIF, 0, { wallTime: T });
  addImage(writer, "canvas", { data: new Uint8ClampedArray(16).fill(200), width: 2, height: 2 }, 0, {
    wallTime: T,
  });
  for (const step of [0, 1, 2]) {
    const some = Array.from({ length: step + 1 }, (_, i) => scaled(chw(3, 10 * step + i)));
    addImages(writer, "several", some, step, { wallTime: T + step });
  }
  addImages(writer, "of two sizes", [GIF, scaled(chw(3))], 0, { wallTime: T });
  for (let step = 0; step < 25; step++) addImage(writer, "often", GIF, step, { wallTime: T + step });
  writer.closeSync();
}

/** Forms that no call of ours writes. */
function logWrong(dir: string): void {
  const writer = new EventFileWriter(dir);
  const metadata = { pluginName: "images", dataClass: DataClass.BLOB_SEQUENCE };
  const text = (value: string): Uint8Array => Buffer.from(value);
  const value = (tag: string, shape: number[], stringVal: Uint8Array[]): SummaryValue => ({
    tag,
    metadata,
    tensor: { dtype: DataType.STRING, shape, stringVal },
  });
  const webp = encodeImage("webp", [{ width: 1, height: 1, encoded: WEBP }]);
  const rank0 = value("rank 0", [], [text("1")]);
  const rank2 = value("rank 2", [1, 3], [text("1"), text("1"), GIF]);
  const { metadata: _, ...bare } = encodeImage("bare", [{ width: 1, height: 1, encoded: GIF }]);
  for (const each of [webp, rank0, rank2, bare]) writer.write({ step: 0, summary: [each], wallTime: T });
  writer.closeSync();
}

interface Tag {
  readonly displayName: string;
  readonly description: string;
  readonly samples: number;
}

/** A picture that TensorBoard serves. */
interface Served {
  readonly step: number;
  readonly wallTime: number;
  readonly type: string;
  readonly bytes: Uint8Array;
}

async function served(board: TensorBoard, run: string, tag: string, sample = 0): Promise<Served[]> {
  const query = new URLSearchParams({ run, tag, sample: String(sample) }).toString();
  const found = await board.json<{ wall_time: number; step: number; query: string }[]>(
    `data/plugin/images/images?${query}`,
  );
  return Promise.all(
    found.map(async (each) => {
      const response = await fetch(new URL(`data/plugin/images/individualImage?${each.query}`, board.url));
      const type = response.headers.get("content-type")!;
      return {
        step: each.step,
        wallTime: each.wall_time,
        type,
        bytes: new Uint8Array(await response.arrayBuffer()),
      };
    }),
  );
}

/** Pictures that look the same: what shows grey as RGB shows it with three equal channels. */
function inColor({ mode, frames, ...rest }: Picture): object {
  const pixels = frames.map(({ data }) => (mode === "L" ? data.replaceAll(/../g, "$&$&$&") : data));
  return { ...rest, mode: mode === "L" ? "RGB" : mode, pixels };
}

describeWithPython("pictures in TensorBoard", () => {
  const tempDir = useTempDir("images");
  let logdir: string;
  beforeAll(async () => {
    logdir = tempDir();
    logOurs(join(logdir, "ours"));
    logMore(join(logdir, "more"));
    logWrong(join(logdir, "wrong"));
    for (const peer of ["torch", "tensorflow", "tensorflow-1"])
      copyFixture(`peer-${peer}`, join(logdir, peer));
    await runPython(PEER, [join(logdir, "tensorboardX")]);
  });

  describe.each(LOADERS)("with the %s loader", (loader: Loader) => {
    let board: TensorBoard;
    let tags: Record<string, Record<string, Tag>>;
    beforeAll(async () => {
      board = await startTensorBoard(logdir, { loader, reloadInterval: 1 });
      const loaded = await board.waitFor(async () => {
        const found = await board.json<Record<string, Record<string, Tag>>>("data/plugin/images/tags");
        const last = {
          ...{ ours: "boxes", more: "often", wrong: "webp", torch: "picture", tensorboardX: "boxes" },
          ...{ tensorflow: "picture", "tensorflow-1": "picture/image" },
        };
        const isThere = Object.entries(last).every(([run, tag]) => found[run]?.[tag] !== undefined);
        const often = isThere && (await served(board, "more", "often")).at(-1)?.step;
        return often === 24 ? found : undefined;
      });
      tags = loaded!;
    });
    afterAll(() => board?.stop());

    test.each(["float", "uint8", "hwc", "hw", "rgba", "grid"])(
      "%s is the picture that tensorboardX shows",
      async (tag) => {
        proves(
          forUs(tag === "grid" ? "addImages" : "addImage", loader),
          forPeer("tensorboardX", tag === "grid" ? "addImages" : "addImage", loader),
        );
        const [ours, theirs] = await Promise.all([
          served(board, "ours", tag),
          served(board, "tensorboardX", tag),
        ]);
        expect(ours.map(({ step, wallTime, type }) => [step, wallTime, type])).toEqual(
          theirs.map(({ step, wallTime, type }) => [step, wallTime, type]),
        );
        expect(ours.every(({ type }) => type === "image/png")).toBe(true);
        const shown = await decodePictures(
          tempDir(),
          [...ours, ...theirs].map((each) => each.bytes),
        );
        const pictures = shown.map(inColor);
        expect(pictures.slice(0, ours.length)).toEqual(pictures.slice(ours.length));
        expect(tags["ours"]![tag]).toEqual({ displayName: "", description: "", samples: 1 });
      },
    );

    test("the pixels are those that were logged", async () => {
      proves(forUs("addImage", loader), judged("addImage", "Pillow, pixel for pixel"));
      const shown = await decodePictures(
        tempDir(),
        (await served(board, "ours", "float")).map((each) => each.bytes),
      );
      const expected = [0, 1, 2].map((offset) => {
        const channels = chw(3, offset);
        return Buffer.from(
          channels[0]!.flatMap((row, y) => row.flatMap((_, x) => channels.map((c) => c[y]![x]!))),
        ).toString("hex");
      });
      expect(shown.map(({ frames }) => frames[0]!.data)).toEqual(expected);
    });

    test("boxes are where tensorboardX draws them", async () => {
      proves(
        forUs("addImageWithBoxes", loader),
        judged("addImageWithBoxes", "Pillow: the edges of torch's and tensorboardX's boxes"),
        forPeer("tensorboardX", "addImageWithBoxes", loader),
      );
      const files = [
        ...(await served(board, "ours", "boxes")),
        ...(await served(board, "tensorboardX", "boxes")),
      ];
      const [ours, theirs] = (
        await decodePictures(
          tempDir(),
          files.map((each) => each.bytes),
        )
      ).map(({ frames }) => frames[0]!.data.match(/.{6}/g)!);
      const red = (pixels: string[]): string[] =>
        pixels.flatMap((pixel, i) => (pixel === "ff0000" ? [`${i % 50},${Math.floor(i / 50)}`] : []));
      // Both have the edges themselves; which pixel beside them is red too, they do not agree on.
      const edges = [5, 17, 30].flatMap((x) => [`${x},10`, `${x},35`]).concat("5,22", "30,22");
      expect(red(ours!)).toEqual(expect.arrayContaining(edges));
      expect(red(theirs!)).toEqual(expect.arrayContaining(edges));
      expect(red(ours!)).not.toContain("17,22");
      expect(red(theirs!)).not.toContain("17,22");
    });

    test("display name and description are shown, of our form in both loaders", async () => {
      proves(forUs("addImage", loader));
      const { samples, displayName, description } = tags["more"]!["described"]!;
      expect({ samples, displayName }).toEqual({ samples: 1, displayName: "A picture" });
      expect(description).toContain("of <em>nothing</em>");
      // The old form, which torch and tensorboardX write, has the tag as its name in one loader and none in the other.
      expect(tags["torch"]!["picture"]!.displayName).toBe(loader === "python" ? "picture" : "");
      expect(tags["tensorboardX"]!["float"]!.displayName).toBe(loader === "python" ? "float" : "");
    });

    test.each([
      ["torch", "torch", "picture"],
      ["tensorflow", "TensorFlow", "picture"],
      ["tensorflow-1", "TensorFlow `compat.v1`", "picture/image"],
    ] as const)("the pictures of %s are shown too", async (run, program, tag) => {
      proves(forPeer(program, "addImage", loader));
      const shown = await served(board, run, tag);
      expect(shown.map(({ step }) => step)).toEqual([2, 7, 12]);
      const [picture] = await decodePictures(tempDir(), [shown[0]!.bytes]);
      expect(picture!.frames[0]!.data).toBe("ff000000ff000000ffffffff");
    });

    test("a file's bytes are served as they are", async () => {
      proves(forUs("addImage", loader));
      const [gif] = await served(board, "more", "gif");
      expect(gif).toEqual({ step: 0, wallTime: T, type: "image/gif", bytes: GIF });
      expect((await served(board, "more", "canvas"))[0]!.type).toBe("image/png");
    });

    test("several pictures a step, as many as each has", async () => {
      proves(forUs("addImages", loader), judged("addImages", "Pillow, pixel for pixel"));
      expect(tags["more"]!["several"]!.samples).toBe(3);
      for (const sample of [0, 1, 2]) {
        const shown = await served(board, "more", "several", sample);
        expect(shown.map(({ step }) => step)).toEqual([0, 1, 2].slice(sample));
        const pictures = await decodePictures(
          tempDir(),
          shown.map((each) => each.bytes),
        );
        const corners = [0, 1, 2].slice(sample).map((step) => 10 * step + sample);
        expect(pictures.map(({ frames }) => Number.parseInt(frames[0]!.data.slice(0, 2), 16))).toEqual(
          corners,
        );
      }
      expect(tags["more"]!["of two sizes"]!.samples).toBe(2);
      const second = await served(board, "more", "of two sizes", 1);
      const [picture] = await decodePictures(tempDir(), [second[0]!.bytes]);
      expect(picture).toMatchObject({ width: 6, height: 5 });
    });

    test("ten steps of a tag are kept, the last one among them", async () => {
      proves(forUs("addImage", loader));
      const steps = (await served(board, "more", "often")).map(({ step }) => step);
      expect(steps.length).toBe(10);
      expect(steps.at(-1)).toBe(24);
    });

    test("the Time Series dashboard has them", async () => {
      proves(forUs("addImages", loader));
      const found = await board.json<{ images: { tagRunSampledInfo: Record<string, unknown> } }>(
        "data/plugin/timeseries/tags",
      );
      expect(found.images.tagRunSampledInfo["several"]).toEqual({ more: { maxSamplesPerStep: 3 } });
      const [series] = await board.timeSeries([{ plugin: "images", tag: "several", run: "more", sample: 2 }]);
      const [point] = series!.runToSeries!["more"]!;
      expect(point).toMatchObject({ step: 2, wallTime: T + 2 });
      const file = await board.bytes(`data/plugin/timeseries/imageData?imageId=${String(point!["imageId"])}`);
      expect(file).toEqual((await served(board, "more", "several", 2))[0]!.bytes);
    });

    test("wrong forms: another format is not shown as a picture, another rank hides the tag or breaks it", async () => {
      expect((await served(board, "wrong", "webp"))[0]!.type).toBe("application/octet-stream");
      // Without metadata a tag is not shown at all, in either loader.
      const found = Object.keys(tags["wrong"]!).toSorted();
      expect(found).toEqual(loader === "rust" ? ["webp"] : ["rank 0", "rank 2", "webp"]);
      expect(tags["wrong"]!["rank 0"]?.samples).toBe(loader === "rust" ? undefined : -1);
    });
  });
});
