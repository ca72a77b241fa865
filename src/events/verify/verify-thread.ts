// A worker thread that goes through one run after another.

import { Worker } from "node:worker_threads";
import { LogdirError, ThreadError, type LogdirErrorCode } from "../../errors.js";
import type { Run } from "../runs.js";
import { startFromSource } from "../source-worker.js";
import type { RunReport } from "./verify-run.js";

/** What makes the worker's module the program of a thread: it may also be imported. */
export const VERIFY_THREAD = "tensorboard-node-logger: verify";

/** What the thread is told: a run, and its record files. */
export interface Order {
  readonly run: Run;
  readonly records: readonly string[];
}

/** A report on its way between threads, on which errors lose their class. */
export type PackedReport = Omit<RunReport, "errors"> & {
  readonly errors: readonly {
    readonly code: LogdirErrorCode;
    readonly path: string;
    readonly message: string;
  }[];
};

/** What it answers. */
export type Answer =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "done"; readonly report: PackedReport };

interface Pending {
  readonly onBytes: (bytes: number) => void;
  resolve(report: RunReport): void;
  reject(error: unknown): void;
}

/** It starts when it is made. One run at a time. */
export class VerifyThread {
  readonly #worker = startWorker();
  #pending: Pending | undefined;

  constructor() {
    this.#worker.on("message", (answer: Answer) => this.#hear(answer));
    this.#worker.on("error", (error) => {
      const message = error instanceof Error ? error.message : String(error);
      this.#settle((pending) => pending.reject(new ThreadError(`with an error: ${message}`, error)));
    });
    this.#worker.on("exit", (code) => {
      this.#settle((pending) => pending.reject(new ThreadError(`with exit code ${code}`)));
    });
  }

  /** `verifyRun` in this thread. Throws a `ThreadError` when the thread ends before it is done. */
  verify(run: Run, records: readonly string[], onBytes: (bytes: number) => void): Promise<RunReport> {
    return new Promise((resolve, reject) => {
      this.#pending = { onBytes, resolve, reject };
      const order: Order = { run, records };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      this.#worker.postMessage(order);
    });
  }

  /** Ends the thread at once: it only reads. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(answer: Answer): void {
    if (answer.kind === "bytes") this.#pending?.onBytes(answer.bytes);
    else this.#settle((pending) => pending.resolve(unpacked(answer.report)));
  }

  #settle(how: (pending: Pending) => void): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) how(pending);
  }
}

function unpacked(report: PackedReport): RunReport {
  const errors = report.errors.map(({ code, path, message }) => new LogdirError(code, path, message));
  return { ...report, errors };
}

// A URL that is written out, since bundlers look for it.
function startWorker(): Worker {
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./verify-worker.js", import.meta.url), { workerData: VERIFY_THREAD });
  return startFromSource(new URL("./verify-worker.ts", import.meta.url).href, VERIFY_THREAD);
}
