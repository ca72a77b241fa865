// The case tape: steps a second of a model whose gradient comes from the tape.
import { type Case, spread } from "../figures.js";
import { check, interleave } from "../harness.js";
import { compileWorkload, runNode } from "../workloads.js";

const ROUNDS = 5;
const STEPS = 6_000_000;

export const tape: Case = {
  name: "tape",
  run() {
    const program = compileWorkload("tape");
    const { tape: rates } = interleave(ROUNDS, { tape: () => stepsPerSecond(program) });
    return {
      figures: [
        {
          what: "a step of the engine with the tape",
          value: spread(rates),
          unit: "a second",
          bound: { atLeast: 2.5e6 },
        },
      ],
      notes: [
        `A \`Trial\` of the online problem with Adam, ${STEPS.toLocaleString("en")} steps, nothing logged, whose model has ` +
          `only its forward function. ${ROUNDS} processes; their start is not included.`,
      ],
    };
  },
};

function stepsPerSecond(program: string): number {
  const { stdout } = runNode([program, String(STEPS)]);
  const { seconds, x } = JSON.parse(stdout) as { readonly seconds: number; readonly x: number };
  check("x of Adam by the tape", x, 1, 0);
  return STEPS / seconds;
}
