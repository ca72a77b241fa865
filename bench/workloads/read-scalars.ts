// All scalars of a logdir in columns, checksums on. Prints one JSON object: scalars, seconds.
import { SummaryReader } from "tensorboard-node-logger";

const [logdir] = process.argv.slice(2);
if (logdir === undefined) throw new Error("usage: read-scalars LOGDIR");
const start = performance.now();
const series = new SummaryReader(logdir).scalars();
const seconds = (performance.now() - start) / 1000;
const scalars = series.reduce((sum, { steps }) => sum + steps.length, 0);
console.log(JSON.stringify({ scalars, seconds }));
