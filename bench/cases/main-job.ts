// The case main-job: two optimizers, 6,000,000 steps each, every 10th logged, start-up included, against the same loop in C.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { checkLoop, compileLoop, type Loop } from "../c.js";
import { type Case, ratio, spread } from "../figures.js";
import { interleave, runProcess, withTemporaryDirectory } from "../harness.js";
import { compileWorkload, preload, runMainJob, STEPS } from "../workloads.js";

const ROUNDS = 7;
const MEMORY_ROUNDS = 3;
/** The loop takes so short a time that one of it would be mostly chance. */
const LOOPS_PER_ROUND = 3;

export const mainJob: Case = {
  name: "main-job",
  run() {
    const loop = compileLoop();
    checkLoop(loop);
    const seconds = interleave(ROUNDS, {
      ours: () => runMainJob(10).seconds,
      c: () => loopSeconds(loop),
    });
    const reporter = compileWorkload("report-memory");
    const memory = Array.from({ length: MEMORY_ROUNDS }, () => peakMemory(reporter) / 1e6);
    const [compiler] = runProcess("gcc", ["--version"]).stdout.split("\n");
    return {
      figures: [
        { what: "main job", value: spread(seconds.ours), unit: "s" },
        { what: "the loop in C", value: spread(seconds.c), unit: "s" },
        {
          what: "main job over C",
          value: ratio(seconds.ours, seconds.c),
          unit: "times",
          bound: { atMost: 10 },
        },
        { what: "main job, peak memory", value: spread(memory), unit: "MB", bound: { atMost: 150 } },
      ],
      notes: [
        `${ROUNDS} rounds in turn of whole processes: \`tnl run online --jobs 1\` with its two optimizers and every 10th step logged, and ` +
          `\`loop.c\` once an optimizer (the mean of ${LOOPS_PER_ROUND} times), ${STEPS.toLocaleString("en")} steps each, nothing ` +
          `logged. Memory in ${MEMORY_ROUNDS} runs of their own. ${compiler ?? "gcc"}, \`-O2\`.`,
      ],
    };
  },
};

/** Both optimizers, one after the other: the mean of several times. */
function loopSeconds(loop: Loop): number {
  const times = Array.from(
    { length: LOOPS_PER_ROUND },
    () => loop("adam", STEPS).seconds + loop("amsgrad", STEPS).seconds,
  );
  return times.reduce((sum, time) => sum + time, 0) / times.length;
}

/** Peak resident memory of the main job's process, in bytes. */
function peakMemory(reporter: string): number {
  return withTemporaryDirectory((directory) => {
    const file = join(directory, "memory");
    runMainJob(10, { nodeOptions: preload(reporter), env: { BENCH_MEMORY_FILE: file } });
    return Number(readFileSync(file, "utf8"));
  });
}
