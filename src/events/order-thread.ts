// Worker threads that do one thing after another, for what reads many large files.

import { parentPort, workerData, type Worker } from "node:worker_threads";
import { LogdirError, ThreadError, type LogdirErrorCode } from "../errors.js";

/** A `LogdirError` on its way between threads, where errors lose their class. */
export interface PackedError {
  readonly code: LogdirErrorCode;
  readonly path: string;
  readonly message: string;
}

/** What the structured clone takes of an error. */
export function pack({ code, path, message }: LogdirError): PackedError {
  return { code, path, message };
}

/** The error again. */
export function unpack({ code, path, message }: PackedError): LogdirError {
  return new LogdirError(code, path, message);
}

type Answer<Result> =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly error: PackedError };

interface Pending<Result> {
  readonly onBytes: (bytes: number) => void;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** A thread that starts when it is made and does one order at a time. `end` it. */
export class OrderThread<Order, Result> {
  readonly #worker: Worker;
  #pending: Pending<Result> | undefined;

  /** `worker`: one whose program calls `serveOrders`. */
  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer: Answer<Result>) => this.#hear(answer));
    worker.on("error", (error) => {
      const message = error instanceof Error ? error.message : String(error);
      this.#settle((pending) => pending.reject(new ThreadError(`with an error: ${message}`, error)));
    });
    worker.on("exit", (code) => {
      this.#settle((pending) => pending.reject(new ThreadError(`with exit code ${code}`)));
    });
  }

  /** What comes out of an order. `onBytes`: what the thread tells of how far it is. Throws its `LogdirError`, and a `ThreadError` when it ends before. */
  do(order: Order, onBytes: (bytes: number) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#pending = { onBytes, resolve, reject };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      this.#worker.postMessage(order);
    });
  }

  /** Ends the thread at once: it only reads. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(answer: Answer<Result>): void {
    if (answer.kind === "bytes") this.#pending?.onBytes(answer.bytes);
    else if (answer.kind === "done") this.#settle((pending) => pending.resolve(answer.result));
    else this.#settle((pending) => pending.reject(unpack(answer.error)));
  }

  #settle(how: (pending: Pending<Result>) => void): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) how(pending);
  }
}

/** Makes the module that calls it the program of a thread, where it was started with `name` as its data; it may also be imported. */
export function serveOrders<Order, Result>(
  name: string,
  carryOut: (order: Order, onBytes: (bytes: number) => void) => Result,
): void {
  const port = workerData === name ? parentPort : null;
  if (port === null) return;
  const answer = (message: Answer<Result>): void => port.postMessage(message);
  port.on("message", (order: Order) => {
    try {
      answer({ kind: "done", result: carryOut(order, (bytes) => answer({ kind: "bytes", bytes })) });
    } catch (error) {
      if (!(error instanceof LogdirError)) throw error;
      answer({ kind: "failed", error: pack(error) });
    }
  });
}
