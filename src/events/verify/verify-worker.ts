// The program of a `VerifyThread`.

import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { verifyRun } from "./verify-run.js";
import { VERIFY_THREAD, type Answer, type Order } from "./verify-thread.js";

if (parentPort !== null && workerData === VERIFY_THREAD) serve(parentPort);

function serve(port: MessagePort): void {
  const answer = (message: Answer): void => port.postMessage(message);
  port.on("message", ({ run, records }: Order) => {
    const { errors, ...report } = verifyRun(run, records, (bytes) => answer({ kind: "bytes", bytes }));
    const packed = errors.map(({ code, path, message }) => ({ code, path, message }));
    answer({ kind: "done", report: { ...report, errors: packed } });
  });
}
