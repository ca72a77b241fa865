// The case archive-events: what an event costs in files of one to sixty million of them, in time and in memory.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Figure as Plot, saveSvg } from "tensorboard-node-logger/plot";

import { archive, checkRestored, type Cost, eventFileIn, restore, verify } from "../archives.js";
import { type Case, type Figure, ratio, spread } from "../figures.js";
import { interleave, root, withTemporaryDirectory } from "../harness.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 3;
const MILLIONS = [1, 2, 5, 10, 20, 40, 60] as const;
/** Beside the README, which shows it. */
const PLOT = "archive-events.svg";

/** The commands by their names in the plot. */
const COMMANDS = { archive: "tnl archive", verify: "tnl archive --verify", restore: "tnl restore" } as const;
type Command = keyof typeof COMMANDS;

/** Seconds, or microseconds an event, and megabytes, round by round. */
type Costs = Readonly<Record<Command, readonly Cost[]>>;

export const archiveEvents: Case = {
  name: "archive-events",
  run() {
    const program = compileWorkload("add-scalar");
    const start = measure(program, 1);
    const all = MILLIONS.map((millions) => perEvent(measure(program, millions * 1e6), start, millions * 1e6));
    draw(all);
    const commands = Object.keys(COMMANDS) as Command[];
    const figures = commands.flatMap((command): Figure[] => {
      const at = (millions: (typeof MILLIONS)[number]) => all[MILLIONS.indexOf(millions)]![command];
      const times = (costs: readonly Cost[]) => costs.map(({ seconds }) => seconds);
      const memory = all.flatMap((costs) => costs[command]).map(({ megabytes }) => megabytes);
      const what = `\`${COMMANDS[command]}\``;
      return [
        { what: `${what}: an event of 1 million`, value: spread(times(at(1))), unit: "µs" },
        { what: `${what}: an event of 60 million`, value: spread(times(at(60))), unit: "µs" },
        {
          what: `${what}: of 60 million over 1 million`,
          value: ratio(times(at(60)), times(at(1))),
          unit: "times",
          bound: { atMost: 1.1 },
        },
        {
          what: `${what}: of 60 million over 10 million`,
          value: ratio(times(at(60)), times(at(10))),
          unit: "times",
          bound: { atMost: 1.1 },
        },
        {
          what: `${what}: memory, largest`,
          value: spread([Math.max(...memory)]),
          unit: "MB",
          bound: { atMost: 300 },
        },
      ];
    });
    return {
      figures,
      notes: [
        `![Microseconds an event, for files of 1 to 60 million events](${PLOT})`,
        `${ROUNDS} rounds in turn, whole processes, less the time that a file of one event takes: the start of Node; one tag, an event a scalar. What came back is compared byte for byte.`,
      ],
    };
  },
};

function measure(program: string, events: number): Costs {
  return withTemporaryDirectory((directory) => {
    const logdir = join(directory, "logs");
    runNode([program, logdir, String(events)]);
    const run = join(logdir, "run");
    const file = join(directory, "run.parquet");
    const target = join(directory, "restored");
    return interleave(ROUNDS, {
      archive: () => {
        rmSync(file, { force: true });
        return archive(run, file);
      },
      verify: () => verify(file),
      restore: () => {
        rmSync(target, { recursive: true, force: true });
        const cost = restore(file, target);
        checkRestored(eventFileIn(run).path, eventFileIn(target).path);
        return cost;
      },
    });
  });
}

/** Without what a file of one event takes too: the start of Node and of the command. */
function perEvent(costs: Costs, start: Costs, events: number): Costs {
  const own = ([command, all]: [string, readonly Cost[]]): [string, Cost[]] => {
    const least = spread(start[command as Command].map(({ seconds }) => seconds)).median;
    return [
      command,
      all.map(({ seconds, megabytes }) => ({ seconds: (1e6 * (seconds - least)) / events, megabytes })),
    ];
  };
  return Object.fromEntries(Object.entries(costs).map(own)) as Record<Command, Cost[]>;
}

function draw(all: readonly Costs[]): void {
  const plot = new Plot({ title: "Cost of an event", xLabel: "events (millions)", yLabel: "microseconds" });
  for (const [command, name] of Object.entries(COMMANDS)) {
    const series = plot.series(name);
    // A point of its own, so that the axis begins at nothing.
    series.push(0, 0);
    series.push(0, Number.NaN);
    for (const [i, costs] of all.entries()) {
      series.push(MILLIONS[i]!, spread(costs[command as Command].map(({ seconds }) => seconds)).median);
    }
  }
  saveSvg(plot, join(root, "bench", PLOT));
}
