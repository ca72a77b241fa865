// A worker thread that does one job after another.

import { Worker } from "node:worker_threads";
import { ThreadError } from "../errors.js";
import { startFromSource } from "../events/source-worker.js";
import type { Job } from "./job.js";
import type { RunResult } from "./run-result.js";
import { unpackError, type packError } from "./thread-error.js";

/** What makes the worker's module the program of a thread: it may also be imported. */
export const JOB_THREAD = "tensorboard-node-logger: jobs";

/** What the thread is told. */
export type Order =
  | { readonly kind: "run"; readonly job: Job; readonly reports: boolean }
  /** The run ends after its step. */
  | { readonly kind: "abort" }
  /** There are no more jobs. */
  | { readonly kind: "end" };

/** What it answers. */
export type Answer =
  | { readonly kind: "progress"; readonly steps: number }
  | { readonly kind: "done"; readonly result: RunResult | undefined }
  | { readonly kind: "failed"; readonly error: ReturnType<typeof packError> };

interface Pending {
  readonly onProgress: ((steps: number) => void) | undefined;
  resolve(result: RunResult | undefined): void;
  reject(error: unknown): void;
}

/** It starts with the first job and is kept until `end`. One job at a time. */
export class JobThread {
  readonly #worker = startWorker();
  readonly #ended: Promise<void>;
  #pending: Pending | undefined;
  #isAlive = true;

  constructor() {
    const worker = this.#worker;
    worker.on("message", (answer: Answer) => this.#hear(answer));
    worker.on("messageerror", (error) => this.#settle((pending) => pending.reject(error)));
    // An error that no run has caught, such as one in a timer, or no memory left.
    worker.on("error", (error) => this.#die(new ThreadError(`with an error: ${messageOf(error)}`, error)));
    this.#ended = new Promise((resolve) => {
      worker.on("exit", (code) => {
        this.#die(new ThreadError(`with exit code ${code}`));
        resolve();
      });
    });
  }

  /** False when it has ended: another one has to take the next job. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /**
   * `runJob` in this thread. `onProgress` is called at the start and about every 100 ms with the steps that are done. Throws what `runJob` throws, and a
   * `ThreadError` when the thread ends before the run.
   */
  run(job: Job, onProgress?: (steps: number) => void): Promise<RunResult | undefined> {
    return new Promise((resolve, reject) => {
      this.#pending = { onProgress, resolve, reject };
      this.#send({ kind: "run", job, reports: onProgress !== undefined });
    });
  }

  /** The run, if there is one, ends after its step. */
  abort(): void {
    this.#send({ kind: "abort" });
  }

  /** Lets the thread end, with what its program does at its exit, and waits for that. */
  async end(): Promise<void> {
    this.#send({ kind: "end" });
    await this.#ended;
  }

  #send(order: Order): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    this.#worker.postMessage(order);
  }

  #hear(answer: Answer): void {
    if (answer.kind === "progress") this.#pending?.onProgress?.(answer.steps);
    else if (answer.kind === "done") this.#settle((pending) => pending.resolve(answer.result));
    else this.#settle((pending) => pending.reject(unpackError(answer.error)));
  }

  #die(error: ThreadError): void {
    this.#isAlive = false;
    this.#settle((pending) => pending.reject(error));
  }

  #settle(how: (pending: Pending) => void): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) how(pending);
  }
}

// A URL that is written out, since bundlers look for it.
function startWorker(): Worker {
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./job-worker.js", import.meta.url), { workerData: JOB_THREAD });
  return startFromSource(new URL("./job-worker.ts", import.meta.url).href, JOB_THREAD);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
