// The program of a verify thread.

import { pack, serveOrders } from "../order-thread.js";
import { verifyRun } from "./verify-run.js";
import { VERIFY_THREAD, type PackedReport, type VerifyOrder } from "./verify-thread.js";

serveOrders<VerifyOrder, PackedReport>(VERIFY_THREAD, ({ run, records }, onBytes) => {
  const report = verifyRun(run, records, onBytes);
  return { ...report, errors: report.errors.map(pack) };
});
