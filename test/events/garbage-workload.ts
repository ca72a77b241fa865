// The program of garbage.test.ts: what each event of a writer leaves on the heap, in bytes. It is to be run with a young generation so large that
// nothing is collected: then all that was ever allocated is on the heap.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { openEventWriter, type EventWriterOptions } from "../../src/events/index.js";

const dir = mkdtempSync(join(tmpdir(), "tnl-garbage-"));

function bytesPerEvent(events: number, run: string, options: EventWriterOptions): number {
  const writer = openEventWriter(join(dir, run), options);
  const channel = writer.scalars([{ tag: "a" }, { tag: "b" }]);
  const values = new Float64Array(2);
  const before = getHeapStatistics().used_heap_size;
  for (let step = 0; step < events; step++) {
    values[0] = step / 3;
    values[1] = (step * 7919) % 1009;
    channel.write(step, values);
  }
  const bytes = (getHeapStatistics().used_heap_size - before) / events;
  writer.closeSync();
  return bytes;
}

let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ["gc"] });

const kinds: Record<string, EventWriterOptions> = {
  plain: {},
  bounded: { maxPointsPerTag: 1000 },
  withoutRecords: { maxPointsPerTag: 1000, records: false },
};
const result: Record<string, number> = {};
for (const [kind, options] of Object.entries(kinds)) {
  // Until V8 has compiled it, each number is an object.
  bytesPerEvent(300_000, `${kind}-warm`, options);
  result[kind] = bytesPerEvent(500_000, kind, options);
}
// A control: it must be able to see garbage. An array of one number is 32 bytes or more.
const kept: number[][] = [];
const before = getHeapStatistics().used_heap_size;
for (let i = 0; i < 100_000; i++) kept[i % 10] = [i / 3];
result["control"] = (getHeapStatistics().used_heap_size - before) / 100_000;

// The observer is told in the next turn.
await turn();
rmSync(dir, { recursive: true });
process.stdout.write(`${JSON.stringify({ ...result, collections })}\n`);
