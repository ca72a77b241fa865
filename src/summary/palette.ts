// At most 256 colours for several pictures, for formats that have no more.

/** A picture's colours, red, green and blue side by side. */
export type Rgb = Uint8Array;

/** Colours, and which of them each pixel of each picture has. */
export interface Indexed {
  readonly palette: readonly (readonly [red: number, green: number, blue: number])[];
  readonly pictures: readonly Uint8Array[];
}

const MAX_COLORS = 256;
/** Of each channel: similar colours are taken as one where there are too many. */
const BITS = 5;
const DROPPED = 8 - BITS;
const CELLS = 2 ** (3 * BITS);

/** The same palette for all pictures: their own colours if they are at most 256, else chosen ones by median cut. */
export function indexColors(pictures: readonly Rgb[]): Indexed {
  return exact(pictures) ?? approximate(pictures);
}

function exact(pictures: readonly Rgb[]): Indexed | undefined {
  const numbers = new Map<number, number>();
  const indexed: Uint8Array[] = [];
  for (const picture of pictures) {
    const indices = new Uint8Array(picture.length / 3);
    let lastColor = -1;
    let lastNumber = 0;
    for (let pixel = 0, at = 0; pixel < indices.length; pixel++, at += 3) {
      const color = (picture[at]! << 16) | (picture[at + 1]! << 8) | picture[at + 2]!;
      if (color !== lastColor) {
        lastColor = color;
        lastNumber = numbers.get(color) ?? numbers.size;
        if (lastNumber === MAX_COLORS) return undefined;
        numbers.set(color, lastNumber);
      }
      indices[pixel] = lastNumber;
    }
    indexed.push(indices);
  }
  const palette = Array.from(
    numbers.keys(),
    (color) => [color >> 16, (color >> 8) & 255, color & 255] as const,
  );
  return { palette, pictures: indexed };
}

function approximate(pictures: readonly Rgb[]): Indexed {
  const histogram = new Histogram(pictures);
  const boxes = cut(histogram);
  const numberOf = new Uint8Array(CELLS);
  const palette = boxes.map((cells, number) => {
    for (const cell of cells) numberOf[cell] = number;
    return histogram.mean(cells);
  });
  const indexed = pictures.map((picture) => {
    const indices = new Uint8Array(picture.length / 3);
    for (let pixel = 0, at = 0; pixel < indices.length; pixel++, at += 3) {
      indices[pixel] = numberOf[cellOf(picture[at]!, picture[at + 1]!, picture[at + 2]!)]!;
    }
    return indices;
  });
  return { palette, pictures: indexed };
}

function cellOf(red: number, green: number, blue: number): number {
  return ((red >> DROPPED) << (2 * BITS)) | ((green >> DROPPED) << BITS) | (blue >> DROPPED);
}

/** How often each cell of similar colours occurs, and the sums of its colours. */
class Histogram {
  readonly counts = new Uint32Array(CELLS);
  readonly #sums = new Float64Array(3 * CELLS);

  constructor(pictures: readonly Rgb[]) {
    for (const picture of pictures) {
      for (let at = 0; at < picture.length; at += 3) {
        const cell = cellOf(picture[at]!, picture[at + 1]!, picture[at + 2]!);
        this.counts[cell]!++;
        for (let channel = 0; channel < 3; channel++)
          this.#sums[3 * cell + channel]! += picture[at + channel]!;
      }
    }
  }

  /** The mean colour of the pixels of some cells. */
  mean(cells: readonly number[]): [red: number, green: number, blue: number] {
    let count = 0;
    const sums: [number, number, number] = [0, 0, 0];
    for (const cell of cells) {
      count += this.counts[cell]!;
      for (let channel = 0; channel < 3; channel++) sums[channel]! += this.#sums[3 * cell + channel]!;
    }
    return sums.map((sum) => Math.round(sum / count)) as [number, number, number];
  }
}

/** A part of the colours: how many pixels have them, and the channel in which they differ most. */
interface Part {
  readonly cells: readonly number[];
  readonly channel: number;
  /** Large where many pixels differ much. */
  readonly weight: number;
}

/** Splits the colours that occur, always those where it matters most, in the channel in which they differ most, until there are 256 parts. */
function cut({ counts }: Histogram): (readonly number[])[] {
  const all = Array.from({ length: CELLS }, (_, cell) => cell).filter((cell) => counts[cell]! > 0);
  const parts = [partOf(all, counts)];
  while (parts.length < MAX_COLORS) {
    const widest = parts.reduce((best, part, i) => (part.weight > parts[best]!.weight ? i : best), 0);
    const { cells, channel, weight } = parts[widest]!;
    if (weight === 0) break;
    const [low, high] = halves(cells, channel, counts);
    parts[widest] = partOf(low, counts);
    parts.push(partOf(high, counts));
  }
  return parts.map(({ cells }) => cells);
}

function partOf(cells: readonly number[], counts: Uint32Array): Part {
  const spreads = [0, 1, 2].map((channel) => {
    let [low, high] = [Infinity, -Infinity];
    for (const cell of cells) {
      const value = channelOf(cell, channel);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return high - low;
  });
  const spread = Math.max(...spreads);
  const count = cells.reduce((sum, cell) => sum + counts[cell]!, 0);
  return { cells, channel: spreads.indexOf(spread), weight: spread * Math.sqrt(count) };
}

/** Two parts with about as many pixels, each of at least one cell. */
function halves(
  cells: readonly number[],
  channel: number,
  counts: Uint32Array,
): [low: readonly number[], high: readonly number[]] {
  const sorted = cells.toSorted((a, b) => channelOf(a, channel) - channelOf(b, channel));
  const half = sorted.reduce((sum, cell) => sum + counts[cell]!, 0) / 2;
  let sum = 0;
  let split = 0;
  while (split < sorted.length - 1 && sum < half) sum += counts[sorted[split++]!]!;
  return [sorted.slice(0, split), sorted.slice(split)];
}

function channelOf(cell: number, channel: number): number {
  return (cell >> ((2 - channel) * BITS)) & (2 ** BITS - 1);
}
