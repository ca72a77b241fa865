// A worker thread that reads one file after another.

import { Worker } from "node:worker_threads";
import { OrderThread } from "../order-thread.js";
import { startFromSource } from "../source-worker.js";
import type { FileSummary } from "./file-summary.js";

/** What makes the worker's module the program of a thread. */
export const SCAN_THREAD = "tensorboard-node-logger: scans";

/** What the thread is told: a file, how far to read it, and what is known of it. */
export interface ScanOrder {
  readonly path: string;
  readonly size: number;
  readonly known: FileSummary | undefined;
}

/** Starts one. */
export function startScanThread(): OrderThread<ScanOrder, FileSummary> {
  return new OrderThread(startWorker());
}

// A URL that is written out, since bundlers look for it.
function startWorker(): Worker {
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./scan-worker.js", import.meta.url), { workerData: SCAN_THREAD });
  return startFromSource(new URL("./scan-worker.ts", import.meta.url).href, SCAN_THREAD);
}
