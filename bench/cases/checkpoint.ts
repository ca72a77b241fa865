// The case checkpoint: what it costs to save a run every second.
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { type Case, ratio, spread } from "../figures.js";
import { check, interleave, withTemporaryDirectory } from "../harness.js";
import { cli, compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 15;
const STEPS = 30_000_000;

export const checkpoint: Case = {
  name: "checkpoint",
  run() {
    const seconds = interleave(ROUNDS, {
      never: () => secondsOf("1h"),
      often: () => secondsOf("1s"),
    });
    const waits = waitingMs();
    return {
      figures: [
        { what: "saved at its end alone", value: spread(seconds.never), unit: "s" },
        { what: "saved every second", value: spread(seconds.often), unit: "s" },
        {
          what: "every second over at its end",
          value: ratio(seconds.often, seconds.never),
          unit: "times",
          bound: { atMost: 1.01 },
        },
        { what: "a checkpoint, the loop waiting", value: spread(waits), unit: "ms", bound: { atMost: 10 } },
      ],
      notes: [
        `${ROUNDS} rounds in turn of \`tnl run online --optimizer adam\`, ${STEPS.toLocaleString("en")} steps, every 10th logged. ` +
          "The time is that of `Trial.run`. A checkpoint is on the disk, and so is the log up to it. Whole runs differ by more than " +
          `a checkpoint takes, so ${waits.length} of them are timed too: 10 ms would be 1 % of a second.`,
      ],
    };
  },
};

function waitingMs(): number[] {
  return withTemporaryDirectory(
    (logdir) => JSON.parse(runNode([compileWorkload("checkpoint"), logdir]).stdout) as number[],
  );
}

function secondsOf(every: string): number {
  return withTemporaryDirectory((logdir) => {
    const { stdout } = runNode([
      ...[cli, "run", "online", "--optimizer=adam", "--json", "--verbose=0", `--steps=${STEPS}`],
      ...[`--checkpoint-every=${every}`, `--logdir=${logdir}`],
    ]);
    const [run] = JSON.parse(stdout) as { readonly finalX: number; readonly stepsPerSecond: number }[];
    check("final x of Adam", run!.finalX, 1, 0.01);
    const files = readdirSync(join(logdir, "Online_adam", "checkpoints"));
    if (files.length !== (every === "1h" ? 1 : 2)) throw new Error(`${files.length} checkpoints are kept`);
    return STEPS / run!.stepsPerSecond;
  });
}
