// The program of a `JobThread`.

import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import type { Callback } from "../engine/callback.js";
import type { State } from "../engine/state.js";
import { JOB_THREAD, type Answer, type Order } from "./job-thread.js";
import { runJob } from "./run-job.js";
import { packError } from "./thread-error.js";

if (parentPort !== null && workerData === JOB_THREAD) serve(parentPort);

function serve(port: MessagePort): void {
  let stop = new AbortController();
  const answer = (message: Answer): void => port.postMessage(message);
  port.on("message", (order: Order) => {
    if (order.kind === "abort") stop.abort();
    // Not by closing the port: a timer that a module of the user's has left would keep the thread.
    // oxlint-disable-next-line unicorn/no-process-exit -- in a worker it ends the thread
    else if (order.kind === "end") process.exit(0);
    else {
      stop = new AbortController();
      const callback = order.reports ? reporter(answer) : {};
      void runJob(order.job, { signal: stop.signal, callback }).then(
        (result) => answer({ kind: "done", result }),
        (error: unknown) => answer({ kind: "failed", error: packError(error) }),
      );
    }
  });
}

function reporter(answer: (message: Answer) => void): Callback {
  const report = ({ stepsDone }: State): void => answer({ kind: "progress", steps: stepsDone });
  // Also at the start: what was done before, where the run is resumed.
  return { onStartTraining: report, onPause: report };
}
