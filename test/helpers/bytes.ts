// Bytes as tests write them down, and TFRecord framing made without the code under test.

/** Bytes from hex digits; spaces and line ends are for the reader. */
export function bytes(...hex: readonly string[]): Uint8Array {
  const digits = hex.join("").replaceAll(/\s/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/.test(digits))
    throw new Error(`Not whole bytes in hex: ${digits}`);
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

/** The hex digits of bytes, which a failing test shows in one line. */
export function hex(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.length).toString("hex");
}

/** CRC-32C by its definition, a bit at a time (polynomial 0x1EDC6F41, reflected). */
export function slowCrc32c(data: Iterable<number>): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** TFRecord's mask by its formula, in integers that do not overflow: rotr32(crc, 15) + 0xa282ead8, modulo 2^32. */
export function slowMaskedCrc32c(data: Iterable<number>): number {
  const crc = BigInt(slowCrc32c(data));
  const rotated = (crc >> 15n) | ((crc & 0x7fffn) << 17n);
  return Number((rotated + 0xa282ead8n) % 2n ** 32n);
}

/** A record's header for any length up to 2^64 - 1, with the right checksum. */
export function frameHeader(length: bigint): Uint8Array {
  const header = Buffer.alloc(12);
  header.writeBigUInt64LE(length, 0);
  header.writeUInt32LE(slowMaskedCrc32c(header.subarray(0, 8)), 8);
  return Uint8Array.from(header);
}

/** `data` as one TFRecord. */
export function frame(data: Uint8Array): Uint8Array {
  const footer = Buffer.alloc(4);
  footer.writeUInt32LE(slowMaskedCrc32c(data));
  return concat(frameHeader(BigInt(data.length)), data, footer);
}

/** One array after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  // A copy in a buffer of its own.
  return new Uint8Array(Buffer.concat(parts));
}
