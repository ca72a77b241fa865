// Logs into a run in one session after another, and prints each step up to which everything was flushed, until it is killed.
//
// argv: directory, steps of the first session, steps of each other one, milliseconds of the clock for a step, most points a tag (0: all).
import { writeSync } from "node:fs";
import { SummaryWriter } from "../../../src/summary/index.js";

const HOUR_MS = 3_600_000;
const FLUSH_EVERY = 100;

const [dir = "", ...numbers] = process.argv.slice(2);
const [firstSteps = 1, steps = 1, stepMs = 0, maxPointsPerTag = 0] = numbers.map(Number);

let now = 1.7e12;
let step = 0;
for (let session = 0; ; session++) {
  const bounds = maxPointsPerTag === 0 ? {} : { maxPointsPerTag };
  const writer = new SummaryWriter(dir, { clock: () => now, ...bounds });
  const loss = writer.scalar("loss");
  const end = step + (session === 0 ? firstSteps : steps);
  for (; step < end; step++) {
    // Every 997th step is higher, and every 991st lower, than all before it.
    const value = step % 997 === 0 ? 1024 + step : step % 991 === 0 ? -step : step % 1024;
    loss.add(value, step);
    now += stepMs;
    if (step % FLUSH_EVERY !== 0 && step !== end - 1) continue;
    writer.flush();
    writeSync(1, `${step}\n`);
  }
  writer.closeSync();
  // Long enough for old files to be deleted.
  now += HOUR_MS;
}
