// A bounded run when the operating system fails: at each of its calls, once or from then on. What was taken is not lost in silence, and nothing
// is torn, left open or left lying about.
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WriteError } from "../../src/errors.js";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import type { BoundedEventWriterOptions } from "../../src/events/session.js";
import { lossOf } from "../helpers/channels.js";
import { errorOf } from "../helpers/errors.js";
import { eventFilesIn, eventsOf, filesIn, readEventFile } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { recordsIn, shown } from "../helpers/shown.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { callsOf, failFrom, failOnce, MODES, note } from "./bounded-faults.js";

const tempDir = useTempDir("bounded-errors");
const LIMIT = 8;

let dir: string;
let clock: ScriptedClock;
let disk: FaultyFileSystem;
let warnings: string[];
beforeEach(() => {
  dir = tempDir();
  clock = scriptedClock();
  disk = new FaultyFileSystem();
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message) => void warnings.push(String(message)));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function newWriter(options: BoundedEventWriterOptions = {}): BoundedEventWriter {
  const more = { clock, fileSystem: disk, hostname: "box", pid: 7, maxPointsPerTag: LIMIT };
  return new BoundedEventWriter(dir, { ...more, ...options });
}

describe.each(MODES)("with %o, a call that fails", (mode) => {
  // The full tests take every call.
  const some = (count: number): number[] =>
    Array.from({ length: count }, (_, at) => at).filter((at) => at % 5 === 2);

  it("once costs no event that was taken", () => {
    const calls = callsOf(mode, dir);
    expect(calls.length).toBeGreaterThan(80);
    expect(new Set(calls).size).toBeGreaterThanOrEqual(9);
    expect(some(calls.length).flatMap((at) => failOnce(at, mode, tempDir()))).toEqual([]);
  });

  it("from then on costs what close says, and the run goes on in its next session", () => {
    const calls = callsOf(mode, dir);
    expect(some(calls.length).flatMap((at) => failFrom(at, mode, tempDir()))).toEqual([]);
  });
});

