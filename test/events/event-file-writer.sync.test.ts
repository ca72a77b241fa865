// The writer's sync and close: what is on the disk, what is said of it when the system fails, memory.
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WriteError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { EventFileWriterOptions } from "../../src/events/session.js";
import { lossOf } from "../helpers/channels.js";
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

  it.each(["fdatasync", "fsync"] as const)(
    "rejects when %s fails, and ever after: what the system threw away it does not tell twice",
    async (call) => {
      const writer = newWriter();
      writer.write({ step: 1 });
      disk.failing.set(call, "EIO");
      const path = call === "fsync" ? writer.dir : writer.path;
      const failure = {
        ...{ code: "WRITE_FAILED", errno: "EIO", path },
        message: `Cannot sync ${path}: input/output error (EIO)`,
      };
      await expect(writer.sync()).rejects.toMatchObject(failure);
      disk.failing.clear();
      await expect(writer.sync()).rejects.toMatchObject(failure);
      // Who did not ask for the disk loses nothing else.
      writer.write({ step: 2 });
      writer.closeSync();
      expect(stepsIn(writer)).toEqual([1, 2]);
    },
  );

  it("rejects when no descriptor can be had, and can then be tried again: nothing was synced, nothing lost", async () => {
    const writer = newWriter();
    writer.write({ step: 1 });
    disk.noOpenForSync = "EMFILE";
    await expect(writer.sync()).rejects.toMatchObject({ errno: "EMFILE", path: writer.path });
    disk.noOpenForSync = undefined;
    await writer.sync();
    expect(disk.count("fdatasync")).toBe(1);
    writer.closeSync();
  });

  it("resolves only when fdatasync of the file and then fsync of its directory have come back", async () => {
    const order: string[] = [];
    disk.onSynced = (call) => void order.push(call);
    const writer = newWriter();
    writer.write({ step: 1 });
    await writer.sync().then(() => order.push("resolved"));
    expect(order).toEqual(["fdatasync", "fsync", "resolved"]);
    writer.closeSync();
  });

  it("syncs a file that is closed already", async () => {
    const writer = newWriter();
    writer.write({ step: 1 });
    writer.closeSync();
    await writer.sync();
    expect([disk.count("fdatasync"), disk.count("fsync")]).toEqual([1, 1]);
    expect(disk.openFiles).toBe(0);
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

describe('durability "disk"', () => {
  const onDisk = { durability: "disk", syncEveryMs: 1000 } as const;
  const syncs = (): number[] =>
    (["fdatasyncSync", "fsyncSync", "fdatasync", "fsync"] as const).map((c) => disk.count(c));
  afterEach(() => void vi.useRealTimers());

  it("syncs the file and its directory at the first write, by a timer after later ones, and at close", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writer = newWriter(onDisk);
    writer.write({ step: 1 });
    expect(syncs()).toEqual([1, 1, 0, 0]);
    clock.advance(200);
    writer.write({ step: 2 });
    expect(syncs()).toEqual([1, 1, 0, 0]);
    vi.advanceTimersByTime(1000);
    expect(syncs()).toEqual([1, 1, 1, 0]);
    vi.useRealTimers();
    await vi.waitFor(() => expect(disk.syncsUnderWay).toBe(0));
    writer.closeSync();
    expect(syncs()).toEqual([2, 1, 1, 0]);
    expect(disk.openFiles).toBe(0);
  });

  it("syncs inside a loop that gives no timer a turn", () => {
    const writer = newWriter(onDisk);
    for (let step = 0; step < 100; step++) {
      writer.write({ step });
      clock.advance(200);
    }
    // 20 seconds; every other one at the latest.
    expect(disk.count("fdatasyncSync")).toBeGreaterThanOrEqual(10);
    writer.closeSync();
  });

  it("refuses events once a sync failed, and says so at close", () => {
    const writer = newWriter(onDisk);
    disk.failing.set("fdatasyncSync", "EIO");
    writer.write({ step: 1 });
    disk.failing.clear();
    for (let i = 0; i < 3; i++) {
      expect(errorOf(WriteError, () => writer.write({ step: 2 })).message).toBe(
        `Cannot sync ${writer.path}: input/output error (EIO)`,
      );
      clock.advance(500);
    }
    expect(errorOf(WriteError, () => writer.closeSync()).errno).toBe("EIO");
    expect(stepsIn(writer)).toEqual([1]);
  });

  it("warns with onError warn, and goes on", () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const writer = newWriter({ ...onDisk, onError: "warn" });
    disk.failing.set("fdatasyncSync", "EIO");
    for (let step = 0; step < 5; step++) {
      writer.write({ step });
      clock.advance(3000);
    }
    expect(warn).toHaveBeenCalledTimes(1);
    expect(writer.dropped).toBe(0);
    expect(errorOf(WriteError, () => writer.closeSync()).errno).toBe("EIO");
    expect(stepsIn(writer)).toEqual([0, 1, 2, 3, 4]);
    warn.mockRestore();
  });

  it("refuses other words and times", () => {
    expect(() => newWriter({ durability: "always" as "disk" })).toThrow(
      '`durability` to be "process" or "disk"',
    );
    for (const syncEveryMs of [0, -1, NaN, Infinity]) {
      expect(() => newWriter({ syncEveryMs })).toThrow("`syncEveryMs` to be a number of milliseconds from 1");
    }
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
    const values = Float64Array.of(1, 2);
    const both = writer.scalars([{ tag: "a" }, { tag: "b" }]);
    lossOf(writer).writeOne(0, 1);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let step = 0; step < 1_000_000; step++) {
      lossOf(writer).writeOne(step, step);
      both.write(step, values);
      if (writer.pendingBytes > most) most = writer.pendingBytes;
      if (step % 10_000 === 0) clock.advance(50);
    }
    writer.closeSync();
    expect(nowhere.taken).toBeGreaterThan(90_000_000);
    expect(most).toBeLessThan(131_072 + 100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});
