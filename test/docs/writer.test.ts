// docs/writer.md: its blocks, one after the other, are one program that compiles and does what the page says.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compilerErrors } from "../helpers/compiler.js";
import { programsIn, runProgram, stepsIn, useProgramFiles } from "./programs.js";

const programFile = useProgramFiles();
const upTo = (end: number, every = 1) => Array.from({ length: Math.ceil(end / every) }, (_, i) => i * every);

describe("docs/writer.md", () => {
  let file: string;
  let run: ReturnType<typeof runProgram>;
  let steps: ReturnType<typeof stepsIn>;
  beforeAll(() => {
    file = programFile(programsIn("docs/writer.md").join("\n"));
    run = runProgram(file);
    steps = stepsIn(join(file, "..", "logs"));
  });

  test("compiles", () => {
    expect(compilerErrors(file)).toEqual([]);
  });

  test("runs, and prints what it says", () => {
    expect(run).toEqual({
      status: 0,
      stdout: "0.1 1\nArgumentError: Expected `step` to be a safe integer, got 0.5 (number)\n",
      stderr: "",
    });
  });

  test("logs the steps it says", () => {
    const { bot, history, prefixes, typed, mirrored, strict } = steps;
    expect({ bot, history, prefixes, typed, mirrored, strict }).toEqual({
      bot: { profit: upTo(100) },
      history: { temperature: [0] },
      prefixes: { "train/loss": [1], "train/layer1/mean": [1], "train/layer1/std": [1] },
      typed: { "train/loss": [1], "train/lr": [1] },
      mirrored: { loss: [1], "grad/norm": [1] },
      strict: { loss: [1] },
    });
  });

  test("keeps the values it says", () => {
    const { "system/memory": memory, ...sampled } = steps["sampled"]!;
    expect(sampled).toEqual({ loss: upTo(1000), "debug/weights/norm": upTo(1000, 100) });
    expect(memory![0]).toBe(0);
    expect(memory!.length).toBeLessThan(100);
  });

  test("counts, rates and times as it says", () => {
    const { "requests per second": rate, ...server } = steps["server"]!;
    expect(server).toEqual({ requests: upTo(100, 10), latency: upTo(100), startup: [0] });
    expect(rate![0]).toBe(0);
  });

  test("writes the lines it says", () => {
    const line = readFileSync(join(file, "..", "logs", "mirrored", "scalars.jsonl"), "utf8");
    expect(line).toMatch(
      /^\{"wallTime":\d+(\.\d+)?,"step":1,"values":\{"loss":0\.1,"grad\/norm":"NaN"\}\}\n$/,
    );
    const only = readFileSync(join(file, "..", "logs", "lines", "only.jsonl"), "utf8");
    expect(only).toMatch(/^\{"wallTime":\d+(\.\d+)?,"step":7,"values":\{"loss":0\.1\}\}\n$/);
  });
});
