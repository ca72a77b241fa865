// The case callbacks: what one call of a callback that does nothing costs.
import { type Case, spread } from "../figures.js";
import { check, interleave } from "../harness.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 7;
const STEPS = 3_000_000;
const CALLBACKS = 10;

export const callbacks: Case = {
  name: "callbacks",
  run() {
    const program = compileWorkload("callbacks");
    const seconds = (count: number): number => {
      const { stdout } = runNode([program, String(count), String(STEPS)]);
      const result = JSON.parse(stdout) as { readonly seconds: number; readonly x: number };
      // Once at the wall, Adam stays within one period of it.
      check("x of Adam", result.x, 1, 0.006);
      return result.seconds;
    };
    const sides = interleave(ROUNDS, { with: () => seconds(CALLBACKS), without: () => seconds(0) });
    const nanoseconds = sides.with.map(
      (value, round) => ((value - (sides.without[round] ?? Number.NaN)) / (STEPS * CALLBACKS)) * 1e9,
    );
    return {
      figures: [{ what: "a callback call", value: spread(nanoseconds), unit: "ns", bound: { atMost: 15 } }],
      notes: [
        `A \`Trial\` of ${STEPS.toLocaleString("en")} steps with ${CALLBACKS} different \`onStepTraining\` callbacks that do ` +
          `nothing, less one without them, divided by the calls. ${ROUNDS} rounds in turn, each run a process of its own.`,
      ],
    };
  },
};
