// A worker thread that reads one file after another.

import { Worker } from "node:worker_threads";
import { LogdirError, ThreadError } from "../../errors.js";
import type { FileSummary } from "./file-summary.js";

/** What makes the worker's module the program of a thread: it may also be imported. */
export const SCAN_THREAD = "tensorboard-node-logger: scans";

/** What the thread is told: a file, how far to read it, and what is known of it. */
export interface Order {
  readonly path: string;
  readonly size: number;
  readonly known: FileSummary | undefined;
}

/** What it answers. */
export type Answer =
  | { readonly kind: "progress"; readonly bytes: number }
  | { readonly kind: "done"; readonly summary: FileSummary }
  | { readonly kind: "unreadable"; readonly path: string; readonly message: string };

interface Pending {
  readonly onProgress: (bytes: number) => void;
  resolve(result: FileSummary | LogdirError): void;
  reject(error: unknown): void;
}

/** One file at a time. `end` it. */
export class ScanThread {
  readonly #worker = startWorker();
  #pending: Pending | undefined;

  constructor() {
    this.#worker.on("message", (answer: Answer) => this.#hear(answer));
    this.#worker.on("error", (error) => this.#die(`with an error: ${messageOf(error)}`, error));
    this.#worker.on("exit", (code) => this.#die(`with exit code ${code}`));
  }

  /** The file's summary, or why it cannot be read. `onProgress` is told the bytes that are done. Throws a `ThreadError` when the thread ends before. */
  scan(order: Order, onProgress: (bytes: number) => void): Promise<FileSummary | LogdirError> {
    return new Promise((resolve, reject) => {
      this.#pending = { onProgress, resolve, reject };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      this.#worker.postMessage(order);
    });
  }

  /** Ends the thread. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(answer: Answer): void {
    if (answer.kind === "progress") {
      this.#pending?.onProgress(answer.bytes);
      return;
    }
    const pending = this.#pending;
    this.#pending = undefined;
    if (answer.kind === "done") pending?.resolve(answer.summary);
    else pending?.resolve(new LogdirError("LOGDIR_NOT_READABLE", answer.path, answer.message));
  }

  #die(how: string, cause?: unknown): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(new ThreadError(how, cause));
  }
}

// A URL that is written out, since bundlers look for it.
function startWorker(): Worker {
  const options = { workerData: SCAN_THREAD };
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./scan-worker.js", import.meta.url), options);
  // From the sources: a thread does not load TypeScript as the main one does.
  const tsx = import.meta.resolve("tsx/esm/api");
  const program = new URL("./scan-worker.ts", import.meta.url).href;
  const code = `import { register } from "${tsx}"; register(); await import("${program}");`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), options);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
