// Prints what listens on the process, and what keeps it alive: before and after importing, opening, logging, closing.
import { writeSync } from "node:fs";

function look(when: string): void {
  const counts = process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
  const resources = process.getActiveResourcesInfo().filter((name) => name !== "PipeWrap");
  writeSync(1, `${JSON.stringify({ when, listeners: Object.fromEntries(counts), resources })}\n`);
}

const [dir = ""] = process.argv.slice(2);
look("before");
const { SummaryWriter } = await import("../../../src/summary/index.js");
await import("../../../src/events/index.js");
await import("../../../src/wire/index.js");
look("imported");
// The clock stands still, so that the later events wait for the timer of an idle writer.
const clock = (): number => 1.7e12;
const first = new SummaryWriter(`${dir}/a`, { clock });
const second = new SummaryWriter(`${dir}/b`, { clock });
look("made");
for (let step = 0; step < 3; step++) {
  first.addScalar("a", 1, step);
  second.addScalar("a", 1, step);
}
look("logged");
first.closeSync();
second.closeSync();
look("closed");
