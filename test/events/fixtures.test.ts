// Reading what torch, tensorboardX, TensorFlow and old programs wrote.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { EventFileReader } from "../../src/events/event-file-reader.js";
import { fixtures } from "../helpers/fixtures.js";
import { describeWithPython } from "../helpers/python.js";

const script = join(import.meta.dirname, "..", "..", "scripts", "generate-fixtures.py");

describe("an event file of another program", () => {
  it("is there for every kind of writer", () => {
    const programs = new Set(fixtures.map(({ program }) => program.split(" ")[0]));
    expect(programs).toEqual(new Set(["tensorboard", "tensorboardX", "tensorflow", "torch"]));
    expect(fixtures.length).toBeGreaterThanOrEqual(12);
  });

  it.each(fixtures)("is read as Google's protobuf reads it: $name, by $program", ({ path, events }) => {
    expect(events.length).toBeGreaterThan(3);
    const reader = new EventFileReader(path);
    expect([...reader]).toStrictEqual(events);
    expect(reader.pending).toBe(0);
    reader.close();
  });
});

describeWithPython("scripts/generate-fixtures.py", (python) => {
  it("makes the committed fixtures, byte for byte", async () => {
    // Without bytecode, which it would leave beside the script.
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
    const run = promisify(execFile)(python.executable, [script, "--check"], { env, timeout: 50_000 });
    expect(await run).toEqual({ stdout: "", stderr: "" });
  });
});
