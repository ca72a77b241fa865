// `npm run bench [-- REGEX]`: runs the cases whose name matches, prints their figures and writes them into bench/README.md.
// Exits with 1 if a bound is missed or a case cannot be measured.
import { addScalar } from "./cases/add-scalar.js";
import { archive } from "./cases/archive.js";
import { archiveCompressors } from "./cases/archive-compressors.js";
import { archiveDashboards } from "./cases/archive-dashboards.js";
import { archiveEvents } from "./cases/archive-events.js";
import { archiveOneTag } from "./cases/archive-one-tag.js";
import { callbacks } from "./cases/callbacks.js";
import { checkpoint } from "./cases/checkpoint.js";
import { embedding } from "./cases/embedding.js";
import { garbage } from "./cases/garbage.js";
import { histogram } from "./cases/histogram.js";
import { images } from "./cases/images.js";
import { mainJob } from "./cases/main-job.js";
import { options } from "./cases/options.js";
import { read } from "./cases/read.js";
import { seeds } from "./cases/seeds.js";
import { steps } from "./cases/steps.js";
import { tape } from "./cases/tape.js";
import { torchbearer } from "./cases/torchbearer.js";
import { userTrial } from "./cases/user-trial.js";
import { verify } from "./cases/verify.js";
import { type Case, missed, SkippedError } from "./figures.js";
import { describeFigure, writeFindings } from "./readme.js";

const all: readonly Case[] = [
  mainJob,
  torchbearer,
  userTrial,
  steps,
  seeds,
  checkpoint,
  addScalar,
  read,
  verify,
  archive,
  archiveCompressors,
  archiveDashboards,
  archiveEvents,
  archiveOneTag,
  histogram,
  images,
  embedding,
  options,
  garbage,
  callbacks,
  tape,
];

const pattern = new RegExp(process.argv[2] ?? "");
const chosen = all.filter(({ name }) => pattern.test(name));
if (chosen.length === 0) {
  console.error(`No case matches ${pattern}; there are ${all.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
for (const { name, run } of chosen) {
  console.log(name);
  try {
    const findings = run();
    for (const figure of findings.figures) console.log(`  ${describeFigure(figure)}`);
    writeFindings(name, findings, new Date());
    if (missed(findings.figures).length > 0) process.exitCode = 1;
  } catch (error) {
    if (error instanceof SkippedError) {
      console.log(`  skipped: ${error.message}`);
      continue;
    }
    console.error(`  ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
