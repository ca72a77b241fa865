// SVG to PNG, by an optional package.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { ArgumentError, MissingPackageError } from "../errors.js";
import { checkText } from "./checks.js";
import type { EncodedImage } from "./image.js";

/** How an SVG document becomes pixels. */
export interface RasterOptions {
  /** Pixels, at least 1; the document's own width unless given. The height follows. */
  readonly width?: number;
  /** A CSS colour; white unless given, since a document has none and TensorBoard may be dark. */
  readonly background?: string;
  /**
   * Paths of font files to use beside those of the system. A system without any, such as a small container, draws no text without
   * them.
   */
  readonly fonts?: readonly string[];
}

/** What is used of `@resvg/resvg-js`. */
interface ResvgModule {
  readonly Resvg: new (
    svg: string,
    options: {
      readonly background: string;
      readonly fitTo: { readonly mode: "original" } | { readonly mode: "width"; readonly value: number };
      readonly font: { readonly fontFiles: readonly string[]; readonly loadSystemFonts?: boolean };
    },
  ) => {
    readonly width: number;
    readonly height: number;
    render(): { readonly width: number; readonly height: number; asPng(): Uint8Array };
  };
}

const PACKAGE = "@resvg/resvg-js";
/** The package ends the process when it gets no memory for the pixels. */
const MAX_PIXELS = 2 ** 26;

/** To draw a colour on. */
const EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';

const require = createRequire(import.meta.url);

/**
 * Draws an SVG document. The package is loaded at the first one, synchronously. `argument` is the document's name in the errors.
 *
 * Throws a `MissingPackageError` where the package is not installed, and an `ArgumentError` for what is no SVG document, or too large.
 */
export function rasterizeSvg(svg: string, options: RasterOptions, argument: string): EncodedImage {
  const { width, background = "white", fonts = [] } = options;
  if (typeof svg !== "string") throw new ArgumentError(argument, "an SVG document, a string", svg);
  if (width !== undefined && (!Number.isSafeInteger(width) || width < 1))
    throw new ArgumentError("width", "a whole number of pixels of at least 1", width);
  if (typeof background !== "string") throw new ArgumentError("background", "a CSS colour", background);
  checkText("background", background);
  if (!Array.isArray(fonts)) throw new ArgumentError("fonts", "a list of paths of font files", fonts);
  for (const [i, font] of fonts.entries()) {
    if (typeof font !== "string" || !existsSync(font))
      throw new ArgumentError(`fonts[${i}]`, "the path of a font file", font);
  }
  const { Resvg } = loadResvg();
  refuse("background", "a CSS colour", background, () => {
    const font = { fontFiles: [], loadSystemFonts: false };
    return new Resvg(EMPTY, { background, fitTo: { mode: "original" }, font }).render();
  });
  const drawing = refuse(argument, "an SVG document", svg, () => {
    const fitTo =
      width === undefined ? ({ mode: "original" } as const) : ({ mode: "width", value: width } as const);
    return new Resvg(svg, { background, fitTo, font: { fontFiles: fonts } });
  });
  const scale = (width ?? drawing.width) / drawing.width;
  const size = [drawing.width, drawing.height].map((side) => Math.ceil(side * scale)) as [number, number];
  if (size[0] * size[1] > MAX_PIXELS) {
    throw new ArgumentError(argument, `at most ${MAX_PIXELS} pixels large`, svg, size.join(" x "));
  }
  const image = refuse(argument, "an SVG document that can be drawn", svg, () => drawing.render());
  return { width: image.width, height: image.height, encoded: image.asPng() };
}

function loadResvg(): ResvgModule {
  try {
    return require("@resvg/resvg-js") as ResvgModule;
  } catch (error) {
    throw new MissingPackageError("A figure", PACKAGE, error);
  }
}

function refuse<T>(argument: string, expected: string, value: string, draw: () => T): T {
  try {
    return draw();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ArgumentError(argument, expected, value, reason);
  }
}
