// Logs with this package's SummaryWriter until it is killed, or logs whole sessions. argv: a job as JSON. log.py does the same in Python.
import { once } from "node:events";
import { openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SummaryWriter } from "tensorboard-node-logger";
import type { LogJob, SessionsJob } from "./job.js";

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function log({
  dir,
  options,
  clockSpeed,
  tag,
  first,
  steps,
  stepMs,
  flushEvery,
  notes: path,
  atEnd,
}: LogJob): Promise<void> {
  const file = openSync(path, "r+");
  const notes = new Float64Array([first - 1, first - 1]);
  if (atEnd === "close") {
    say("ready");
    await once(process.stdin, "data");
  }
  say("started");
  const began = Date.now();
  const clock = (): number => began + (Date.now() - began) * clockSpeed;
  const writer = new SummaryWriter(dir, clockSpeed === 1 ? options : { ...options, clock });
  const start = performance.now();
  const end = first + steps;
  for (let step = first; step < end;) {
    const due = stepMs === 0 ? end : Math.min(end, first + 1 + (performance.now() - start) / stepMs);
    for (; step < due; step++) {
      writer.addScalar(tag, step % 1024, step);
      notes[0] = step;
      writeSync(file, notes, 0, 16, 0);
      if (flushEvery === 0 || (step - first) % flushEvery !== flushEvery - 1) continue;
      writer.flush();
      notes[1] = step;
      writeSync(file, notes, 0, 16, 0);
    }
    if (stepMs > 0) await sleep(1);
  }
  if (atEnd === "close") {
    writer.closeSync();
    // The file is made at the first event, which is less than the whole time before and after.
    say(`${Math.floor(began / 1000)} ${Math.floor(Date.now() / 1000)}`);
    process.exit();
  }
  say("done");
  // Nobody is left to kill it.
  process.stdin.on("end", () => process.exit()).resume();
}

function logSessions({ runs, tag, steps, values }: SessionsJob): void {
  for (const { dir, options, from } of runs) {
    const writer = new SummaryWriter(dir, options);
    for (let step = from; step < from + steps; step++) {
      writer.addScalar(tag, values === "first" ? step % 1024 : -1 - (step % 1024), step);
    }
    writer.closeSync();
  }
}

const job = JSON.parse(process.argv.at(-1) ?? "") as LogJob | SessionsJob;
if ("runs" in job) logSessions(job);
else await log(job);
