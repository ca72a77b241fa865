// A SummaryWriter's mirror in JSON lines.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { LogdirError, WriteError } from "../../src/errors.js";
import { closeAllWriters } from "../../src/events/open-writers.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { errorOf } from "../helpers/errors.js";
import { eventsOf, filesIn } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("writer-json-lines");

interface Line {
  wallTime: number;
  step: number;
  values: Record<string, number>;
}

function linesOf(path: string): Line[] {
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => JSON.parse(line) as Line);
}

describe("jsonLines", () => {
  it("has the events of the event file, with their wall times and all digits", () => {
    let ms = 1_700_000_000_000;
    // Another time at each look.
    const writer = new SummaryWriter(tempDir(), { jsonLines: true, clock: () => (ms += 7) });
    writer.addScalar("a", 0.1, 1);
    writer.addStep(2, { a: 1 / 3, b: 2 });
    writer.withPrefix("p/").addScalar("a", 4, 3, 5.5);
    writer.closeSync();
    const lines = linesOf(writer.jsonLinesPath!);
    expect(lines.map(({ step, values }) => ({ step, values }))).toEqual([
      { step: 1, values: { a: 0.1 } },
      { step: 2, values: { a: 1 / 3, b: 2 } },
      { step: 3, values: { "p/a": 4 } },
    ]);
    const events = eventsOf(writer.path!);
    expect(lines.map(({ wallTime }) => wallTime)).toEqual(events.map(({ wallTime }) => wallTime));
    expect(events[2]!.wallTime).toBe(5.5);
  });

  it("is scalars.jsonl in the run's directory, and another file in each session", () => {
    const dir = tempDir();
    for (const name of ["scalars.jsonl", "scalars.1.jsonl", "scalars.2.jsonl"]) {
      const writer = new SummaryWriter(dir, { jsonLines: true });
      expect(writer.jsonLinesPath).toBeUndefined();
      writer.addScalar("a", 1);
      writer.closeSync();
      expect(writer.jsonLinesPath).toBe(join(dir, name));
    }
    expect(linesOf(join(dir, "scalars.2.jsonl")).map(({ step }) => step)).toEqual([2]);
    expect(filesIn(dir).filter((name) => name.includes("tfevents"))).toHaveLength(3);
  });

  it("is where a path says", () => {
    const path = join(tempDir(), "elsewhere", "metrics.ndjson");
    const writer = new SummaryWriter(tempDir(), { jsonLines: path });
    writer.addScalar("a", 1);
    writer.closeSync();
    expect(writer.jsonLinesPath).toBe(path);
    expect(filesIn(writer.logdir!)).toHaveLength(1);
  });

  it("is not there unless it is asked for", () => {
    const writer = new SummaryWriter(tempDir(), { jsonLines: false });
    writer.addScalar("a", 1);
    writer.closeSync();
    expect(writer.jsonLinesPath).toBeUndefined();
    expect(filesIn(writer.logdir!)).toHaveLength(1);
  });

  it("has what sampling keeps", () => {
    const writer = new SummaryWriter(tempDir(), { jsonLines: true, sampling: { everySteps: 5 } });
    for (let step = 0; step < 10; step++) writer.addScalar("a", step);
    writer.closeSync();
    expect(linesOf(writer.jsonLinesPath!).map(({ step }) => step)).toEqual([0, 5]);
  });

  it("is closed with the program, as the event file is", () => {
    const writer = new SummaryWriter(tempDir(), { jsonLines: true, clock: () => 1.7e12 });
    for (let step = 0; step < 3; step++) writer.addScalar("a", step);
    expect(linesOf(writer.jsonLinesPath!)).toHaveLength(1);
    closeAllWriters();
    expect(linesOf(writer.jsonLinesPath!)).toHaveLength(3);
    expect(eventsOf(writer.path!)).toHaveLength(3);
  });

  it("refuses and recovers as the event file does, and counts what either drops", () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const disk = new FaultyFileSystem();
    const clock = scriptedClock();
    const writer = new SummaryWriter(tempDir(), {
      jsonLines: true,
      fileSystem: disk,
      clock,
      onError: "warn",
    });
    writer.addScalar("a", 0);
    disk.failing.set("writeSync", "ENOSPC");
    clock.advance(200);
    writer.addScalar("a", 1);
    writer.addScalar("a", 2);
    expect(writer.dropped).toBe(2);
    disk.failing.clear();
    clock.advance(200);
    writer.addScalar("a", 3);
    expect(() => writer.closeSync()).toThrow(WriteError);
    expect(linesOf(writer.jsonLinesPath!).map(({ step }) => step)).toEqual([0, 1, 3]);
    expect(eventsOf(writer.path!).map(({ step }) => step)).toEqual([0, 1, 3]);
    warning.mockRestore();
  });

  it("leaves the run free when its own directory cannot be used", () => {
    const dir = tempDir();
    const file = join(tempDir(), "file");
    writeFileSync(file, "");
    const make = () => new SummaryWriter(dir, { jsonLines: join(file, "a.jsonl") });
    expect(errorOf(LogdirError, make).code).toBe("NOT_A_DIRECTORY");
    new SummaryWriter(dir).closeSync();
  });
});
