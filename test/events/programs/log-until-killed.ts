// Logs steps as fast as it can and prints each step up to which everything was flushed, until it is killed.
//
// argv: directory, first step, steps between two flushes, steps in all (then it stands still).
import { writeSync } from "node:fs";
import { SummaryWriter } from "../../../src/summary/index.js";

const [dir = "", first = 0, every = 1, count = 0] = [process.argv[2], ...process.argv.slice(3).map(Number)];

const writer = new SummaryWriter(dir);
const loss = writer.scalar("loss");
for (let step = first; step < first + count; step++) {
  loss.add(step % 1024, step);
  // An event of another size, so that records do not fall on the same places of each page.
  if (step % 5 === 0) writer.addStep(step, { "more/a": step % 1024, "more/b": 0.5 });
  if ((step - first) % every === every - 1) {
    writer.flush();
    writeSync(1, `${step}\n`);
  }
}
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