describe("a full disk", () => {
  it("while a new file is put in place leaves the old one as it is, which goes on when there is room", () => {
    const writer = newWriter({ records: false, maxPointsPerTag: 100 });
    const loss = writer.scalars([{ tag: "loss" }]);
    let step = 0;
    const log = (count: number): void => {
      for (let i = 0; i < count; i++) {
        loss.writeOne(step, Math.sin(step));
        step++;
        clock.advance(10);
      }
    };
    log(300);
    const { path } = writer;
    const before = eventsOf(path!);
    // A file with a hundred points has more than 1000 bytes.
    disk.free = 1000;
    let error: unknown;
    for (let i = 0; i < 1000 && error === undefined; i++) {
      try {
        log(1);
      } catch (thrown) {
        error = thrown;
      }
    }
    expect(error).toBeInstanceOf(WriteError);
    expect((error as Error).message).toBe(
      `Cannot create an event file in ${dir}: no space left on the disk (ENOSPC)`,
    );
    expect([writer.path, filesIn(dir)]).toEqual([path, [basename(path!)]]);
    expect(eventsOf(path!).slice(0, before.length)).toEqual(before);
    // Told once: it is tried again after five seconds.
    log(100);
    disk.free = Infinity;
    log(600);
    writer.closeSync();
    expect(shown(dir, "loss").at(-1)![0]).toBe(step - 1);
    expect(shown(dir, "loss").length).toBeLessThanOrEqual(100);
    expect(disk.openFiles).toBe(0);
  });

  it("that lets no new file be begun leaves the old one a curve that goes on", () => {
    const writer = newWriter({ records: false, maxPointsPerTag: 20 });
    const loss = writer.scalars([{ tag: "loss" }]);
    const rare = writer.scalars([{ tag: "rare" }]);
    const lengths: number[] = [];
    let isFailing = false;
    disk.fault = (call) => (isFailing && call === "openSync" ? "ENOSPC" : undefined);
    let refused = 0;
    for (let step = 0; step < 2000; step++) {
      // A third of the new files.
      isFailing = Math.floor(clock() / 5000) % 3 === 0;
      try {
        loss.writeOne(step, Math.sin(step));
        if (step % 200 === 0) rare.writeOne(step, step);
      } catch {
        refused++;
      }
      clock.advance(100);
      lengths.push(shown(dir, "loss").length, shown(dir, "rare").length);
    }
    isFailing = false;
    writer.closeSync();
    expect(refused).toBeGreaterThan(3);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(20);
    expect(shown(dir, "loss").at(-1)![0]).toBe(1999);
  });

  it("costs no memory while it lasts", () => {
    for (const onError of ["throw", "warn"] as const) {
      dir = tempDir();
      disk = new FaultyFileSystem();
      const writer = newWriter({ onError });
      const loss = writer.scalars([{ tag: "loss" }]);
      loss.writeOne(0, 0);
      disk.free = 0;
      const before = process.memoryUsage().arrayBuffers;
      let refused = 0;
      for (let step = 0; step < 100_000; step++) {
        try {
          if (!(step % 100 === 0 ? writer.write(note(step)) : loss.writeOne(step, step))) refused++;
        } catch {
          refused++;
        }
        clock.advance(1);
      }
      expect(refused).toBeGreaterThan(90_000);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
      disk.free = Infinity;
      let said: unknown;
      try {
        writer.closeSync();
      } catch (error) {
        said = (error as WriteError).errno;
      }
      expect(said).toBe(onError === "throw" ? undefined : "ENOSPC");
      expect(disk.openFiles).toBe(0);
    }
  });

  it("costs no memory, and no point but those between, where only the event file cannot be written", () => {
    const writer = newWriter({ onError: "warn", records: false });
    const loss = writer.scalars([{ tag: "loss" }]);
    loss.writeOne(0, 0);
    disk.free = 0;
    clock.advance(6000);
    loss.writeOne(1, 1);
    expect(() => writer.flush()).toThrow(WriteError);
    const before = process.memoryUsage().arrayBuffers;
    const answers = new Set<boolean>();
    for (let step = 2; step < 100_000; step++) {
      loss.writeOne(step, step === 77_777 ? 1e9 : step);
      if (step % 100 === 0) answers.add(writer.write(note(step)));
      clock.advance(1);
    }
    expect([...answers]).toEqual([false]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
    expect(warnings).toHaveLength(1);
    disk.free = Infinity;
    expect(errorOf(WriteError, () => writer.closeSync()).message).toMatch(
      /^999 events are lost: could not write .*: no space left on the disk \(ENOSPC\)$/,
    );
    expect(shown(dir, "loss")).toContainEqual([77_777, 1e9]);
    expect(shown(dir, "loss").at(-1)).toEqual([99_999, 99_999]);
  });

  it("that takes the bytes of a new file piece by piece is no error", () => {
    session(0, 100);
    disk.writes.push({ take: 1 }, { take: 7 }, { take: 1 }, { take: 100 });
    session(100, 101);
    expect(disk.written.slice(0, 4)).not.toContain(0);
    expect(shown(dir, "loss").at(-1)).toEqual([100, 100]);
  });

  it("at the end says so, and the next session shows what is in the record file", () => {
    const writer = newWriter();
    const loss = writer.scalars([{ tag: "loss" }]);
    for (let step = 0; step < 1000; step++) loss.writeOne(step, step === 500 ? 9999 : 1);
    writer.flush();
    disk.free = 10;
    const error = errorOf(WriteError, () => writer.closeSync());
    expect(error.errno).toBe("ENOSPC");
    expect(disk.openFiles).toBe(0);
    disk.free = Infinity;
    session(1000, 1001);
    expect(shown(dir, "loss")).toContainEqual([500, 9999]);
  });

  function session(first: number, end: number): void {
    const writer = newWriter();
    for (let step = first; step < end; step++) lossOf(writer).writeOne(step, step);
    writer.closeSync();
  }
});

describe("the timer of an idle writer", () => {
  it.each([true, false])("tells the next call that it could not show what waited (records %s)", (records) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writer = newWriter({ records });
    const loss = writer.scalars([{ tag: "loss" }]);
    loss.writeOne(0, 0);
    clock.advance(100);
    loss.writeOne(1, 1);
    disk.failing.set("writeSync", "EIO");
    for (let i = 0; i < 30; i++) {
      clock.advance(200);
      vi.advanceTimersByTime(200);
    }
    // Without a record file, an event that finds the fault is taken: the curve has it.
    const steps = records ? [0, 1] : [0, 1, 2];
    if (!records) loss.writeOne(2, 2);
    expect(errorOf(WriteError, () => loss.writeOne(3, 3)).errno).toBe("EIO");
    disk.failing.clear();
    clock.advance(200);
    loss.writeOne(4, 4);
    for (let i = 0; i < 30; i++) {
      clock.advance(200);
      vi.advanceTimersByTime(200);
    }
    expect(shown(dir, "loss").map(([step]) => step)).toEqual([...steps, 4]);
    writer.closeSync();
  });
});

describe("what failed when nobody called", () => {
  /** Logs a step, lets `fault` happen, and what waits be shown; logs another, ends the fault, and lets that be shown. */
  function play(fault: (path: string) => void): BoundedEventWriter {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writer = newWriter({ records: false });
    const loss = writer.scalars([{ tag: "loss" }]);
    const wait = (): void => {
      for (let i = 0; i < 30; i++) {
        clock.advance(200);
        vi.advanceTimersByTime(200);
      }
    };
    loss.writeOne(0, 0);
    clock.advance(100);
    loss.writeOne(1, 1);
    fault(writer.path!);
    wait();
    loss.writeOne(2, 2);
    disk.fault = undefined;
    wait();
    return writer;
  }

  it("is forgotten when it was made good meanwhile", () => {
    const writer = play(() => {
      disk.fault = (call) => (call === "writeSync" ? "EIO" : undefined);
    });
    lossOf(writer).writeOne(3, 3);
    writer.closeSync();
    expect(shown(dir, "loss").map(([step]) => step)).toEqual([0, 1, 2, 3]);
  });

  it("is told all the same when a file was deleted, once", () => {
    const writer = play((path) => rmSync(path));
    expect(errorOf(WriteError, () => lossOf(writer).writeOne(3, 3)).errno).toBe("ENOENT");
    lossOf(writer).writeOne(3, 3);
    writer.closeSync();
    expect(shown(dir, "loss").map(([step]) => step)).toEqual([0, 1, 2, 3]);
  });
});

