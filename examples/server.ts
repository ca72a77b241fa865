// An HTTP server that logs how it does: each second its requests, and how long they took.
//
//   npx tsx examples/server.ts [port] [milliseconds between two steps]
//   npx tnl tensorboard

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SummaryWriter } from "tensorboard-node-logger";

const port = Number(process.argv[2] ?? 3000);
const every = Number(process.argv[3] ?? 1000);

// A server goes on when its log cannot be written: what is lost is counted, and Node prints a warning.
const writer = new SummaryWriter(undefined, { comment: "_server", onError: "warn" });

let step = 0;
let requests = 0;
let total = 0;
let longest = 0;

function log(): void {
  writer.addScalar("requests/per second", requests / (every / 1000), step);
  if (requests > 0) {
    writer.addStep(step, { "latency/mean ms": total / requests, "latency/longest ms": longest });
  }
  step++;
  requests = total = longest = 0;
}

const server = createServer((request, response) => {
  const start = performance.now();
  response.once("close", () => {
    const took = performance.now() - start;
    requests++;
    total += took;
    longest = Math.max(longest, took);
  });
  response.end(`You asked for ${request.url}\n`);
});
server.listen(port, () => {
  console.log(`http://localhost:${(server.address() as AddressInfo).port}/ logs into ${writer.logdir}`);
});
const timer = setInterval(log, every);

// The last requests are answered and logged, then the process ends by itself. A program that has nothing to finish calls
// closeOnSignals() instead.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    clearInterval(timer);
    server.close(() => {
      log();
      writer.closeSync();
    });
  });
}
