// Reads the run in argv[2] in the way that argv[3] names, and keeps nothing of it. Prints one JSON object: events, megabytes (the most that the process
// ever had).
import { inspectRuns } from "../../../src/events/inspect/inspect-runs.js";
import { findRuns } from "../../../src/events/runs.js";
import { verifyLogdir } from "../../../src/events/verify/verify-runs.js";
import { SummaryReader } from "../../../src/summary/summary-reader.js";

const [dir = "", way = ""] = process.argv.slice(2);
const reader = new SummaryReader(dir);

function countOf(values: Iterable<unknown>): number {
  let count = 0;
  for (const _ of values) count++;
  return count;
}

const ways: Readonly<Record<string, () => number | Promise<number>>> = {
  events: () => countOf(reader.events()),
  values: () => countOf(reader.values()),
  "values of one tag": () => countOf(reader.values({ tags: "step" })),
  tags: () => reader.tags().reduce((sum, { count }) => sum + count, 0),
  verify: async () => (await verifyLogdir(dir, { threads: 0 }))[0]!.files[0]!.events,
  inspect: async () => (await inspectRuns(findRuns(dir)))[0]!.events,
};
const events = await ways[way]!();
process.stdout.write(JSON.stringify({ events, megabytes: process.resourceUsage().maxRSS / 1024 }));
