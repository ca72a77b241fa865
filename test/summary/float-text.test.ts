// Numbers as text: what is read back is the same float32.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_FLOAT_TEXT, writeFloat } from "../../src/summary/float-text.js";

function text(value: number): string {
  const bytes = new Uint8Array(40).fill(0x23);
  const end = writeFloat(bytes, 3, Math.fround(value));
  expect(
    Buffer.from(bytes)
      .toString("latin1")
      .replace(/^###(.*?)#+$/, "$1"),
  ).toHaveLength(end - 3);
  return Buffer.from(bytes.subarray(3, end)).toString("latin1");
}

describe("writeFloat", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [-1, "-1"],
    [0.5, "0.5"],
    [0.1, "0.100000001"],
    [1 / 3, "0.333333343"],
    [-2.75, "-2.75"],
    [10, "10"],
    [120, "120"],
    [65504, "65504"],
    [16_777_217, "16777216"],
    [123_456_789, "123456792"],
    [1e9, "1000000000"],
    [1e14, "100000000000000"],
    [1e15, "999999987000000"],
    [1.5e15, "1.50000001e15"],
    [1e-5, "9.99999975e-6"],
    [1.234e-5, "0.0000123399996"],
    [2 ** -149, "1.40129846e-45"],
    [2 ** -126, "1.17549435e-38"],
    [3.4028234663852886e38, "3.40282347e38"],
    [-1e-40, "-9.9999461e-41"],
  ])("writes %d as %s", (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  it("gives any float32 back, in no more bytes than it says", () => {
    const bits = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const check = (float: number): void => {
      const written = text(float);
      expect(Number(written)).toSatisfy((read: number) => Math.fround(read) === float);
      expect(written.length).toBeLessThanOrEqual(MAX_FLOAT_TEXT);
    };
    fc.assert(
      fc.property(bits, (word) => {
        const [float] = new Float32Array(Int32Array.of(word).buffer);
        if (Number.isFinite(float)) check(float!);
      }),
      { numRuns: 5000 },
    );
    // Around the powers of ten and of two, where the number of digits changes.
    const float = new Float32Array(1);
    const words = new Int32Array(float.buffer);
    const powers = Array.from({ length: 84 }, (_, i) => 10 ** (i - 45));
    powers.push(...Array.from({ length: 276 }, (_, i) => 2 ** (i - 149)));
    for (const power of powers.filter((each) => each < 3.4e38)) {
      for (let near = -3; near <= 3; near++) {
        float[0] = power;
        words[0] = Math.max(words[0]! + near, 0);
        check(float[0]!);
      }
    }
  });
});
