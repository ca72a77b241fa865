// Video, figures and batches of pictures in the real TensorBoard, beside those that torch, tensorboardX and TensorFlow wrote.
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { addFigure } from "../../../src/summary/dashboards/figure.js";
import { addImages, addImageWithBoxes } from "../../../src/summary/dashboards/images.js";
import { addVideo } from "../../../src/summary/dashboards/video.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { decodePictures, type Picture } from "../../helpers/pillow.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, type TensorBoard } from "../../helpers/tensorboard.js";
import { copyFixture, T, useTensorBoard, writeRun } from "./boards.js";

/** Those of scripts/generate-media-fixtures.py, which has the same pictures. */
const PEERS = ["torch", "tensorboardx", "tensorflow"] as const;
const at = (c: number, y: number, x: number, i: number): number => (80 * c + 31 * y + 7 * x + i) % 256;
const batch = {
  data: Uint8Array.from({ length: 270 }, (_, n) =>
    at(Math.floor(n / 30) % 3, Math.floor(n / 6) % 5, n % 6, Math.floor(n / 90)),
  ),
  shape: [3, 3, 5, 6],
};
const video = {
  data: Uint8Array.from({ length: 576 }, (_, n) =>
    Math.floor(n / 64) % 3 === Math.floor(n / 192) ? 255 : 0,
  ),
  shape: [1, 3, 3, 8, 8],
};
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><rect width="1" height="1" fill="lime"/></svg>';

function logOurs(dir: string): void {
  writeRun(dir, (sink) => {
    const options = { wallTime: T };
    addVideo(sink, "video", video, 0, options);
    addVideo(sink, "four", { ...video, data: new Uint8Array(4 * 576), shape: [4, 3, 3, 8, 8] }, 0, options);
    addImages(sink, "batch", batch, 0, { ...options, grid: true });
    addImages(sink, "samples", batch, 0, options);
    const black = { data: new Float32Array(3 * 40 * 50), shape: [3, 40, 50] };
    addImageWithBoxes(sink, "boxes", black, [[5, 10, 30, 35]], 0, options);
    addFigure(sink, "figure", SVG, 0, { ...options, description: "*drawn*" });
    addFigure(sink, "figures", [SVG, SVG], 1, { ...options, width: 4 });
  });
}

interface Served {
  readonly type: string;
  readonly bytes: Uint8Array;
}

async function served(board: TensorBoard, run: string, tag: string, sample = 0): Promise<Served> {
  const query = new URLSearchParams({ run, tag, sample: String(sample) }).toString();
  const [first] = await board.json<{ query: string }[]>(`data/plugin/images/images?${query}`);
  const response = await fetch(new URL(`data/plugin/images/individualImage?${first!.query}`, board.url));
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { type: response.headers.get("content-type")!, bytes };
}

describeWithPython("video, figures and batches in TensorBoard", () => {
  const tempDir = useTempDir("video");
  let logdir: string;
  beforeAll(() => {
    logdir = tempDir();
    logOurs(join(logdir, "ours"));
    for (const peer of PEERS) copyFixture(`peer-${peer}-media`, join(logdir, peer));
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    type Tags = Record<string, Record<string, { samples: number; description: string }>>;
    const tags = (board: TensorBoard): Promise<Tags> => board.json("data/plugin/images/tags");
    const board = useTensorBoard(
      () => logdir,
      loader,
      async (it) => {
        const found = await tags(it);
        return found["ours"]?.["figures"] && PEERS.every((peer) => found[peer]?.["batch"]);
      },
    );
    const shown = async (run: string, tag: string, sample = 0): Promise<Picture> => {
      const { bytes } = await served(board(), run, tag, sample);
      return (await decodePictures(tempDir(), [bytes]))[0]!;
    };

    test.each(["torch", "tensorboardx"])(
      "our video is the animation of %s, and has its times",
      async (peer) => {
        proves(
          forUs("addVideo", loader),
          judged("addVideo", "Pillow, pixel for pixel"),
          forPeer(
            peer === "torch" ? "torch" : "tensorboardX",
            "addVideo",
            loader,
            "frames without their times",
          ),
        );
        expect((await served(board(), "ours", "video")).type).toBe("image/gif");
        const [ours, theirs] = [await shown("ours", "video"), await shown(peer, "video")];
        expect(ours).toMatchObject({ format: "GIF", width: 8, height: 8, loop: 0 });
        const pixels = ({ frames }: Picture): string[] => frames.map(({ data }) => data);
        expect(pixels(ours)).toEqual(["ff0000", "00ff00", "0000ff"].map((color) => color.repeat(64)));
        expect(pixels(theirs)).toEqual(pixels(ours));
        // The moviepy that torch needs means seconds, and the imageio that comes with it takes them for milliseconds.
        expect(theirs.frames.map(({ milliseconds = 0 }) => milliseconds)).toEqual([0, 0, 0]);
        expect(ours.frames.map(({ milliseconds }) => milliseconds)).toEqual([250, 250, 250]);
      },
    );

    test("four videos are two rows of two", async () => {
      proves(forUs("addVideo", loader));
      expect(await shown("ours", "four")).toMatchObject({ width: 16, height: 16 });
    });

    test.each(["torch", "tensorboardx"])("our grid is the picture of %s", async (peer) => {
      proves(
        forUs("addImages", loader),
        forPeer(peer === "torch" ? "torch" : "tensorboardX", "addImages", loader),
      );
      expect((await shown("ours", "batch")).frames).toEqual((await shown(peer, "batch")).frames);
    });

    test("our several pictures are TensorFlow's", async () => {
      proves(forUs("addImages", loader), forPeer("TensorFlow", "addImages", loader));
      const found = await tags(board());
      expect([found["ours"]!["samples"]!.samples, found["tensorflow"]!["batch"]!.samples]).toEqual([3, 3]);
      for (const sample of [0, 1, 2]) {
        const ours = await shown("ours", "samples", sample);
        expect(ours.frames).toEqual((await shown("tensorflow", "batch", sample)).frames);
        expect(Number.parseInt(ours.frames[0]!.data.slice(0, 2), 16)).toBe(sample);
      }
    });

    test("our box has its edges where torch has them", async () => {
      proves(forUs("addImageWithBoxes", loader), forPeer("torch", "addImageWithBoxes", loader));
      const red = ({ frames }: Picture, x: number, y: number): boolean =>
        frames[0]!.data.slice(6 * (50 * y + x)).startsWith("ff0000");
      for (const picture of [await shown("ours", "boxes"), await shown("torch", "boxes")]) {
        const edges = [5, 17, 30].flatMap((x) => [red(picture, x, 10), red(picture, x, 35)]);
        expect([...edges, red(picture, 5, 22), red(picture, 30, 22)]).toEqual(
          Array.from({ length: 8 }, () => true),
        );
        expect([red(picture, 17, 22), red(picture, 2, 22), red(picture, 40, 22)]).toEqual([
          false,
          false,
          false,
        ]);
      }
    });

    test("a figure is a picture, with its description", async () => {
      proves(forUs("addFigure", loader), judged("addFigure", "Pillow, pixel for pixel"));
      expect((await served(board(), "ours", "figure")).type).toBe("image/png");
      const figure = await shown("ours", "figure");
      expect(figure).toMatchObject({ width: 2, height: 1, frames: [{ data: "00ff00ffffffffff" }] });
      const found = (await tags(board()))["ours"]!;
      expect(found["figure"]!.description).toContain("<em>drawn</em>");
      expect(found["figures"]!.samples).toBe(2);
      expect(await shown("ours", "figures", 1)).toMatchObject({ width: 4, height: 2 });
    });
  });
});
