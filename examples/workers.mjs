// Worker threads that log at once: each gets a sub-run of its own by itself, and the main thread logs what they found.
// JavaScript, because a thread of TypeScript needs Node 22.18 or newer, or a build.
//
//   node examples/workers.mjs [workers] [points]
//   npx tnl tensorboard

import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { SummaryWriter } from "tensorboard-node-logger";

if (isMainThread) {
  // The main thread makes the run and tells its workers where it is.
  const workers = Number(process.argv[2] ?? 4);
  const points = Number(process.argv[3] ?? 1_000_000);
  const writer = new SummaryWriter(undefined, { comment: "_workers" });
  const threads = Array.from({ length: workers }, () => {
    return new Worker(new URL(import.meta.url), { workerData: { logdir: writer.logdir, points } });
  });
  // A thread that terminate() or process.exit() ends loses its last 200 ms: let each come to its end.
  const ends = threads.map((thread) => once(thread, "exit"));
  const messages = await Promise.all(threads.map((thread) => once(thread, "message")));
  await Promise.all(ends);

  const mean = messages.reduce((sum, [estimate]) => sum + estimate, 0) / workers;
  writer.addScalar("pi/mean of all", mean, points);
  writer.closeSync();
  console.log(`${mean} by ${workers} workers, logged in ${writer.logdir}`);
} else {
  // In a worker the same directory means <logdir>/worker-1 (or 2, …). With { worker: "a name" } it is named, with false it is off.
  const { logdir, points } = workerData;
  const writer = new SummaryWriter(logdir);
  const estimates = writer.scalar("pi/estimate");
  let inside = 0;
  for (let point = 1; point <= points; point++) {
    if (Math.hypot(Math.random(), Math.random()) < 1) inside++;
    if (point % 1000 === 0) estimates.add((4 * inside) / point, point);
  }
  writer.closeSync();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has none.
  parentPort.postMessage((4 * inside) / points);
}
