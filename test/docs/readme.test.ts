// The programs in README.md, run as they stand there.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventFilesIn, eventsOf } from "../helpers/events.js";
import { countsIn, programsIn, runProgram, useProgramFiles } from "./programs.js";

const programs = programsIn("README.md");
const programFile = useProgramFiles();

describe("README.md", () => {
  test("has the four programs this file runs", () => {
    expect(programs).toHaveLength(4);
  });

  test("its writer logs a run", () => {
    const file = programFile(programs[0]!);
    expect(runProgram(file)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(countsIn(join(file, "..", "logs"))).toEqual({
      "my-run": { loss: 1000, "train/accuracy": 1000, "train/lr": 1000 },
    });
  });

  test("its dashboards are logged", () => {
    const file = programFile(programs[1]!);
    expect(runProgram(file)).toEqual({ status: 0, stdout: "", stderr: "" });
    const tags = eventFilesIn(join(file, "..", "logs", "my-run")).flatMap((path) =>
      eventsOf(path).flatMap(({ summary = [] }) => summary.map(({ tag }) => tag)),
    );
    expect(tags).toEqual(["notes", "weights", "_hparams_/session_start_info"]);
  });

  test("its reader reads what its writer logged", () => {
    const file = programFile(`${programs[0]!}\n${programs[2]!}`);
    // The last of 1 / (1 + step), as float32.
    const stdout = `my-run loss 1000 ${Math.fround(1 / 1000)}\n`;
    expect(runProgram(file)).toEqual({ status: 0, stdout, stderr: "" });
  });

  test("its trial logs a training", () => {
    const file = programFile(programs[3]!);
    const { status, stderr } = runProgram(file);
    expect(status, stderr).toBe(0);
    expect(countsIn(join(file, "..", "logs"))).toEqual({
      Parabola_torchbearer: { "epoch/x": 1 },
      "Parabola_torchbearer/epoch-0": { "batch/x": 200 },
    });
  });
});
