// Verifies a logdir, in this thread or in as many as there are cores. Prints one JSON object: bytes, seconds, defects.
import { verifyLogdir } from "tensorboard-node-logger/events";

const [logdir, threads] = process.argv.slice(2);
if (logdir === undefined) throw new Error("usage: verify LOGDIR [THREADS]");
const start = performance.now();
const reports = await verifyLogdir(logdir, threads === undefined ? {} : { threads: Number(threads) });
const seconds = (performance.now() - start) / 1000;
const bytes = reports.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0);
const defects = reports.reduce((sum, report) => sum + report.defects.length, 0);
console.log(JSON.stringify({ bytes, seconds, defects }));
