// CRC-32C (Castagnoli) and the masked form that TFRecord files store.

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

// Entry k * 256 + b: the effect on the checksum of byte b with k more bytes behind it, so that eight bytes need eight
// independent look-ups instead of a chain of eight.
const TABLE = makeTable();

/**
 * CRC-32C of `bytes[start, end)`, as an unsigned 32-bit number.
 *
 * Check value: the nine ASCII bytes "123456789" give 0xe3069283 (RFC 3720, B.4).
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return crc32cSigned(bytes, start, end) >>> 0;
}

/**
 * The checksum as TFRecord stores it, unsigned: rotated right by 15 bits, plus a constant, so that a checksum of data
 * that contains checksums stays a good one (tensorboard/data/server/masked_crc.rs).
 */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return maskSigned(crc32cSigned(bytes, start, end)) >>> 0;
}

/** `maskedCrc32c` as a signed 32-bit number, which V8 keeps in a register where an unsigned one may be allocated. */
export function maskedCrc32cSigned(bytes: Uint8Array, start: number, end: number): number {
  return maskSigned(crc32cSigned(bytes, start, end));
}

function maskSigned(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) | 0;
}

function crc32cSigned(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1;
  let i = start;
  const blocks = end - ((end - start) % SLICES);
  for (; i < blocks; i += SLICES) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      TABLE[1792 + (crc & 0xff)]! ^
      TABLE[1536 + ((crc >>> 8) & 0xff)]! ^
      TABLE[1280 + ((crc >>> 16) & 0xff)]! ^
      TABLE[1024 + (crc >>> 24)]! ^
      TABLE[768 + bytes[i + 4]!]! ^
      TABLE[512 + bytes[i + 5]!]! ^
      TABLE[256 + bytes[i + 6]!]! ^
      TABLE[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc;
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