describe("a file that is deleted while it is written", () => {
  /** Logs until a call throws, at most for so many steps; gives the errors. */
  function logOn(writer: BoundedEventWriter, first: number, count: number): Error[] {
    const errors: Error[] = [];
    const loss = writer.scalars([{ tag: "loss" }]);
    for (let step = first; step < first + count; step++) {
      try {
        loss.writeOne(step, Math.sin(step));
      } catch (error) {
        errors.push(error as Error);
        loss.writeOne(step, Math.sin(step));
      }
      clock.advance(100);
    }
    return errors;
  }

  it.each([true, false])(
    "(the event file) is one error, and the new one has the whole curve once (records %s)",
    (records) => {
      const writer = newWriter({ records, maxPointsPerTag: 1000 });
      writer.write(note(0));
      expect(logOn(writer, 0, 200)).toEqual([]);
      rmSync(writer.path!);
      const errors = logOn(writer, 200, 100);
      expect(errors.map((error) => (error as WriteError).errno)).toEqual(["ENOENT"]);
      expect(eventFilesIn(dir)).toHaveLength(1);
      const points = shown(dir, "loss");
      expect(points[0]![0]).toBe(0);
      expect(points.at(-1)![0]).toBeGreaterThan(240);
      expect(eventsOf(writer.path!).filter(({ summary }) => summary !== undefined)).toHaveLength(
        points.length,
      );
      writer.closeSync();
      expect(shown(dir, "loss").at(-1)![0]).toBe(299);
      // What was no scalar was in it, and is said to be gone.
      expect(warnings).toEqual([expect.stringMatching(/^1 events that are no scalars are gone/)]);
      const recorded = (tag: string) =>
        recordsIn(dir).filter(({ summary = [] }) => summary.some((value) => value.tag === tag)).length;
      expect([recorded("note"), recorded("loss")]).toEqual(records ? [1, 300] : [0, 0]);
    },
  );

  it("(the record file) is one error, and the event file names the new one from then on", () => {
    const writer = newWriter({ maxPointsPerTag: 100 });
    expect(logOn(writer, 0, 200)).toEqual([]);
    const first = writer.recordPath!;
    rmSync(first);
    const errors = logOn(writer, 200, 100);
    expect(errors.map((error) => (error as WriteError).errno)).toEqual(["ENOENT"]);
    expect(writer.recordPath).not.toBe(first);
    writer.closeSync();
    const written = readEventFile(writer.path!).events.findLast(({ sourceMetadata }) => sourceMetadata)!;
    expect(written.sourceMetadata!.writer).toContain(basename(writer.recordPath!));
    expect(shown(dir, "loss")[0]![0]).toBe(0);
    expect(shown(dir, "loss").at(-1)![0]).toBe(299);
  });

  it("(the directory) is an error for each of its files, and then both are there again", () => {
    const parent = dir;
    dir = join(parent, "run");
    const writer = newWriter({ maxPointsPerTag: 100 });
    expect(logOn(writer, 0, 200)).toEqual([]);
    rmSync(dir, { recursive: true });
    const errors = logOn(writer, 200, 100);
    expect(errors.map((error) => (error as WriteError).errno)).toEqual(["ENOENT", "ENOENT"]);
    writer.closeSync();
    expect(filesIn(dir)).toHaveLength(2);
    expect(shown(dir, "loss")[0]![0]).toBe(0);
    expect(shown(dir, "loss").at(-1)![0]).toBe(299);
    expect(disk.openFiles).toBe(0);
  });
});

describe("with durability disk", () => {
  it("a sync that failed stays failed, and close says so", async () => {
    const writer = newWriter({ durability: "disk" });
    const loss = writer.scalars([{ tag: "loss" }]);
    loss.writeOne(0, 0);
    disk.failing.set("fdatasyncSync", "EIO");
    disk.failing.set("fdatasync", "EIO");
    clock.advance(3000);
    loss.writeOne(1, 1);
    disk.failing.clear();
    expect(errorOf(WriteError, () => loss.writeOne(2, 2)).errno).toBe("EIO");
    await expect(writer.sync()).rejects.toThrow(WriteError);
    expect(errorOf(WriteError, () => writer.closeSync()).errno).toBe("EIO");
    expect(disk.openFiles).toBe(0);
  });
});
