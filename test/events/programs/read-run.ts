// Reads the run in argv[2] in the way that argv[3] names, and keeps nothing of it. Prints one JSON object: events, megabytes (the most that the process
// ever had).
import { SummaryReader } from "../../../src/summary/summary-reader.js";

const [dir = "", way = ""] = process.argv.slice(2);
const reader = new SummaryReader(dir);
const ways: Readonly<Record<string, () => Iterable<unknown>>> = {
  events: () => reader.events(),
  values: () => reader.values(),
  "values of one tag": () => reader.values({ tags: "step" }),
};
let events = 0;
if (way === "tags") events = reader.tags().reduce((sum, { count }) => sum + count, 0);
else for (const _ of ways[way]!()) events++;
process.stdout.write(JSON.stringify({ events, megabytes: process.resourceUsage().maxRSS / 1024 }));
