// The program of a `ScanThread`.

import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { LogdirError } from "../../errors.js";
import { scanFile, withFile } from "./scan-file.js";
import { SCAN_THREAD, type Answer, type Order } from "./scan-thread.js";

if (parentPort !== null && workerData === SCAN_THREAD) serve(parentPort);

function serve(port: MessagePort): void {
  const answer = (message: Answer): void => port.postMessage(message);
  const onProgress = (bytes: number): void => answer({ kind: "progress", bytes });
  port.on("message", ({ path, size, known }: Order) => {
    try {
      const summary = withFile(path, (fd) => scanFile(fd, path, { known, size, onProgress }));
      answer({ kind: "done", summary });
    } catch (error) {
      if (!(error instanceof LogdirError)) throw error;
      answer({ kind: "unreadable", path: error.path, message: error.message });
    }
  });
}
