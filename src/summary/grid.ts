// Several pictures as one, in rows.

import { ArgumentError } from "../errors.js";
import { withChannels, type Pixels } from "./pixels.js";

/** How pictures are laid out. */
export interface GridOptions {
  /** Pictures in a row, at least 1; 8 unless given. */
  readonly columns?: number;
  /** Black pixels around each picture; none unless given. */
  readonly padding?: number;
}

/**
 * Pictures of one size side by side, row by row, as torch's `add_images` does it and, with a padding, torchvision's `make_grid`.
 *
 * Throws an `ArgumentError` when there is none, or the sizes differ.
 */
export function makeGrid(images: readonly Pixels[], options: GridOptions = {}): Pixels {
  const { columns = 8, padding = 0 } = options;
  if (!Number.isSafeInteger(columns) || columns < 1)
    throw new ArgumentError("grid.columns", "a whole number of at least 1", columns);
  if (!Number.isSafeInteger(padding) || padding < 0)
    throw new ArgumentError("grid.padding", "a whole number of pixels from 0", padding);
  const [first] = images;
  if (first === undefined) throw new ArgumentError("images", "at least one picture", images);
  const channels = commonChannels(images);
  const across = Math.min(columns, images.length);
  const cell = { width: first.width + padding, height: first.height + padding };
  const width = across * cell.width + padding;
  const height = Math.ceil(images.length / across) * cell.height + padding;
  const data = new Uint8Array(width * height * channels);
  if (channels % 2 === 0)
    for (let alpha = channels - 1; alpha < data.length; alpha += channels) data[alpha] = 255;
  for (const [i, image] of images.entries()) {
    if (image.width !== first.width || image.height !== first.height) {
      const expected = `${first.width} x ${first.height} pixels as the first, for a grid`;
      throw new ArgumentError(`images[${i}]`, expected, image, `${image.width} x ${image.height}`);
    }
    const left = (i % across) * cell.width + padding;
    const top = Math.floor(i / across) * cell.height + padding;
    copyInto(data, width, withChannels(image, channels), left, top);
  }
  return { width, height, channels, data };
}

/** As few as show all of them: those of the pictures if they are the same, else with colour, and with alpha if one has it. */
function commonChannels(images: readonly Pixels[]): number {
  const all = new Set(images.map(({ channels }) => channels));
  if (all.size === 1) return images[0]!.channels;
  return all.has(2) || all.has(4) ? 4 : 3;
}

function copyInto(data: Uint8Array, width: number, image: Pixels, left: number, top: number): void {
  const rowLength = image.width * image.channels;
  for (let row = 0; row < image.height; row++) {
    const target = ((top + row) * width + left) * image.channels;
    data.set(image.data.subarray(row * rowLength, (row + 1) * rowLength), target);
  }
}
