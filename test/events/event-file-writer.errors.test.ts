// The writer when the operating system fails: nothing torn, nothing twice, nothing lost in silence.
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WriteError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventFileWriterOptions } from "../../src/events/session.js";
import { lossOf } from "../helpers/channels.js";
import { eventsOf, filesIn, readEventFile } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("errors");

let clock: ScriptedClock;
let disk: FaultyFileSystem;
let warnings: { message: string; code: string | undefined }[];

beforeEach(() => {
  clock = scriptedClock();
  disk = new FaultyFileSystem();
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message, options) => {
    warnings.push({
      message: String(message),
      code: (options as unknown as { code?: string } | undefined)?.code,
    });
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function newWriter(options: EventFileWriterOptions = {}): EventFileWriter {
  return new EventFileWriter(tempDir(), { clock, fileSystem: disk, hostname: "box", pid: 7, ...options });
}

function stepsIn(writer: EventFileWriter): number[] {
  return eventsOf(writer.path!).map(({ step }) => Number(step));
}

/** Closes, and gives what it says of events that were lost. */
function closeQuietly(writer: EventFileWriter): string {
  try {
    writer.closeSync();
    return "";
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
    return error.message;
  }
}

describe("a full disk", () => {
  it("reaches the caller with path, code and words; the rest of a short write is kept and comes first afterwards", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(1, 1);
    lossOf(writer).writeOne(2, 2);
    lossOf(writer).writeOne(3, 3);
    const pending = writer.pendingBytes;
    disk.free = 60; // in the middle of the second of them
    const error = errorOf(WriteError, () => writer.flush());
    expect(error).toMatchObject({ code: "WRITE_FAILED", errno: "ENOSPC", path: writer.path });
    expect(error.message).toBe(`Cannot write ${writer.path}: no space left on the disk (ENOSPC)`);
    expect(error.cause).toMatchObject({ code: "ENOSPC" });
    expect(writer.pendingBytes).toBe(pending - 60);
    const { events, torn } = readEventFile(writer.path!);
    expect([events.length, torn]).toEqual([3, 60 - pending / 2]);

    // Refused, with the same error, until it succeeds; kept as it is.
    expect(errorOf(WriteError, () => lossOf(writer).writeOne(4, 4)).errno).toBe("ENOSPC");
    expect(errorOf(WriteError, () => writer.write({ step: 4 })).errno).toBe("ENOSPC");
    expect(errorOf(WriteError, () => writer.flush()).errno).toBe("ENOSPC");
    expect(writer.pendingBytes).toBe(pending - 60);

    disk.free = Infinity;
    lossOf(writer).writeOne(5, 5);
    writer.closeSync();
    expect(stepsIn(writer)).toEqual([1, 2, 3, 5]);
    expect(writer.dropped).toBe(0);
  });

  it("is tried once a call, and memory does not grow while it lasts", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(0, 0);
    disk.free = 0;
    // Fills the buffer, until the write that it causes fails.
    let step = 1;
    const fill = (): void => {
      for (;;) lossOf(writer).writeOne(step++, 1);
    };
    errorOf(WriteError, fill);
    const pending = writer.pendingBytes;
    expect(pending).toBeLessThan(131_072 + 100);
    const before = process.memoryUsage().arrayBuffers;
    const calls = disk.count("writeSync");
    for (let i = 0; i < 3000; i++) expect(() => lossOf(writer).writeOne(step, 1)).toThrow(WriteError);
    expect(disk.count("writeSync") - calls).toBe(3000);
    expect(writer.pendingBytes).toBe(pending);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect(() => writer.closeSync()).toThrow(
      `${pending} bytes of events are lost: cannot write ${writer.path}: no space left on the disk (ENOSPC)`,
    );
    // Everything that was accepted before the disk was full is there.
    expect(readEventFile(writer.path!).events).toHaveLength(2);
    writer.closeSync();
  });

  it("that takes the bytes piece by piece is no error", () => {
    const writer = newWriter();
    disk.writes.push({ take: 1 }, { take: 7 }, { take: 30 });
    lossOf(writer).writeOne(1, 1);
    expect(disk.written.slice(0, 3)).toEqual([1, 7, 30]);
    expect(stepsIn(writer)).toEqual([1]);
    writer.closeSync();
  });

  it("that takes nothing and says nothing is an error, not an endless loop", () => {
    const writer = newWriter();
    lossOf(writer).writeOne(1, 1);
    lossOf(writer).writeOne(2, 1);
    disk.writes.push({ take: 10 }, { take: 0 });
    expect(errorOf(WriteError, () => writer.flush()).errno).toBe("EIO");
    writer.closeSync();
    expect(stepsIn(writer)).toEqual([1, 2]);
  });
});

