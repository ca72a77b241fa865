// Millions of events: reading them one by one needs no more memory at the end than at the beginning, whatever restarts there are.
import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EventFileWriter } from "../../src/events/index.js";
import { SummaryReader } from "../../src/summary/index.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("reader-memory");
const EVENTS = 6_000_000;
const MEGABYTE = 2 ** 20;

function memory(): number {
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + arrayBuffers + external;
}

/** How much more memory there was at any time behind the first tenth than at its end, in MiB; and how many values. */
function growthOf(values: Iterable<unknown>): [count: number, growth: number] {
  let count = 0;
  let before = Infinity;
  let most = 0;
  for (const _ of values) {
    count++;
    if (count % 50_000 !== 0) continue;
    if (count <= EVENTS / 20) before = memory();
    else most = Math.max(most, memory());
  }
  return [count, (most - before) / MEGABYTE];
}

describe(`${EVENTS.toLocaleString("en")} scalars`, () => {
  it.each<[string, (i: number) => number, number]>([
    ["that only go on", (i) => i, EVENTS],
    ["each step twice", (i) => Math.floor(i / 2), EVENTS / 2],
    ["back by ten each hundred", (i) => i - 10 * Math.floor(i / 100), EVENTS * 0.9 + 10],
    ["back by half in the middle", (i) => (i < EVENTS / 2 ? i : i - EVENTS / 4), EVENTS * 0.75],
  ])(
    "%s: constant memory",
    (_name, stepOf, left) => {
      const dir = tempDir();
      const writer = new EventFileWriter(dir);
      const loss = writer.scalars([{ tag: "loss" }]);
      for (let i = 0; i < EVENTS; i++) loss.write(stepOf(i), [i]);
      writer.closeSync();
      const [count, growth] = growthOf(new SummaryReader(dir).values());
      expect(count).toBe(left);
      // The young generation of the heap comes and goes.
      expect(growth).toBeLessThan(60);
      expect(growthOf(new SummaryReader(dir).events())[1]).toBeLessThan(60);
      expect(new SummaryReader(dir).tags()).toMatchObject([{ tag: "loss", count: left }]);
      rmSync(dir, { recursive: true });
    },
    600_000,
  );
});
