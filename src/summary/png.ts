// PNG, encoded (PNG specification, third edition: 9 filtering, 10 compression, 11 chunks).

import { constants, crc32, deflateSync } from "node:zlib";
import type { Pixels } from "./pixels.js";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** The colour type of 1, 2, 3 and 4 channels: grey, grey and alpha, RGB, RGBA. */
const COLOR_TYPE = [0, 4, 2, 6] as const;
const FILTER = { NONE: 0, SUB: 1, UP: 2 } as const;
/** The levels above it take much more time. */
const SEARCH = { level: 3 } as const;
/** Lengths of equal bytes only. */
const NO_SEARCH = { level: 1, strategy: constants.Z_RLE } as const;
/** Rows that are looked at to choose a filter, and bytes that are tried to choose how to search for repetitions. */
const SAMPLED_ROWS = 16;
const SAMPLED_BYTES = 16 * 1024;

/**
 * A PNG file of these pixels, 8 bits a channel, made to be fast: one filter for the picture, and a fast way of zlib's. It is about as large
 * as those of libraries that take several times as long.
 */
export function encodePng(pixels: Pixels): Uint8Array {
  const filtered = filterRows(pixels);
  const compressed = deflateSync(filtered, {
    ...(repeats(filtered) ? SEARCH : NO_SEARCH),
    // One piece, where the default is as many as there are 16 KiB, which are then copied together.
    chunkSize: Math.max(filtered.length, 1024),
  });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header(pixels)),
    chunk("IDAT", compressed),
    chunk("IEND", new Uint8Array()),
  ]);
}

function header({ width, height, channels }: Pixels): Uint8Array {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, COLOR_TYPE[channels - 1]!], 8);
  return data;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, data.length + 8)), data.length + 8);
  return bytes;
}

/** The rows, each with its filter before it and as differences from the pixel to the left or above. */
function filterRows(pixels: Pixels): Uint8Array {
  const filter = chooseFilter(pixels);
  const rowLength = pixels.width * pixels.channels + 1;
  const filtered = new Uint8Array(rowLength * pixels.height);
  for (let row = 0; row < pixels.height; row++) filterRow(pixels, row, filter, filtered, row * rowLength);
  return filtered;
}

function filterRow(pixels: Pixels, row: number, filter: number, target: Uint8Array, at: number): void {
  const { channels, data } = pixels;
  const rowLength = pixels.width * channels;
  const start = row * rowLength;
  const distance = filter === FILTER.SUB ? channels : rowLength;
  const isCopied = filter === FILTER.NONE || (filter === FILTER.UP && row === 0);
  const plain = isCopied ? rowLength : filter === FILTER.SUB ? channels : 0;
  target[at] = filter;
  target.set(data.subarray(start, start + plain), at + 1);
  let to = at + 1 + plain;
  for (let from = start + plain; from < start + rowLength; from++, to++) {
    target[to] = data[from]! - data[from - distance]!;
  }
}

/** The filter with which some of the rows become smallest. */
function chooseFilter(pixels: Pixels): number {
  const { width, height, channels } = pixels;
  const rowLength = width * channels + 1;
  const stride = Math.ceil(height / SAMPLED_ROWS);
  const sample = new Uint8Array(rowLength * Math.ceil(height / stride));
  const sizes = Object.values(FILTER).map((filter) => {
    for (let i = 0; i * rowLength < sample.length; i++) {
      filterRow(pixels, Math.min(i * stride + 1, height - 1), filter, sample, i * rowLength);
    }
    return deflateSync(sample, NO_SEARCH).length;
  });
  return sizes.indexOf(Math.min(...sizes));
}

/**
 * Whether searching for repetitions is worth its time. In a drawing it is, and it is fast there. In a photograph it takes most of the
 * time and finds nothing: there, lengths of equal bytes and Huffman codes give the same size.
 */
function repeats(filtered: Uint8Array): boolean {
  if (filtered.length < 2 * SAMPLED_BYTES) return true;
  const start = (filtered.length - SAMPLED_BYTES) >> 1;
  const sample = filtered.subarray(start, start + SAMPLED_BYTES);
  return deflateSync(sample, SEARCH).length < 0.9 * deflateSync(sample, NO_SEARCH).length;
}
