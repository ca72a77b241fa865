// Millions of events: reading them one by one takes little memory, whatever restarts there are. All of the process counts.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { EventFileWriter } from "../../src/events/index.js";
import { compilePrograms, runProgram } from "../helpers/programs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("reader-memory");
const EVENTS = 6_000_000;
let program: string;
beforeAll(() => {
  program = join(compilePrograms("test/events/programs", tempDir()), "read-run.js");
});

/** Reads a run in a process of its own. */
async function read(dir: string, way: string): Promise<{ events: number; megabytes: number }> {
  const { code, stdout, stderr } = await runProgram(program, [dir, way], { timeoutMs: 200_000 });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as { events: number; megabytes: number };
}

describe(`${EVENTS.toLocaleString("en")} scalars`, () => {
  it.each<[string, (i: number) => number, number]>([
    ["that only go on", (i) => i, EVENTS],
    ["each step twice", (i) => Math.floor(i / 2), EVENTS / 2],
    ["back by ten each hundred", (i) => i - 10 * Math.floor(i / 100), EVENTS * 0.9 + 10],
    ["back by half in the middle", (i) => (i < EVENTS / 2 ? i : i - EVENTS / 4), EVENTS * 0.75],
  ])(
    "%s: little memory",
    async (_name, stepOf, left) => {
      const dir = tempDir();
      const writer = new EventFileWriter(dir);
      const loss = writer.scalars([{ tag: "loss" }]);
      for (let i = 0; i < EVENTS; i++) loss.write(stepOf(i), [i]);
      writer.closeSync();
      for (const way of ["values", "tags"]) {
        const { events, megabytes } = await read(dir, way);
        expect(events).toBe(left);
        expect(megabytes).toBeLessThan(150);
      }
      rmSync(dir, { recursive: true });
    },
    600_000,
  );
});
