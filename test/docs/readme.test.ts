// The programs in README.md, run as they stand there.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { countsIn, programsIn, runProgram, useProgramFiles } from "./programs.js";

const programs = programsIn("README.md");
const programFile = useProgramFiles();

describe("README.md", () => {
  test("has the two programs this file runs", () => {
    expect(programs).toHaveLength(2);
  });

  test("its writer logs a run", () => {
    const file = programFile(programs[0]!);
    expect(runProgram(file)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(countsIn(join(file, "..", "logs"))).toEqual({
      "my-run": { loss: 1000, "train/accuracy": 1000, "train/lr": 1000 },
    });
  });

  test("its trial logs a training", () => {
    const file = programFile(programs[1]!);
    const { status, stderr } = runProgram(file);
    expect(status, stderr).toBe(0);
    expect(countsIn(join(file, "..", "logs"))).toEqual({
      Parabola_torchbearer: { "epoch/x": 1 },
      "Parabola_torchbearer/epoch-0": { "batch/x": 200 },
    });
  });
});
