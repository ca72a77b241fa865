// What verify says of each kind of damage.
import { expect, test } from "vitest";
import { findRuns } from "../../../src/events/runs.js";
import { verifyRun } from "../../../src/events/verify/verify-run.js";
import { DAMAGED_RUNS, writeRuns } from "../../helpers/damaged-runs.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const makeDir = useTempDir("verify");

test.each(DAMAGED_RUNS)("$name: $code", (run) => {
  const logdir = makeDir();
  writeRuns(logdir, [run]);
  const report = verifyRun(findRuns(logdir)[0]!, []);
  console.log(
    run.name,
    report.files.map((f) => [f.bytes, f.events]),
    report.defects.map(({ path, run, ...d }) => JSON.stringify(d)),
  );
  expect(report.defects.map(({ code }) => code)).toContain(run.code);
});
