// CRC-32C (Castagnoli) and the masked form that TFRecord files store.

const POLYNOMIAL = 0x82f63b78;
const SLICES = 16;

// Entry k * 256 + b: the effect on the checksum of byte b with k more bytes behind it, so that sixteen bytes need sixteen
// independent look-ups instead of a chain of sixteen.
const TABLE = makeTable();

/**
 * CRC-32C of `bytes[start, end)`, as an unsigned 32-bit number.
 *
 * Check value: the nine ASCII bytes "123456789" give 0xe3069283 (RFC 3720, B.4).
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return ~addToCrc(-1, bytes, viewOf(bytes), start, end) >>> 0;
}

/**
 * The checksum as TFRecord stores it, unsigned: rotated right by 15 bits, plus a constant, so that a checksum of data
 * that contains checksums stays a good one (tensorboard/data/server/masked_crc.rs).
 */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return maskedCrc32cSigned(bytes, viewOf(bytes), start, end) >>> 0;
}

/** `maskedCrc32c` as a signed 32-bit number, which V8 keeps in a register where an unsigned one may be allocated. `view`: of the same bytes. */
export function maskedCrc32cSigned(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  return maskCrc(addToCrc(-1, bytes, view, start, end));
}

/** The masked checksum, signed, of all bytes that were added to -1. */
export function maskCrc(sum: number): number {
  const crc = ~sum;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) | 0;
}

/** Adds `bytes[start, end)` to a sum that began as -1. `view`: of the same bytes. */
export function addToCrc(sum: number, bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let crc = sum;
  let i = start;
  for (; i + 16 <= end; i += 16) {
    crc ^= view.getInt32(i, true);
    const a = view.getInt32(i + 4, true);
    const b = view.getInt32(i + 8, true);
    const c = view.getInt32(i + 12, true);
    crc =
      TABLE[3840 + (crc & 0xff)]! ^
      TABLE[3584 + ((crc >>> 8) & 0xff)]! ^
      TABLE[3328 + ((crc >>> 16) & 0xff)]! ^
      TABLE[3072 + (crc >>> 24)]! ^
      TABLE[2816 + (a & 0xff)]! ^
      TABLE[2560 + ((a >>> 8) & 0xff)]! ^
      TABLE[2304 + ((a >>> 16) & 0xff)]! ^
      TABLE[2048 + (a >>> 24)]! ^
      TABLE[1792 + (b & 0xff)]! ^
      TABLE[1536 + ((b >>> 8) & 0xff)]! ^
      TABLE[1280 + ((b >>> 16) & 0xff)]! ^
      TABLE[1024 + (b >>> 24)]! ^
      TABLE[768 + (c & 0xff)]! ^
      TABLE[512 + ((c >>> 8) & 0xff)]! ^
      TABLE[256 + ((c >>> 16) & 0xff)]! ^
      TABLE[c >>> 24]!;
  }
  for (; i + 4 <= end; i += 4) {
    crc ^= view.getInt32(i, true);
    crc =
      TABLE[768 + (crc & 0xff)]! ^
      TABLE[512 + ((crc >>> 8) & 0xff)]! ^
      TABLE[256 + ((crc >>> 16) & 0xff)]! ^
      TABLE[crc >>> 24]!;
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 0xff]!;
  return crc;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function makeTable(): Int32Array {
  const table = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const shorter = table[i - 256]!;
    table[i] = (shorter >>> 8) ^ table[shorter & 0xff]!;
  }
  return table;
}
