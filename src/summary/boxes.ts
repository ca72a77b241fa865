// Boxes with labels, drawn into a picture.

import { ArgumentError } from "../errors.js";
import { describeShape, toArray, type ArrayInput } from "./arrays.js";
import { GLYPH, glyphsOf, hasInk } from "./glyphs.js";
import { withChannels, type Pixels } from "./pixels.js";

/** Edges in pixels; `right` and `bottom` are the last ones that belong to the box. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

type Color = readonly [red: number, green: number, blue: number];

const RED: Color = [255, 0, 0];
const BLACK: Color = [0, 0, 0];
/** Pixels; a larger picture gets thicker lines and letters, since it is shown smaller. */
const SIZE_OF_SMALL_PICTURE = 400;
const LINE = 2;
const MARGIN = 1;

/**
 * Boxes from rows of left, top, right, bottom (`xyxy`), in pixels from the upper left corner.
 *
 * Throws an `ArgumentError` for another shape, a number that is not finite, and edges that are the wrong way round.
 */
export function toBoxes(input: ArrayInput): Box[] {
  const { shape, data } = toArray(input, "boxes");
  if (data.length === 0) return [];
  if (shape.length !== 2 || shape[1] !== 4) {
    const expected = "rows of four numbers: left, top, right, bottom";
    throw new ArgumentError("boxes", expected, input, describeShape(shape));
  }
  return Array.from({ length: shape[0]! }, (_, i) => {
    const edges = Array.from(data.subarray(4 * i, 4 * i + 4));
    const [left, top, right, bottom] = edges as [number, number, number, number];
    if (!edges.every(Number.isFinite) || right < left || bottom < top) {
      const expected = "finite numbers with left <= right and top <= bottom";
      throw new ArgumentError(`boxes[${i}]`, expected, edges, `[${edges.join(", ")}]`);
    }
    return { left, top, right, bottom };
  });
}

/**
 * A copy of the picture, in colour, with the boxes in red as torch draws them, and each one's label, if there are labels, above its
 * upper left corner, or inside of it where there is no room. What lies outside of the picture is left out.
 */
export function drawBoxes(image: Pixels, boxes: readonly Box[], labels?: readonly string[]): Pixels {
  const channels = image.channels % 2 === 0 ? 4 : 3;
  const colored = withChannels(image, channels);
  const canvas = new Canvas({ ...colored, data: Uint8Array.from(colored.data) });
  const scale = Math.max(1, Math.round(Math.min(image.width, image.height) / SIZE_OF_SMALL_PICTURE));
  const visible = boxes.map((box) => canvas.clip(box));
  for (const box of visible) if (box !== undefined) canvas.frame(box, LINE * scale);
  // Above all frames, so that they can be read where boxes overlap.
  for (const [i, box] of visible.entries()) {
    const label = labels?.[i] ?? "";
    if (box !== undefined && label !== "") canvas.label(box, label, scale);
  }
  return canvas.pixels;
}

class Canvas {
  readonly pixels: Pixels;

  constructor(pixels: Pixels) {
    this.pixels = pixels;
  }

  /** The part of a box that is inside, in whole pixels: a box that goes beyond the picture is closed at its edge. */
  clip(box: Box): Box | undefined {
    const { width, height } = this.pixels;
    const left = Math.max(0, Math.round(box.left));
    const top = Math.max(0, Math.round(box.top));
    const right = Math.min(width - 1, Math.round(box.right));
    const bottom = Math.min(height - 1, Math.round(box.bottom));
    return left > right || top > bottom ? undefined : { left, top, right, bottom };
  }

  frame({ left, top, right, bottom }: Box, line: number): void {
    this.#fill({ left, top, right, bottom: Math.min(bottom, top + line - 1) }, RED);
    this.#fill({ left, top: Math.max(top, bottom - line + 1), right, bottom }, RED);
    this.#fill({ left, top, right: Math.min(right, left + line - 1), bottom }, RED);
    this.#fill({ left: Math.max(left, right - line + 1), top, right, bottom }, RED);
  }

  label({ left, top }: Box, text: string, scale: number): void {
    const glyphs = glyphsOf(text);
    const width = (glyphs.length * (GLYPH.width + 1) - 1 + 2 * MARGIN) * scale;
    const height = (GLYPH.height + 2 * MARGIN) * scale;
    const x = Math.max(0, Math.min(left, this.pixels.width - width));
    const y = top >= height ? top - height : top;
    this.#fill({ left: x, top: y, right: x + width - 1, bottom: y + height - 1 }, RED);
    for (const [i, glyph] of glyphs.entries()) {
      this.#glyph(glyph, x + (i * (GLYPH.width + 1) + MARGIN) * scale, y + MARGIN * scale, scale);
    }
  }

  #glyph(glyph: string, x: number, y: number, scale: number): void {
    for (let row = 0; row < GLYPH.height; row++) {
      for (let column = 0; column < GLYPH.width; column++) {
        if (!hasInk(glyph, column, row)) continue;
        const left = x + column * scale;
        const top = y + row * scale;
        this.#fill({ left, top, right: left + scale - 1, bottom: top + scale - 1 }, BLACK);
      }
    }
  }

  #fill(box: Box, [red, green, blue]: Color): void {
    const { width, height, channels, data } = this.pixels;
    const right = Math.min(box.right, width - 1);
    const bottom = Math.min(box.bottom, height - 1);
    for (let y = box.top; y <= bottom; y++) {
      for (let x = box.left; x <= right; x++) {
        const at = (y * width + x) * channels;
        data[at] = red;
        data[at + 1] = green;
        data[at + 2] = blue;
        if (channels === 4) data[at + 3] = 255;
      }
    }
  }
}
