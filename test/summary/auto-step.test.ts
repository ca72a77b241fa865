// The step of a value that is logged without one.
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError, WriteError } from "../../src/errors.js";
import { MemorySink } from "../../src/events/memory-sink.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import type { SummaryWriterOptions } from "../../src/summary/writer-options.js";
import { errorOf } from "../helpers/errors.js";
import { eventsOf, scalarsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("auto-step");

/** Tag and step of each scalar that a session of the run in `dir` writes. */
function session(
  dir: string,
  log: (writer: SummaryWriter) => void,
  options: SummaryWriterOptions = {},
): string[] {
  const writer = new SummaryWriter(dir, options);
  log(writer);
  writer.closeSync();
  return scalarsOf(eventsOf(writer.path!)).map(([tag, step]) => `${tag} ${step}`);
}

describe("without a step", () => {
  it("a new run's tags begin at 0 and count by themselves", () => {
    const steps = session(tempDir(), (writer) => {
      writer.addScalar("a", 1);
      writer.addScalar("a", 1);
      writer.addScalar("b", 1);
      writer.scalar("a").add(1);
      writer.scalar("b").add(1, undefined, 3);
    });
    expect(steps).toEqual(["a 0", "a 1", "b 0", "a 2", "b 1"]);
  });

  it("a value comes one after the tag's last, whichever call logged that", () => {
    const steps = session(tempDir(), (writer) => {
      writer.addScalar("a", 1, 10);
      writer.addScalar("a", 1);
      writer.addStep(20, { a: 1, b: 2 });
      writer.addScalar("a", 1);
      writer.addScalar("b", 1);
      writer.scalars(["b", "a"]).add(5, [1, 2]);
      writer.addScalar("a", 1);
      writer.scalar("a").add(1, -7);
      writer.scalar("a").add(1);
    });
    expect(steps).toEqual([
      ...["a 10", "a 11", "a 20", "b 20", "a 21", "b 21", "b 5", "a 5", "a 6", "a -7", "a -6"],
    ]);
  });

  it("a value that was refused leaves its step to the next", () => {
    const disk = new FaultyFileSystem();
    const steps = session(
      tempDir(),
      (writer) => {
        writer.addScalar("a", 1);
        disk.writes.push({ fail: "EIO" }, { fail: "EIO" });
        expect(() => writer.flush()).not.toThrow();
        writer.addScalar("a", 2);
        expect(() => writer.flush()).toThrow(WriteError);
        expect(() => writer.addScalar("a", 3)).toThrow(WriteError);
        expect(() => writer.addScalar("a", "x" as never)).toThrow(ArgumentError);
        writer.addScalar("a", 4);
      },
      { fileSystem: disk, clock: () => 1.7e12 },
    );
    expect(steps).toEqual(["a 0", "a 1", "a 2"]);
  });

  it("there is none behind the last safe integer", () => {
    const writer = SummaryWriter.noop();
    writer.addScalar("a", 1, Number.MAX_SAFE_INTEGER);
    expect(errorOf(ArgumentError, () => writer.addScalar("a", 1)).message).toBe(
      "Expected `step` to be a safe integer, got 9007199254740992 (number)",
    );
  });

  it("a writer on a sink begins at 0 too", () => {
    const memory = new MemorySink();
    new SummaryWriter(memory).addScalar("a", 1);
    new SummaryWriter(memory, { purgeStep: 7 }).addScalar("a", 1);
    expect(memory.points("a").map(({ step }) => step)).toEqual([0, 7]);
  });
});

describe("without a step, a session that continues a run", () => {
  it("goes on behind each tag's highest step in all files before", () => {
    const dir = tempDir();
    session(dir, (writer) => {
      writer.addScalar("a", 1, 100);
      writer.addScalar("a", 1, 50);
      writer.addStep(7, { b: 1, c: 2 });
    });
    session(dir, (writer) => writer.addScalar("b", 1, 3));
    const steps = session(dir, (writer) => {
      for (const tag of ["a", "b", "c", "d", "a"]) writer.addScalar(tag, 1);
    });
    expect(steps).toEqual(["a 101", "b 8", "c 8", "d 0", "a 102"]);
    expect(session(dir, (writer) => writer.addScalar("a", 1)).at(-1)).toBe("a 103");
  });

  it("finds them also when its own file has taken up what the small files before had", () => {
    const dir = tempDir();
    // Far enough apart: what is younger than a minute is not folded.
    const clock = scriptedClock();
    const openLater = (): SummaryWriter => {
      clock.advance(100_000);
      return new SummaryWriter(dir, { clock });
    };
    for (let i = 0; i < 3; i++) {
      const earlier = openLater();
      earlier.addScalar(`t${i}`, 1, 10 * i);
      earlier.closeSync();
    }
    const writer = openLater();
    writer.addScalar("other", 1, 100);
    writer.flush();
    for (let i = 0; i < 3; i++) writer.addScalar(`t${i}`, 1);
    writer.closeSync();
    const events = scalarsOf(eventsOf(writer.path!)).map(([tag, step]) => `${tag} ${step}`);
    expect(events).toEqual(expect.arrayContaining(["t0 0", "t1 10", "t2 20"]));
    expect(events.slice(-4)).toEqual(["other 100", "t0 1", "t1 11", "t2 21"]);
  });

  it("does not count the runs below", () => {
    const dir = tempDir();
    session(join(dir, "below"), (writer) => writer.addScalar("a", 1, 100));
    expect(session(dir, (writer) => writer.addScalar("a", 1))).toEqual(["a 0"]);
  });

  it("begins at purgeStep if that is given, and does not read", () => {
    const dir = tempDir();
    session(dir, (writer) => writer.addScalar("a", 1, 100));
    const begin = (log: (writer: SummaryWriter) => void) => {
      const writer = new SummaryWriter(dir, { purgeStep: 50 });
      log(writer);
      writer.closeSync();
      return eventsOf(writer.path!)
        .filter(({ summary }) => summary)
        .map(({ step }) => step);
    };
    expect(begin((writer) => ["a", "b", "a"].forEach((tag) => writer.addScalar(tag, 1)))).toEqual([
      50, 50, 51,
    ]);
    // That session made what came before void from 50 on.
    expect(session(dir, (writer) => ["a", "b"].forEach((tag) => writer.addScalar(tag, 1)))).toEqual([
      ...["a 52", "b 51"],
    ]);
  });

  it("passes over damage, and reads what is left", () => {
    const dir = tempDir();
    const damage = (name: string, log: (path: string) => void): void => {
      const writer = new SummaryWriter(dir).withPrefix(`${name}/`);
      writer.addScalar("a", 1, 10);
      writer.addScalar("b", 1, 20);
      writer.addScalar("c", 1, 30);
      writer.closeSync();
      log(writer.path!);
    };
    damage("torn", (path) => truncateSync(path, readFileSync(path).length - 5));
    damage("changed", (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.indexOf("changed/b")]! ^= 1;
      writeFileSync(path, bytes);
    });
    damage("longer", (path) => appendFileSync(path, "no record at all, but quite some text"));
    writeFileSync(join(dir, "events.out.tfevents.0000000000"), "no record at all, but quite some text");
    mkdirSync(join(dir, "tfevents"));
    const steps = session(dir, (writer) => {
      for (const name of ["torn", "changed", "longer"]) {
        for (const tag of ["a", "b", "c"]) writer.addScalar(`${name}/${tag}`, 1);
      }
    });
    expect(steps).toEqual([
      ...["torn/a 11", "torn/b 21", "torn/c 0"],
      ...["changed/a 11", "changed/b 0", "changed/c 31"],
      ...["longer/a 11", "longer/b 21", "longer/c 31"],
    ]);
  });
});
