// Sixty million events are read in less than 150 MB of memory, all of the process counted.
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openEventWriter } from "../../../src/events/open-event-writer.js";
import { compilePrograms, runProgram } from "../../helpers/programs.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("read-memory");
const EVENTS = 60_000_000;
const ROUNDS = 1_000_000;
let program: string;
let run: string;
beforeAll(() => {
  program = join(compilePrograms("test/events/programs", tempDir()), "read-run.js");
  run = tempDir();
  const writer = openEventWriter(run, {});
  const loss = writer.scalars([{ tag: "loss" }]);
  const steps = writer.scalars([{ tag: "step" }]);
  for (let step = 0; step < EVENTS; step++) {
    if (step % (EVENTS / ROUNDS) === 0) steps.writeOne(step, 1);
    else loss.writeOne(step, step % 1000);
  }
  writer.closeSync();
});

describe(`${EVENTS.toLocaleString("en")} events`, () => {
  it.each([
    // The file has a version too.
    ["events", EVENTS + 1],
    ["values", EVENTS],
    ["values of one tag", ROUNDS],
    ["tags", EVENTS],
    ["verify", EVENTS + 1],
    ["inspect", EVENTS + 1],
  ])("%s", async (way, expected) => {
    const { code, stdout, stderr } = await runProgram(program, [run, way], { timeoutMs: 400_000 });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { events, megabytes } = JSON.parse(stdout) as { events: number; megabytes: number };
    expect(events).toBe(expected);
    expect(megabytes).toBeLessThan(150);
  });
});
