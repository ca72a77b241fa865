// The writer whose file, or directory, is deleted while it writes.
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WriteError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventFileWriterOptions } from "../../src/events/session.js";
import { eventsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("deleted");

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

describe("a file that is deleted while it is written", () => {
  it.each(["the file", "the directory"])(
    "(%s) is one error, then a new one with all that was not handed over",
    (what) => {
      const dir = `${tempDir()}/a/run`;
      const writer = new EventFileWriter(dir, { clock, fileSystem: disk, purgeStep: 7 });
      writer.write({ step: 7 });
      clock.advance(1000);
      writer.write({ step: 8 });
      const first = writer.path!;
      rmSync(what === "the file" ? first : `${dir}/..`, { recursive: true });
      writer.write({ step: 9 });
      clock.advance(1000);
      // Found at this write, which keeps what it has.
      writer.write({ step: 10 });
      const error = errorOf(WriteError, () => writer.flush());
      expect(error).toMatchObject({ code: "WRITE_FAILED", errno: "ENOENT" });
      writer.closeSync();
      expect(eventsOf(writer.path!).map(({ step, sessionLog }) => [step, sessionLog?.status])).toEqual([
        [7, 1],
        [7, 1],
        [9, undefined],
        [10, undefined],
      ]);
      expect(disk.openFiles).toBe(0);
    },
  );

  it("is looked for once a second, before a write", () => {
    const writer = newWriter();
    for (let i = 0; i < 50; i++) {
      writer.write({ step: i });
      writer.flush();
      clock.advance(100);
    }
    expect(disk.count("fstatSync")).toBe(4);
    writer.closeSync();
  });

  it("is warned of once with onError warn, and costs no event that was not handed over", () => {
    const writer = newWriter({ onError: "warn" });
    writer.write({ step: 0 });
    rmSync(writer.path!);
    clock.advance(5000);
    expect(writer.write({ step: 1 })).toBe(true);
    clock.advance(200);
    expect(writer.write({ step: 2 })).toBe(true);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Cannot go on with the deleted event file .*: no such file or directory \(ENOENT\)$/,
      ),
    ]);
    writer.closeSync();
    expect(stepsIn(writer)).toEqual([1, 2]);
  });

  it("that cannot be made again is an error at every call, and what is pending comes when it can", () => {
    const writer = newWriter();
    writer.write({ step: 0 });
    rmSync(writer.path!);
    disk.failing.set("openSync", "EROFS");
    clock.advance(1000);
    writer.write({ step: 1 });
    expect(errorOf(WriteError, () => writer.write({ step: 2 })).errno).toBe("ENOENT");
    for (let i = 0; i < 3; i++) {
      expect(errorOf(WriteError, () => writer.write({ step: 2 })).errno).toBe("EROFS");
      expect(errorOf(WriteError, () => writer.flush()).errno).toBe("EROFS");
    }
    disk.failing.clear();
    writer.flush();
    expect(stepsIn(writer)).toEqual([1]);
    writer.closeSync();
  });

  it("gives the new file the whole record that a short write had begun in the old one", () => {
    const writer = newWriter();
    writer.write({ step: 0 });
    writer.write({ step: 1 });
    disk.writes.push({ take: 5 }, { fail: "EIO" });
    expect(() => writer.flush()).toThrow(WriteError);
    rmSync(writer.path!);
    clock.advance(1000);
    expect(() => writer.flush()).toThrow(WriteError);
    writer.closeSync();
    expect(stepsIn(writer)).toEqual([1]);
  });
});
