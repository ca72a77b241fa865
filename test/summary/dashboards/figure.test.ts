// Figures: SVG documents as pictures, and what is refused.
import Module from "node:module";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ArgumentError, MissingPackageError } from "../../../src/errors.js";
import { MemorySink } from "../../../src/events/memory-sink.js";
import { Figure } from "../../../src/plot/figure.js";
import { renderSvg } from "../../../src/plot/svg.js";
import { addFigure, type SvgFigureOptions } from "../../../src/summary/dashboards/figure.js";
import { decodeImage } from "../../../src/summary/image.js";
import { readImageHeader } from "../../../src/summary/image-header.js";
import { errorOf } from "../../helpers/errors.js";
import { decodePictures } from "../../helpers/pillow.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const svg = (width: number, height: number, content = ""): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`;
const SQUARE = svg(4, 2, '<rect width="2" height="2" fill="#ff0000"/>');

function logged(figure: string | readonly string[], options: SvgFigureOptions = {}): readonly Uint8Array[] {
  const sink = new MemorySink();
  addFigure(sink, "a", figure, 3, options);
  expect(sink.events.length).toBe(1);
  return decodeImage(sink.events[0]!.summary![0]!)!.images;
}

describe("addFigure", () => {
  it("writes one event, at its step and wall time, with the tag's texts and the figure's size", () => {
    const sink = new MemorySink();
    addFigure(sink, "a", SQUARE, 7, { wallTime: 12.5, displayName: "A", description: "b" });
    const metadata = { pluginName: "images", dataClass: 3, displayName: "A", description: "b" };
    expect(sink.events).toMatchObject([{ step: 7, wallTime: 12.5, summary: [{ tag: "a", metadata }] }]);
    expect(decodeImage(sink.events[0]!.summary![0]!)).toMatchObject({ width: 4, height: 2 });
  });

  it("draws a list as several pictures, at the width that is asked for", () => {
    const sizes = logged([SQUARE, svg(10, 20)], { width: 40 }).map((image) => readImageHeader(image));
    expect(sizes).toEqual([
      { format: "png", width: 40, height: 20 },
      { format: "png", width: 40, height: 80 },
    ]);
  });

  it.each<[string, unknown, SvgFigureOptions, string]>([
    ["an empty text", "", {}, "Expected `figure` to be an SVG document, got SVG data parsing failed"],
    ["no SVG", "<html></html>", {}, "Expected `figure` to be an SVG document, got SVG data parsing failed"],
    ["no size", svg(0, 10), {}, "Expected `figure` to be an SVG document, got SVG has an invalid size"],
    [
      "more pixels than there is memory for",
      svg(100_000, 100_000),
      {},
      "Expected `figure` to be at most 67108864 pixels large, got 100000 x 100000",
    ],
    [
      "more pixels, made by the width",
      svg(1, 100),
      { width: 1000 },
      "Expected `figure` to be at most 67108864 pixels large, got 1000 x 100000",
    ],
    [
      "no text",
      { toSVG: () => SQUARE },
      {},
      "Expected `figure` to be an SVG document, a string, or a list of them",
    ],
    ["an empty list", [], {}, "Expected `figure` to be an SVG document, a string, or a list of them"],
    ["a list with a number", [SQUARE, 7], {}, "Expected `figure[1]` to be an SVG document, a string, got 7"],
    [
      "a width that is none",
      SQUARE,
      { width: 1.5 },
      "Expected `width` to be a whole number of pixels of at least 1",
    ],
    [
      "a font that is not there",
      SQUARE,
      { fonts: ["/nowhere/a.ttf"] },
      'Expected `fonts[0]` to be the path of a font file, got "/nowhere/a.ttf"',
    ],
    [
      "a colour that is none",
      SQUARE,
      { background: "no colour" },
      "Expected `background` to be a CSS colour, got",
    ],
  ])("refuses %s", (_, figure, options, message) => {
    const sink = new MemorySink();
    const log = () => addFigure(sink, "a", figure as string, 0, options);
    expect(log).toThrow(ArgumentError);
    expect(log).toThrow(message);
    expect(sink.events).toEqual([]);
  });
});

describe("without the package", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Everything that is required fails like this. */
  function failToLoad(error: Error): void {
    vi.spyOn(Module as unknown as { _load: () => unknown }, "_load").mockImplementation(() => {
      throw error;
    });
  }

  it("says what to install", () => {
    failToLoad(Object.assign(new Error("Cannot find module\nRequire stack"), { code: "MODULE_NOT_FOUND" }));
    const error = errorOf(MissingPackageError, () => logged(SQUARE));
    expect(error.message).toBe(
      "A figure needs the package @resvg/resvg-js, which is not installed: npm install @resvg/resvg-js",
    );
    expect(error).toMatchObject({ code: "MISSING_PACKAGE", packageName: "@resvg/resvg-js" });
  });

  it("says why it cannot be loaded", () => {
    failToLoad(new Error("Failed to load native binding\nmore"));
    const error = errorOf(MissingPackageError, () => logged(SQUARE));
    expect(error.message).toContain("which cannot be loaded (Failed to load native binding): npm install");
  });
});

describeWithPython("the picture", () => {
  const tempDir = useTempDir("figure");
  const pixelsOf = async (figure: string, options: SvgFigureOptions = {}) => {
    const [picture] = await decodePictures(tempDir(), [...logged(figure, options)]);
    const channels = picture!.mode.length;
    return { ...picture!, pixels: picture!.frames[0]!.data.match(new RegExp(`.{${2 * channels}}`, "g"))! };
  };

  it("is drawn on white, or on what is said", async () => {
    const [red, white, blue] = ["ff0000ff", "ffffffff", "0000ffff"];
    const row = (left: string, right: string) => [left, left, right, right];
    expect((await pixelsOf(SQUARE)).pixels).toEqual([...row(red!, white!), ...row(red!, white!)]);
    const onBlue = await pixelsOf(SQUARE, { background: "blue" });
    expect(onBlue.pixels).toEqual([...row(red!, blue!), ...row(red!, blue!)]);
  });

  it("is that of this package's own figures", async () => {
    const figure = new Figure({ title: "t" });
    const series = figure.series("a", { color: "#ff0000" });
    for (let x = 0; x < 100; x++) series.push(x, x % 7);
    const { width, height, pixels } = await pixelsOf(renderSvg(figure, { width: 300, height: 200 }));
    expect({ width, height }).toEqual({ width: 300, height: 200 });
    expect(pixels.filter((pixel) => pixel === "ff0000ff").length).toBeGreaterThan(100);
  });
});
