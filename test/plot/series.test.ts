// A series keeps every point, however many.
import { expect, it } from "vitest";
import { parseColor } from "../../src/plot/color.js";
import { Series } from "../../src/plot/series.js";

it("keeps every point across its growths", () => {
  const series = new Series("a", parseColor("red"));
  for (let i = 0; i < 100_000; i++) series.push(i, -i / 2);
  expect(series.length).toBe(100_000);
  expect(series.xs).toEqual(Float64Array.from({ length: 100_000 }, (_, i) => i));
  expect(series.ys).toEqual(Float64Array.from({ length: 100_000 }, (_, i) => -i / 2));
});

it("takes six million points in as few allocations as their logarithm, with little idle memory", () => {
  const series = new Series("a", parseColor("red"));
  const buffers = new Set<ArrayBufferLike>();
  let idle = 0;
  for (let i = 0; i < 6_000_000; i++) {
    series.push(i, i);
    if (i % 256 === 255) {
      const { buffer } = series.xs;
      buffers.add(buffer);
      idle = Math.max(idle, 1 - ((i + 1) * 8) / buffer.byteLength);
    }
  }
  expect(series.xs.at(-1)).toBe(5_999_999);
  expect(buffers.size).toBeLessThanOrEqual(26);
  expect(idle).toBeLessThan(0.34);
});

it("keeps NaN and infinities", () => {
  const series = new Series("a", parseColor("red"));
  series.push(0, NaN);
  series.push(1, -Infinity);
  expect([...series.ys]).toEqual([NaN, -Infinity]);
});
