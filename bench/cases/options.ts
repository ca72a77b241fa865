// The case options: what each way to log with a SummaryWriter costs, beside a plain addScalar.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type Case, type Figure, ratio, spread } from "../figures.js";
import { check, interleave, withTemporaryDirectory } from "../harness.js";
import { compileWorkload, runNode } from "../workloads.js";
import { countRecords } from "./add-scalar.js";

const ROUNDS = 7;
const CALLS = 1_000_000;
const KEPT = 1000;

interface Way {
  readonly what: string;
  /** Events in the file; unless given one a call, and `undefined` where it depends on the time. */
  readonly events?: number | undefined;
  readonly bound?: Figure["bound"];
}

const ways = {
  plain: { what: "`addScalar`" },
  unmatched: { what: "a tag that no rule is for", bound: { atMost: 1.2 } },
  everySteps: { what: "`everySteps`, all kept" },
  perSecond: { what: "`perSecond: 1e9`, one a millisecond kept", events: undefined },
  glob: { what: "a glob with `everySteps`, all kept" },
  dropByStep: { what: "`everySteps: 1000`, 1 of 1,000 kept", events: CALLS / KEPT },
  dropByTime: { what: "`perSecond: 1`, nearly none kept", events: undefined },
  metrics: { what: "`metrics`" },
  jsonLines: { what: "`jsonLines`" },
  autoStep: { what: "no step given" },
  withPrefix: { what: "`withPrefix`" },
  handle: { what: "a handle's `add`" },
  counter: { what: "a counter's `add`" },
  rate: { what: "a rate's `add`", events: undefined },
  timer: { what: "a timer's start and stop" },
  addStep: { what: "`addStep` of 4 tags" },
} as const satisfies Readonly<Record<string, Way>>;

type Name = keyof typeof ways;
const names = Object.keys(ways) as Name[];

export const options: Case = {
  name: "options",
  run() {
    const program = compileWorkload("options");
    const sides = Object.fromEntries(names.map((name) => [name, () => nanoseconds(program, name)]));
    const costs = interleave(ROUNDS, sides as Record<Name, () => number>);
    const others = names.filter((name) => name !== "plain");
    return {
      figures: [
        { what: ways.plain.what, value: spread(costs.plain), unit: "ns" },
        ...others.map((name): Figure => {
          const { what, bound }: Way = ways[name];
          return { what, value: ratio(costs[name], costs.plain), unit: "times", ...(bound && { bound }) };
        }),
      ],
      notes: [
        `${ROUNDS} rounds of all in turn, each a process of its own with ${CALLS.toLocaleString("en")} calls; the writer's ` +
          "construction and its close are included, the process's start is not. Times are those of a call over a plain `addScalar`'s in " +
          "the same round.",
      ],
    };
  },
};

function nanoseconds(program: string, name: Name): number {
  return withTemporaryDirectory((directory) => {
    const { stdout } = runNode([program, name, directory, String(CALLS)]);
    const { seconds } = JSON.parse(stdout) as { readonly seconds: number };
    const way: Way = ways[name];
    const run = join(directory, "run");
    const events = "events" in way ? way.events : CALLS;
    // The file starts with one record that holds its version.
    if (events !== undefined) check(`records written by ${name}`, countRecords(run), events + 1, 0);
    if (name === "jsonLines") check("JSON lines", countLines(join(run, "scalars.jsonl")), CALLS, 0);
    return (seconds / CALLS) * 1e9;
  });
}

function countLines(path: string): number {
  let lines = 0;
  const newLine = 10;
  for (const byte of readFileSync(path)) if (byte === newLine) lines++;
  return lines;
}
