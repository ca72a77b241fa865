// Sixty million scalars: the writers need no more memory at their end than at their beginning.
import { describe, expect, it } from "vitest";
import { openEventWriter, type EventWriterOptions } from "../../src/events/open-event-writer.js";
import { nodeFileSystem, type FileSystem } from "../../src/events/file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("memory");
const SCALARS = 60_000_000;
const MEGABYTE = 2 ** 20;

/** A disk that takes everything and keeps nothing of it, so that only the writer's own memory counts. */
function nowhere(): FileSystem & { taken: number } {
  const disk = {
    ...nodeFileSystem,
    taken: 0,
    writeSync: (_fd: number, _bytes: Uint8Array, _offset: number, length: number): number => {
      disk.taken += length;
      return length;
    },
  };
  return disk;
}

function memory(): number {
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + arrayBuffers + external;
}

describe(`${SCALARS.toLocaleString("en")} scalars`, () => {
  it.each<[string, EventWriterOptions, number]>([
    ["every one in the event file", {}, 2.4e9],
    ["bounded curves and a record file", { maxPointsPerTag: 1000 }, 2.4e9],
    ["bounded curves alone", { maxPointsPerTag: 1000, records: false }, 2e4],
  ])("%s: constant memory", (_name, options, least) => {
    const disk = nowhere();
    const writer = openEventWriter(tempDir(), { ...options, fileSystem: disk });
    const loss = writer.scalars([{ tag: "loss" }]);
    let step = 0;
    const run = (until: number): void => {
      for (; step < until; step++) loss.writeOne(step, step % 1000);
    };
    run(SCALARS / 60);
    const before = memory();
    let most = before;
    for (let part = 2; part <= 60; part++) {
      run((part * SCALARS) / 60);
      most = Math.max(most, memory());
    }
    writer.closeSync();
    // The young generation of the heap comes and goes.
    expect((most - before) / MEGABYTE).toBeLessThan(40);
    expect(disk.taken).toBeGreaterThan(least);
  });
});
