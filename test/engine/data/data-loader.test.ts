// Rows in memory as batches.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { DataLoader } from "../../../src/engine/index.js";

const X = [
  [1, 2],
  [3, 4],
  [5, 6],
];

function rowsOf(loader: DataLoader, pass: number, from = 0): number[][] {
  return [...loader.batches(pass, from)].map(([x]) => [...x.data]);
}

describe("DataLoader", () => {
  it("gives batches of rows with their targets, the last one smaller", () => {
    const loader = new DataLoader(X, [7, 8, 9], { batchSize: 2 });
    expect(loader.length).toBe(2);
    expect([...loader]).toEqual([
      [
        { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) },
        { shape: [2], data: Float64Array.of(7, 8) },
      ],
      [
        { shape: [1, 2], data: Float64Array.of(5, 6) },
        { shape: [1], data: Float64Array.of(9) },
      ],
    ]);
  });

  it("has one row a batch unless told otherwise, and no target where there is none", () => {
    expect([...new DataLoader(Float32Array.of(1, 2))]).toEqual([
      [{ shape: [1], data: Float64Array.of(1) }],
      [{ shape: [1], data: Float64Array.of(2) }],
    ]);
    const images = { shape: [2, 1, 2], data: [1, 2, 3, 4] };
    expect([...new DataLoader(images, undefined, { batchSize: 2 })]).toEqual([
      [{ shape: [2, 1, 2], data: Float64Array.of(1, 2, 3, 4) }],
    ]);
  });

  it("shuffles each pass in another order, the same for a seed, and has every row once", () => {
    const many = Array.from({ length: 50 }, (_, i) => i);
    const loader = new DataLoader(many, many, { batchSize: 8, shuffle: true, seed: 3 });
    const orders = [0, 1, 2].map((pass) => rowsOf(loader, pass).flat());
    for (const order of orders) expect(order.toSorted((a, b) => a - b)).toEqual(many);
    expect(new Set(orders.map(String)).size).toBe(3);
    const again = new DataLoader(many, many, { batchSize: 8, shuffle: true, seed: 3 });
    expect(rowsOf(again, 1).flat()).toEqual(orders[1]);
    const other = new DataLoader(many, many, { batchSize: 8, shuffle: true, seed: -3 });
    expect(rowsOf(other, 1).flat()).not.toEqual(orders[1]);
    for (const [x, y] of loader.batches(1, 0)) expect(x.data).toEqual(y!.data);
  });

  it("begins in the middle of a pass with what was left", () => {
    const loader = new DataLoader([0, 1, 2, 3, 4, 5, 6], undefined, { batchSize: 2, shuffle: true });
    const all = rowsOf(loader, 4);
    for (let from = 0; from <= all.length; from++) expect(rowsOf(loader, 4, from)).toEqual(all.slice(from));
  });

  // With 6 orders of 3 rows, each comes a sixth of the time: within five standard deviations.
  it("shuffles evenly", () => {
    const loader = new DataLoader([0, 1, 2], undefined, { shuffle: true });
    const counts = new Map<string, number>();
    for (let pass = 0; pass < 6000; pass++) {
      const order = rowsOf(loader, pass).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(6000 / 6));
  });

  it.each<[string, () => DataLoader, string]>([
    [
      "rows that are not as many",
      () => new DataLoader(X, [1, 2]),
      "Expected `y` to be 3 rows, as x has, got 2",
    ],
    ["no rows", () => new DataLoader([]), "Expected `x` to be at least one row, got shape [0]"],
    ["a number", () => new DataLoader(3), "Expected `x` to be at least one row, got shape []"],
    ["ragged rows", () => new DataLoader([[1], [1, 2]]), "Expected `x[1]` to be"],
    [
      "a batch of none",
      () => new DataLoader(X, X, { batchSize: 0 }),
      "Expected `batchSize` to be an integer from 1, got 0",
    ],
    [
      "half a seed",
      () => new DataLoader(X, X, { seed: 0.5 }),
      "Expected `seed` to be a safe integer, got 0.5",
    ],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });
});
