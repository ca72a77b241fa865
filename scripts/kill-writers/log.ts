// Logs with this package's SummaryWriter until it is killed, or continues runs. argv: a job as JSON. log.py does the same in Python.
import { once } from "node:events";
import { openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SummaryWriter } from "tensorboard-node-logger";
import type { LogJob, ResumeJob } from "./job.js";

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function log({
  dir,
  options,
  tag,
  steps,
  stepMs,
  flushEvery,
  notes: path,
  atEnd,
}: LogJob): Promise<void> {
  const file = openSync(path, "r+");
  // -1: none yet.
  const notes = new Float64Array([-1, -1]);
  if (atEnd === "close") {
    say("ready");
    await once(process.stdin, "data");
  }
  say("started");
  const before = Math.floor(Date.now() / 1000);
  const writer = new SummaryWriter(dir, options);
  const start = performance.now();
  for (let step = 0; step < steps;) {
    const due = stepMs === 0 ? steps : Math.min(steps, 1 + (performance.now() - start) / stepMs);
    for (; step < due; step++) {
      writer.addScalar(tag, step % 1024, step);
      notes[0] = step;
      writeSync(file, notes, 0, 16, 0);
      if (flushEvery === 0 || step % flushEvery !== flushEvery - 1) continue;
      writer.flush();
      notes[1] = step;
      writeSync(file, notes, 0, 16, 0);
    }
    if (stepMs > 0) await sleep(1);
  }
  if (atEnd === "close") {
    writer.closeSync();
    // The file is made at the first event, which is less than the whole time before and after.
    say(`${before} ${Math.floor(Date.now() / 1000)}`);
    process.exit();
  }
  say("done");
  // Nobody is left to kill it.
  process.stdin.on("end", () => process.exit()).resume();
}

function resume({ runs, tag, steps }: ResumeJob): void {
  for (const { dir, options, from } of runs) {
    const writer = new SummaryWriter(dir, options);
    for (let step = from; step < from + steps; step++) writer.addScalar(tag, -1 - (step % 1024), step);
    writer.closeSync();
  }
}

const job = JSON.parse(process.argv.at(-1) ?? "") as LogJob | ResumeJob;
if ("runs" in job) resume(job);
else await log(job);
