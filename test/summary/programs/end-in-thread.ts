// Logs steps 1, 2 and 3 into argv[2] from a worker thread, of which only the first is handed over by then, and ends the thread as argv[3] says.
/* oxlint-disable unicorn/no-process-exit -- how a thread ends is what this program is for. */
import { writeSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { SummaryWriter } from "../../../src/summary/index.js";

const [dir = "", how = ""] = process.argv.slice(2);

const ENDS: Record<string, { inThread: () => void; inMain?: (thread: Worker) => void }> = {
  return: { inThread: () => {} },
  exit: { inThread: () => process.exit(0) },
  throw: {
    inThread: () => {
      throw new Error("the thread's own error");
    },
  },
  "terminated by the main thread": { inThread: standStill, inMain: (thread) => void thread.terminate() },
  "exit of the main thread": { inThread: standStill, inMain: () => process.exit(0) },
};

/** No timer runs, that of an idle writer neither. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (isMainThread) {
  const thread = new Worker(new URL(import.meta.url), { workerData: { dir, how } });
  thread.on("error", ({ message }) => writeSync(1, message));
  thread.on("message", () => ENDS[how]!.inMain?.(thread));
} else {
  const data = workerData as { dir: string; how: string };
  const writer = new SummaryWriter(data.dir, { clock: () => 1.7e12 });
  for (let step = 1; step <= 3; step++) writer.addScalar("loss", 1, step);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has none.
  parentPort!.postMessage("logged");
  ENDS[data.how]!.inThread();
}
