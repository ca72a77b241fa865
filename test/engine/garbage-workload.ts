// The program of garbage.test.ts: the main job's trial, with how many bytes it leaves on the heap for each step.
// It is to be run with a young generation so large that nothing is collected: then all that was ever allocated is on the heap.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import {
  Adam,
  averageRegret,
  greedyUpdate,
  loss,
  Online,
  TensorBoard,
  toDict,
  Trial,
} from "../../src/engine/index.js";

const logDir = mkdtempSync(join(tmpdir(), "tnl-garbage-"));

async function bytesPerStep(steps: number, comment: string, way: "gradient" | "tape"): Promise<number> {
  const model = new Online();
  if (way === "tape") Object.defineProperty(model, "gradient", { value: undefined });
  const tensorBoard = new TensorBoard({ logDir, comment, writeBatchMetrics: true, writeEpochMetrics: false });
  const optimizer = Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99], amsgrad: true });
  const trial = new Trial(model, optimizer, loss, {
    metrics: [toDict("est", () => model.x.item()), averageRegret()],
    callbacks: [greedyUpdate(), tensorBoard],
    verbose: 0,
  }).forTrainSteps(steps);
  const before = getHeapStatistics().used_heap_size;
  await trial.run();
  return (getHeapStatistics().used_heap_size - before) / steps;
}

let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ["gc"] });

// Until V8 has compiled a loop, each number in it is an object: that is the same for a hundred thousand steps and for a billion.
await bytesPerStep(500_000, "warm", "gradient");
const gradient = await bytesPerStep(2_000_000, "measured", "gradient");
await bytesPerStep(200_000, "tape-warm", "tape");
const tape = await bytesPerStep(500_000, "tape", "tape");
// A control: it must be able to see garbage. An array of one number is 32 bytes or more.
const kept: number[][] = [];
const before = getHeapStatistics().used_heap_size;
for (let i = 0; i < 100_000; i++) kept[i % 10] = [i / 3];
const control = (getHeapStatistics().used_heap_size - before) / 100_000;

// The observer is told in the next turn.
await turn();
rmSync(logDir, { recursive: true });
process.stdout.write(`${JSON.stringify({ gradient, tape, control, collections })}\n`);
