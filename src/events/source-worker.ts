// Starts worker threads from the sources, as the tests run.

import { Worker } from "node:worker_threads";

/** A thread with a TypeScript program; a thread does not load TypeScript as the main one does. `program`: its URL. */
export function startFromSource(program: string, workerData: unknown): Worker {
  const tsx = import.meta.resolve("tsx/esm/api");
  const code = `import { register } from "${tsx}"; register(); await import("${program}");`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData });
}
