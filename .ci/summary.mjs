// Adds up vitest's reports in a directory; prints `N passed, N failed, N skipped`, exits 1 unless all is well.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const directory = process.argv[2];
const total = { passed: 0, failed: 0, skipped: 0 };

for (const suite of ["test", "full"]) {
  const { passed, failed, skipped } = countsOf(join(directory, suite));
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
if (total.failed > 0) process.exitCode = 1;

/** The counts of one suite; what failed outside its tests, such as a suite that ran none, counts as one failure. */
function countsOf(path) {
  if (!existsSync(`${path}.json`)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(`${path}.json`, "utf8"));
  const exitCode = Number(readFileSync(`${path}.code`, "utf8"));
  // A file that breaks before or between its tests has a failed result without a failed test.
  const isBroken = ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((result) => result.status === "failed");
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + report.testResults.filter(isBroken).length;
  const failedOutside = failed === 0 && (exitCode !== 0 || passed === 0);
  return {
    passed,
    failed: failedOutside ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
