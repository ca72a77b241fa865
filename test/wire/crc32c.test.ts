// CRC-32C against the vectors of its specification and against its definition.
import { describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c, maskedCrc32cSigned } from "../../src/wire/crc32c.js";
import { bytes, slowCrc32c, slowMaskedCrc32c } from "../helpers/bytes.js";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const counting = Uint8Array.from({ length: 32 }, (_, i) => i);

describe("crc32c", () => {
  // RFC 3720, appendix B.4; it prints the checksums least significant byte first.
  it.each([
    ["32 bytes of zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["32 bytes counting up", counting, 0x46dd794e],
    ["32 bytes counting down", counting.toReversed(), 0x113fdb5c],
    [
      "an iSCSI read command",
      bytes(
        "01c00000 00000000 00000000 00000000 14000000 00000400",
        "00000014 00000018 28000000 00000000 02000000 00000000",
      ),
      0xd9963a56,
    ],
    ["the check value", ascii("123456789"), 0xe3069283],
    ["no bytes", new Uint8Array(), 0],
  ])("gives RFC 3720's checksum of %s", (_, data, expected) => {
    expect(crc32c(data)).toBe(expected);
  });

  it("agrees with its definition at every length up to 300 and every alignment", () => {
    // No pattern that repeats: the top bytes of the multiples of 2^32 divided by the golden ratio.
    const data = Uint8Array.from({ length: 320 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
    for (let start = 0; start < 8; start++) {
      for (let length = 0; length <= 300; length++) {
        const part = data.subarray(start, start + length);
        const expected = slowCrc32c(part);
        expect(crc32c(data, start, start + length), `bytes ${start} to ${start + length}`).toBe(expected);
        // A view that begins in the middle of its buffer reads the same.
        expect(crc32c(part), `a view of ${length} bytes from ${start}`).toBe(expected);
      }
    }
  });

  it("changes with every bit of its input", () => {
    const data = Uint8Array.from({ length: 24 }, (_, i) => i * 7);
    const seen = new Set([crc32c(data)]);
    for (let bit = 0; bit < data.length * 8; bit++) {
      const other = Uint8Array.from(data);
      other[bit >> 3]! ^= 1 << (bit & 7);
      seen.add(crc32c(other));
    }
    expect(seen.size).toBe(1 + 24 * 8);
  });
});

describe("maskedCrc32c", () => {
  it("gives TensorBoard's vector (data/server/masked_crc.rs)", () => {
    expect(maskedCrc32c(ascii("\x1a\x11CRC test, one two"))).toBe(0x5794d08a);
  });

  it("masks the checksum of nothing to the constant", () => {
    expect(maskedCrc32c(new Uint8Array())).toBe(0xa282ead8);
  });

  it("agrees with its formula, signed and unsigned", () => {
    let negative = 0;
    for (let length = 0; length <= 64; length++) {
      const data = Uint8Array.from({ length: length + 2 }, (_, i) => (i * 37 + length) & 0xff);
      const expected = slowMaskedCrc32c(data.subarray(1, length + 1));
      expect(maskedCrc32c(data, 1, length + 1)).toBe(expected);
      const signed = maskedCrc32cSigned(data, new DataView(data.buffer), 1, length + 1);
      expect(signed).toBe(expected | 0);
      if (signed < 0) negative++;
    }
    // Otherwise the signed form was not tried.
    expect(negative).toBeGreaterThan(10);
  });
});
