// The C side of the bench: loop.c, compiled once, and what it prints.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { check, root, runProcess } from "./harness.js";

/** Where compiled programs of the bench are put. */
export const buildDirectory = join(root, ".cache", "bench");

/** What the loop prints. `seconds` is the time of its process. */
export interface LoopResult {
  readonly x: number;
  /** x after the last update, before the clamp. */
  readonly estimate: number;
  readonly averageRegret: number;
  readonly seconds: number;
}

/** Runs the loop: the whole process, from start to end. */
export type Loop = (optimizer: "adam" | "amsgrad", steps: number) => LoopResult;

/**
 * Compiles `loop.c` with `gcc -O2`.
 *
 * @throws Error if there is no gcc.
 */
export function compileLoop(): Loop {
  const program = join(buildDirectory, "loop");
  mkdirSync(buildDirectory, { recursive: true });
  runProcess("gcc", ["-O2", "-o", program, join(root, "bench", "loop.c"), "-lm"]);
  return (optimizer, steps) => {
    const { stdout, seconds } = runProcess(program, [optimizer, String(steps)]);
    return {
      x: field(stdout, "x"),
      estimate: field(stdout, "estimate"),
      averageRegret: field(stdout, "average_regret"),
      seconds,
    };
  };
}

/** Stops the bench unless the loop gives the known results of 6,000,000 steps. */
export function checkLoop(loop: Loop): void {
  const adam = loop("adam", 6_000_000);
  check("x of Adam in C", adam.x, 1, 0);
  check("average regret of Adam in C", adam.averageRegret, 0.22758537, 1e-8);
  const amsgrad = loop("amsgrad", 6_000_000);
  check("x of AMSGrad in C", amsgrad.x, -0.9951160116, 1e-10);
  check("average regret of AMSGrad in C", amsgrad.averageRegret, 0.0435755, 1e-7);
}

function field(output: string, name: string): number {
  const line = output.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
}
