// Logs from several workers at once, which wait for each other at the start. Worker n of `count` logs n under `loss` at steps 0, 1, …
//
// argv: where (threads, cluster, threads in cluster), how (a key of WORK), directory, count, steps.
import cluster from "node:cluster";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { SummaryWriter } from "../../../src/summary/index.js";

const [where = "", how = "", dir = "", count = 0, steps = 0] = [
  ...process.argv.slice(2, 5),
  ...process.argv.slice(5).map(Number),
] as [string, string, string, number, number];

/** What threads are told. */
interface ThreadData {
  readonly n: number;
  readonly arrived: Int32Array;
}

const WORK: Record<string, (n: number, waitFor: WaitFor) => void> = {
  // Closed by the end of the thread or process.
  "sub-runs": (n) => log(new SummaryWriter(dir), n),
  "one directory": (n) => log(new SummaryWriter(dir, { worker: false }), n),
  // One begins when those before it have logged, and none ends before all have.
  "one directory, one after another": (n, waitFor) => {
    waitFor(count + n - 1);
    const writer = new SummaryWriter(dir, { worker: false });
    log(writer, n);
    writer.flush();
    waitFor(2 * count, 1);
  },
  // Opens at the same moment, again and again.
  "one directory, many sessions": (n, waitFor) => {
    for (let session = 0; session < steps; session++) {
      waitFor((session + 2) * count, 1);
      using writer = new SummaryWriter(dir, { worker: false, fold: false });
      writer.addScalar("loss", n, session);
    }
  },
  // The clock stands still, so that nothing is handed over but by flush and by full buffers.
  "until terminated": (n) => {
    const writer = new SummaryWriter(dir, { clock: () => 1.7e12 });
    log(writer, n);
    writer.flush();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has none.
    parentPort!.postMessage("flushed");
    for (let step = steps; step < 2e6; step++) writer.addScalar("loss", n, step);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
};

/** Adds `more` to what all threads count together, and waits until that is at least `total`. */
type WaitFor = (total: number, more?: number) => void;

function waitOn(counter: Int32Array): WaitFor {
  return (total, more = 0) => {
    Atomics.add(counter, 0, more);
    Atomics.notify(counter, 0);
    for (let now = 0; (now = Atomics.load(counter, 0)) < total;) Atomics.wait(counter, 0, now);
  };
}

function log(writer: SummaryWriter, n: number): void {
  for (let step = 0; step < steps; step++) writer.addScalar("loss", n, step);
}

function startThreads(onEnd?: (running: number) => void): void {
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  let running = count;
  for (let n = 1; n <= count; n++) {
    const thread = new Worker(new URL(import.meta.url), {
      argv: process.argv.slice(2),
      workerData: { n, arrived } satisfies ThreadData,
    });
    thread.on("message", () => setTimeout(() => thread.terminate(), 20));
    thread.on("exit", () => onEnd?.(--running));
  }
}

if (!isMainThread) {
  const { n, arrived } = workerData as ThreadData;
  const waitFor = waitOn(arrived);
  waitFor(count, 1);
  WORK[how]!(n, waitFor);
} else if (where === "threads") {
  startThreads();
} else if (cluster.isPrimary) {
  const workers = Array.from({ length: count }, () => cluster.fork());
  let ready = 0;
  cluster.on("message", () => {
    if (++ready === count) for (const worker of workers) worker.send("go");
  });
} else if (where === "threads in cluster") {
  // A cluster's worker ends with its channel, and its threads with it.
  startThreads((running) => running === 0 && process.disconnect());
} else {
  process.once("message", () => {
    WORK[how]!(cluster.worker!.id, () => {});
    process.disconnect();
  });
  process.send!("ready");
}
