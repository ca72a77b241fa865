// The program of a scan thread.

import { serveOrders } from "../order-thread.js";
import type { FileSummary } from "./file-summary.js";
import { scanFile, withFile } from "./scan-file.js";
import { SCAN_THREAD, type ScanOrder } from "./scan-thread.js";

serveOrders<ScanOrder, FileSummary>(SCAN_THREAD, ({ path, size, known }, onProgress) =>
  withFile(path, (source) => scanFile(source, { known, size, onProgress })),
);
