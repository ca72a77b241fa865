// A clock that costs nothing to read: a thread writes the time into shared memory about once a millisecond.

import { Worker } from "node:worker_threads";

/** Ticks a second: what the cell counts. */
export const TICKS_PER_SECOND = 10_000;

/** A clock to be read at each hook. */
export interface HookClock {
  /** Its first number is the time in tenths of milliseconds, from any beginning on; it wraps as an int32 does. */
  readonly cell: Int32Array;
  /** Resolves when it ticks. */
  readonly ready: Promise<void>;
  stop(): void;
}

// The second number of the cell ends it. Sleeping on it, the thread takes no time of a processor.
const TICKING = `
const { workerData } = require("node:worker_threads");
const cell = new Int32Array(workerData);
const start = performance.now();
while (Atomics.wait(cell, 1, 0, 1) === "timed-out") cell[0] = Math.round((performance.now() - start) * 10) | 0;
`;

/** Starts the thread, which does not keep the process alive. */
export function startHookClock(): HookClock {
  const cell = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  // Without the process's own flags: a loader of TypeScript is nothing that it needs.
  const worker = new Worker(TICKING, { eval: true, workerData: cell.buffer, execArgv: [] });
  const ready = new Promise<void>((resolve) => {
    worker.once("online", () => {
      // Not before: somebody waits for it.
      worker.unref();
      resolve();
    });
    worker.once("error", (error) => {
      // Times are lost, and a training goes on.
      process.emitWarning(error);
      resolve();
    });
  });
  const stop = (): void => {
    Atomics.store(cell, 1, 1);
    Atomics.notify(cell, 1);
  };
  return { cell, ready, stop };
}
