// The scalars of one tag of one run, of an archive or of a logdir. Prints one JSON object: seconds, points, sum (of the values).
import { statSync } from "node:fs";
import { SummaryReader } from "tensorboard-node-logger";
import { openArchive } from "tensorboard-node-logger/archive";

const [path, run, tag] = process.argv.slice(2);
if (path === undefined || run === undefined || tag === undefined)
  throw new Error("usage: read-archive PATH RUN TAG");
const start = performance.now();
const source = statSync(path).isFile() ? openArchive(path) : path;
const [series] = new SummaryReader(source).scalars({ runs: run, tags: tag });
const seconds = (performance.now() - start) / 1000;
if (series === undefined) throw new Error(`${path} has no ${tag} of ${run}`);
const sum = series.values.reduce((total, value) => total + value, 0);
console.log(JSON.stringify({ seconds, points: series.values.length, sum }));
