// A worker thread that goes through one run after another.

import { Worker } from "node:worker_threads";
import { OrderThread, unpack, type PackedError } from "../order-thread.js";
import type { Run } from "../runs.js";
import { startFromSource } from "../source-worker.js";
import type { RunReport } from "./verify-run.js";

/** What makes the worker's module the program of a thread. */
export const VERIFY_THREAD = "tensorboard-node-logger: verify";

/** What the thread is told: a run, and its record files. */
export interface VerifyOrder {
  readonly run: Run;
  readonly records: readonly string[];
}

/** A report on its way between threads. */
export type PackedReport = Omit<RunReport, "errors"> & { readonly errors: readonly PackedError[] };

/** Starts one. */
export function startVerifyThread(): OrderThread<VerifyOrder, PackedReport> {
  return new OrderThread(startWorker());
}

/** The report that a thread gave. */
export function reportOf(report: PackedReport): RunReport {
  return { ...report, errors: report.errors.map(unpack) };
}

// A URL that is written out, since bundlers look for it.
function startWorker(): Worker {
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./verify-worker.js", import.meta.url), { workerData: VERIFY_THREAD });
  return startFromSource(new URL("./verify-worker.ts", import.meta.url).href, VERIFY_THREAD);
}