describe("whatever the disk does", () => {
  // What happens between events: bytes become free, time passes, a write is cut or fails.
  const happening = fc.oneof(
    fc.constant({}),
    fc.nat(300).map((bytes) => ({ bytes })),
    fc.constantFrom(0, 150, 200, 1000, -500).map((ms) => ({ ms })),
    fc.nat(80).map((take) => ({ fault: { take: take + 1 } })),
    fc.constantFrom("EIO", "EINTR", "EDQUOT").map((fail) => ({ fault: { fail } })),
    fc.constant({ flush: true }),
  );
  type Happening = {
    bytes?: number;
    ms?: number;
    fault?: { take: number } | { fail: string };
    flush?: boolean;
  };

  /** Logs a step after each happening; gives the steps whose call came back, and those whose call threw. */
  function play(
    writer: EventFileWriter,
    script: readonly Happening[],
  ): { taken: number[]; refused: number[] } {
    const taken: number[] = [];
    const refused: number[] = [];
    for (const [step, { bytes = 0, ms = 0, fault, flush }] of script.entries()) {
      disk.free += bytes;
      clock.advance(ms);
      if (fault) disk.writes.push(fault);
      try {
        if (flush) writer.flush();
      } catch (error) {
        if (!(error instanceof WriteError)) throw error;
      }
      try {
        (writer.write({ step, summary: [{ tag: "a", simpleValue: step }] }) ? taken : refused).push(step);
      } catch (error) {
        if (!(error instanceof WriteError)) throw error;
        refused.push(step);
      }
      expect(writer.pendingBytes).toBeLessThan(1000 + script.length * 40);
    }
    return { taken, refused };
  }

  const script = fc.array(happening, { minLength: 1, maxLength: 60 });
  const free = fc.oneof(fc.nat(1500), fc.constant(Infinity));

  it("every event that was taken is in the file once, in order, and no byte is torn, once the disk has room", () => {
    fc.assert(
      fc.property(free, script, (bytes, happenings) => {
        disk = new FaultyFileSystem();
        disk.free = bytes;
        const writer = newWriter();
        const { taken, refused } = play(writer, happenings);
        // Before the end too: what is on the disk is a beginning of the file, with right checksums.
        if (writer.path !== undefined) readEventFile(writer.path);
        disk.writes.length = 0;
        disk.free = Infinity;
        writer.closeSync();
        const found = writer.path === undefined ? [] : stepsIn(writer);
        expect(found).toEqual([...new Set(found)].toSorted((a, b) => a - b));
        expect(found.filter((step) => !refused.includes(step))).toEqual(taken);
      }),
      { numRuns: 300 },
    );
  });

  it("with onError warn exactly those are in the file that write said yes to, and the others are counted", () => {
    fc.assert(
      fc.property(free, script, (bytes, happenings) => {
        disk = new FaultyFileSystem();
        disk.free = bytes;
        const writer = newWriter({ onError: "warn" });
        const { taken, refused } = play(writer, happenings);
        expect(writer.dropped).toBe(refused.length);
        disk.writes.length = 0;
        disk.free = Infinity;
        const lost = refused.length === 0 ? "" : `${refused.length} events are lost: could not write`;
        expect(closeQuietly(writer).slice(0, lost.length || undefined)).toBe(lost);
        expect(writer.path === undefined ? [] : stepsIn(writer)).toEqual(taken);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a file that cannot be opened", () => {
  it("reaches the caller, loses nothing that was there, and is made once it can be", () => {
    const writer = newWriter({ purgeStep: 1 });
    disk.failing.set("openSync", "EMFILE");
    const error = errorOf(WriteError, () => writer.write({ step: 1 }));
    expect(error).toMatchObject({ code: "WRITE_FAILED", errno: "EMFILE", path: writer.dir });
    expect(error.message).toBe(`Cannot create an event file in ${writer.dir}: too many open files (EMFILE)`);
    expect([writer.path, filesIn(writer.dir)]).toEqual([undefined, []]);
    writer.flush();
    expect(errorOf(WriteError, () => lossOf(writer).writeOne(2, 2)).errno).toBe("EMFILE");
    disk.failing.clear();
    writer.write({ step: 3 });
    writer.closeSync();
    expect(eventsOf(writer.path!).map(({ step, sessionLog }) => [step, sessionLog?.status])).toEqual([
      [1, 1],
      [1, 1],
      [3, undefined],
    ]);
  });

  it("is no loss for a session that ends without one: every event was refused", () => {
    const writer = newWriter();
    disk.failing.set("openSync", "EROFS");
    expect(errorOf(WriteError, () => writer.write({})).message).toContain(
      "the file system is read-only (EROFS)",
    );
    writer.closeSync();
    expect(filesIn(writer.dir)).toEqual([]);
  });

  it("also when the directory cannot be listed", () => {
    const writer = newWriter();
    disk.failing.set("readdirSync", "EIO");
    expect(errorOf(WriteError, () => writer.write({})).errno).toBe("EIO");
    writer.closeSync();
  });
});

describe("onError warn", () => {
  it("drops and counts events while a write fails, warns once, and goes on when it succeeds", () => {
    const writer = newWriter({ onError: "warn" });
    expect(writer.write({ step: 0 })).toBe(true);
    expect(writer.write({ step: 1 })).toBe(true);
    disk.failing.set("writeSync", "ENOSPC");
    clock.advance(200);
    // This one causes the write that fails; it is kept with those before.
    expect(writer.write({ step: 2 })).toBe(true);
    expect(warnings).toEqual([
      { message: `Cannot write ${writer.path}: no space left on the disk (ENOSPC)`, code: "WRITE_FAILED" },
    ]);
    const calls = disk.count("writeSync");
    for (let step = 3; step < 103; step++) {
      expect(writer.write({ step })).toBe(false);
      lossOf(writer).writeOne(step, 1);
      lossOf(writer).write(step, [1]);
    }
    expect(writer.dropped).toBe(300);
    // The disk was not asked again for each of them.
    expect(disk.count("writeSync")).toBe(calls);
    for (let i = 0; i < 3; i++) {
      clock.advance(200);
      expect(writer.write({ step: 200 })).toBe(false);
    }
    expect(disk.count("writeSync")).toBe(calls + 3);
    expect(warnings).toHaveLength(1);

    disk.failing.clear();
    clock.advance(200);
    expect(writer.write({ step: 300 })).toBe(true);
    expect(writer.write({ step: 301 })).toBe(true);
    writer.flush();
    expect(stepsIn(writer)).toEqual([0, 1, 2, 300, 301]);

    // The next failure is another one.
    disk.failing.set("writeSync", "EIO");
    clock.advance(200);
    writer.write({ step: 302 });
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("ENOSPC"),
      expect.stringContaining("EIO"),
    ]);
    disk.failing.clear();
    const error = errorOf(WriteError, () => writer.closeSync());
    expect(error.message).toBe(
      `303 events are lost: could not write ${writer.path}: input/output error (EIO)`,
    );
    expect(stepsIn(writer)).toEqual([0, 1, 2, 300, 301, 302]);
    writer.closeSync();
  });

  it("drops what comes before the file can be made", () => {
    const writer = newWriter({ onError: "warn" });
    disk.failing.set("openSync", "ENFILE");
    expect(writer.write({ step: 1 })).toBe(false);
    expect(writer.write({ step: 2 })).toBe(false);
    expect(warnings).toHaveLength(1);
    disk.failing.clear();
    expect(writer.write({ step: 3 })).toBe(false);
    clock.advance(200);
    expect(writer.write({ step: 4 })).toBe(true);
    expect(writer.dropped).toBe(3);
    expect(errorOf(WriteError, () => writer.closeSync()).message).toMatch(
      /^3 events are lost: could not write .* \(ENFILE\)$/,
    );
    expect(stepsIn(writer)).toEqual([4]);
  });

  it("says at close how much it could not write at all", () => {
    const writer = newWriter({ onError: "warn" });
    writer.write({ step: 1 });
    writer.write({ step: 2 });
    disk.failing.set("writeSync", "ENOSPC");
    const { pendingBytes } = writer;
    expect(errorOf(WriteError, () => writer.closeSync()).message).toMatch(
      new RegExp(`^${pendingBytes} bytes of events are lost`),
    );
    expect(stepsIn(writer)).toEqual([1]);
  });

  it("needs no more memory while it drops", () => {
    const writer = newWriter({ onError: "warn" });
    writer.write({ step: 0 });
    disk.free = 0;
    const before = process.memoryUsage().arrayBuffers;
    for (let step = 0; step < 300_000; step++) lossOf(writer).writeOne(step, 1);
    expect(writer.pendingBytes).toBeLessThan(131_072 + 100);
    expect(writer.dropped).toBeGreaterThan(290_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    closeQuietly(writer);
  });
});

describe("the timer of an idle writer", () => {
  it("tells the next call that its write failed, and that call retries", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writer = newWriter();
    writer.write({ step: 0 });
    writer.write({ step: 1 });
    disk.failing.set("writeSync", "ENOSPC");
    vi.advanceTimersByTime(200);
    expect(errorOf(WriteError, () => writer.write({ step: 2 })).errno).toBe("ENOSPC");
    disk.failing.clear();
    writer.write({ step: 3 });
    writer.closeSync();
    expect(stepsIn(writer)).toEqual([0, 1, 3]);
  });
});

describe("a write that fails inside the call that adds an event", () => {
  it("throws at the next call, so that a caller that tries again writes nothing twice", () => {
    const writer = newWriter();
    disk.failing.set("writeSync", "ENOSPC");
    const taken: number[] = [];
    const add = (step: number): void => {
      writer.write({ step });
      taken.push(step);
    };
    add(1);
    expect(() => add(2)).toThrow(WriteError);
    expect(() => add(2)).toThrow(WriteError);
    disk.failing.delete("writeSync");
    add(2);
    writer.closeSync();
    expect(taken).toEqual([1, 2]);
    expect(stepsIn(writer).filter((step) => step > 0)).toEqual([1, 2]);
  });
});
