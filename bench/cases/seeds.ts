// The case seeds: what a second core is worth, two seeds on two cores against one seed on one.
import { join } from "node:path";

import { type Case, ratio, spread } from "../figures.js";
import { check, interleave, runProcess, withTemporaryDirectory } from "../harness.js";
import { cli, runNode } from "../workloads.js";

const ROUNDS = 7;
/** So many that the start of a process does not count. */
const STEPS = 30_000_000;

export const seeds: Case = {
  name: "seeds",
  run() {
    const seconds = interleave(ROUNDS, {
      one: () => secondsOf(["0"], 1),
      two: () => secondsOf(["0", "1"], 2),
      processes: () => secondsOfProcesses(["0", "1"]),
    });
    const times = (together: readonly number[]) =>
      ratio(
        seconds.one.map((time) => 2 * time),
        together,
      );
    return {
      figures: [
        { what: "one seed", value: spread(seconds.one), unit: "s" },
        { what: "two seeds, `--jobs 2`", value: spread(seconds.two), unit: "s" },
        {
          what: "steps a second over one seed's",
          value: times(seconds.two),
          unit: "times",
          bound: { atLeast: 1.7 },
        },
        {
          what: "the same of two processes with a seed each",
          value: times(seconds.processes),
          unit: "times",
        },
      ],
      notes: [
        `${ROUNDS} rounds in turn of whole processes: \`tnl run online --optimizer adam\`, every 10th step logged, ` +
          `${STEPS.toLocaleString("en")} steps a seed. Two processes share nothing: they say what the machine gives.`,
      ],
    };
  },
};

/** `tnl run` with these seeds, so many at once. */
function secondsOf(chosen: readonly string[], jobs: number): number {
  return withTemporaryDirectory((logdir) => {
    const { seconds, stdout } = runNode([...programFor(logdir, chosen.join(",")), `--jobs=${jobs}`]);
    const runs = JSON.parse(stdout) as { readonly finalX: number }[];
    if (runs.length !== chosen.length) throw new Error(`${runs.length} runs instead of ${chosen.length}`);
    for (const { finalX } of runs) check("final x of Adam", finalX, 1, 0.01);
    return seconds;
  });
}

/** A process for each seed, at the same time. */
function secondsOfProcesses(chosen: readonly string[]): number {
  return withTemporaryDirectory((directory) => {
    const each = chosen.map((seed) => programFor(join(directory, seed), seed).map(quoted).join(" "));
    // The shell ends with the last one.
    const script = `${each.map((program) => `${quoted(process.execPath)} ${program} --jobs=1 &`).join(" ")} wait`;
    return runProcess("sh", ["-c", script]).seconds;
  });
}

function quoted(text: string): string {
  return `'${text}'`;
}

function programFor(logdir: string, chosen: string): string[] {
  return [
    ...[cli, "run", "online", "--optimizer=adam", "--json", "--verbose=0", `--steps=${STEPS}`],
    ...[`--seeds=${chosen}`, `--logdir=${logdir}`],
  ];
}
