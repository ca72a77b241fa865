// The writer's sync and close: what is on the disk, what is said of it when the system fails, memory.
import { existsSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { WriteError } from "../../src/errors.js";
import { EventFileWriter, type EventFileWriterOptions } from "../../src/events/event-file-writer.js";
import { ScalarEventEncoder } from "../../src/wire/scalar-event.js";
import { eventsOf } from "../helpers/events.js";
import { FaultyFileSystem, systemError } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("sync");

let clock: ScriptedClock;
let disk: FaultyFileSystem;

beforeEach(() => {
  clock = scriptedClock();
  disk = new FaultyFileSystem();
});

function newWriter(options: EventFileWriterOptions = {}): EventFileWriter {
  return new EventFileWriter(tempDir(), { clock, fileSystem: disk, hostname: "box", pid: 7, ...options });
}

function stepsIn(writer: EventFileWriter): number[] {
  return eventsOf(writer.path!).map(({ step }) => Number(step));
}

describe("sync", () => {
  it("waits for the file's data and, the first time, for every directory entry that is new", async () => {
    const root = tempDir();
    const writer = new EventFileWriter(`${root}/a/b`, { clock, fileSystem: disk });
    await writer.sync();
    expect([disk.count("fdatasync"), disk.count("fsync")]).toEqual([0, 0]);
    writer.write({ step: 1 });
    writer.write({ step: 2 });
    await writer.sync();
    expect(stepsIn(writer)).toEqual([1, 2]);
    // The run's directory has a new file, `a` has a new directory, and the root too.
    expect([disk.count("fdatasync"), disk.count("fsync")]).toEqual([1, 3]);
    await writer.sync();
    expect([disk.count("fdatasync"), disk.count("fsync")]).toEqual([2, 3]);
    writer.closeSync();
  });

  it.each(["fdatasync", "fsync"] as const)("rejects when %s fails, and can be tried again", async (call) => {
    const writer = newWriter();
    writer.write({ step: 1 });
    disk.failing.set(call, "EIO");
    const path = call === "fsync" ? writer.dir : writer.path;
    await expect(writer.sync()).rejects.toMatchObject({
      ...{ code: "WRITE_FAILED", errno: "EIO", path },
      message: `Cannot sync ${path}: input/output error (EIO)`,
    });
    disk.failing.clear();
    await writer.sync();
    writer.closeSync();
  });

  it("rejects when the bytes cannot be handed over", async () => {
    const writer = newWriter();
    writer.write({ step: 1 });
    writer.write({ step: 2 });
    disk.failing.set("writeSync", "ENOSPC");
    await expect(writer.sync()).rejects.toMatchObject({ code: "WRITE_FAILED", errno: "ENOSPC" });
    expect(disk.count("fdatasync")).toBe(0);
    disk.failing.clear();
    writer.closeSync();
  });
});

describe("sync that is not awaited", () => {
  it("is done, whether or not the writer is closed meanwhile", async () => {
    for (let round = 0; round < 50; round++) {
      const writer = new EventFileWriter(tempDir());
      writer.write({ step: 1 });
      const synced = writer.sync();
      writer.closeSync();
      await synced;
      expect(stepsIn(writer)).toEqual([1]);
    }
  });
});

describe("close", () => {
  it("reports what the system says only then, as network file systems do, and lets go of the directory", () => {
    const writer = newWriter();
    writer.write({ step: 1 });
    disk.failing.set("closeSync", "EDQUOT");
    const error = errorOf(WriteError, () => writer.closeSync());
    expect(error.message).toBe(`Cannot close ${writer.path}: the disk quota is used up (EDQUOT)`);
    writer.closeSync();
    expect(existsSync(writer.path!)).toBe(true);
    disk.failing.clear();
    new EventFileWriter(writer.dir, { fileSystem: disk }).closeSync();
  });

  it("explains a code it does not know by the system's own words", () => {
    const writer = newWriter();
    writer.write({ step: 1 });
    writer.write({ step: 2 });
    disk.failing.set("writeSync", "ESTALE");
    expect(errorOf(WriteError, () => writer.flush()).message).toBe(
      `Cannot write ${writer.path}: ${systemError("ESTALE", "writeSync").message}`,
    );
    disk.failing.clear();
    writer.closeSync();
  });
});

describe("memory", () => {
  it("does not grow with what is logged", () => {
    // A disk that takes everything and keeps nothing, so that only the writer's own memory counts.
    class Nowhere extends FaultyFileSystem {
      taken = 0;
      override writeSync(_fd: number, _bytes: Uint8Array, _offset: number, length: number): number {
        this.taken += length;
        return length;
      }
    }
    const nowhere = new Nowhere();
    const writer = newWriter({ fileSystem: nowhere });
    const loss = new ScalarEventEncoder(["loss"]);
    const values = Float64Array.of(1, 2);
    const both = new ScalarEventEncoder(["a", "b"]);
    writer.writeScalar(loss, 0, 1);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let step = 0; step < 1_000_000; step++) {
      writer.writeScalar(loss, step, step);
      writer.writeScalars(both, step, values);
      if (writer.pendingBytes > most) most = writer.pendingBytes;
      if (step % 10_000 === 0) clock.advance(50);
    }
    writer.closeSync();
    expect(nowhere.taken).toBeGreaterThan(90_000_000);
    expect(most).toBeLessThan(131_072 + 100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});
