// Disks that are really full.
import { spawnSync } from "node:child_process";
import { existsSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WriteError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import { nodeFileSystem, type FileSystem } from "../../src/events/file-system.js";
import { lossOf } from "../helpers/channels.js";
import { eventsOf, readEventFile } from "../helpers/events.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("full-disk");

describe.skipIf(!existsSync("/dev/full"))("a device that is always full (/dev/full)", () => {
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    openSync: (path, flags) => openSync(flags === "wx" ? "/dev/full" : path, flags === "wx" ? "w" : flags),
  };

  it("is reported at the event behind the first, which is handed over at once and kept", () => {
    const writer = new EventFileWriter(tempDir(), { fileSystem });
    lossOf(writer).writeOne(1, 1);
    const pending = writer.pendingBytes;
    const error = errorOf(WriteError, () => lossOf(writer).writeOne(2, 1));
    expect(writer.pendingBytes).toBe(pending);
    expect(error).toMatchObject({ errno: "ENOSPC", cause: { syscall: "write" } });
    expect(error.message).toMatch(/^Cannot write .*: no space left on the disk \(ENOSPC\)$/);
    expect(errorOf(WriteError, () => writer.closeSync()).errno).toBe("ENOSPC");
  });
});

/** A file system of 256 KiB at `directory`, if this process may make one; returns what takes it away again. */
function mountSmallDisk(directory: string): (() => void) | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const options = { encoding: "utf8", timeout: 10_000 } as const;
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", directory], options);
  if (mounted.status !== 0) return undefined;
  // Lazily, for a test that failed may have left a file open.
  return () => void spawnSync("umount", ["-l", directory], options);
}

describe("a disk that becomes full (a tmpfs of 256 KiB; root may mount one)", () => {
  let directory: string;
  let unmount: (() => void) | undefined;
  beforeAll(() => {
    directory = tempDir();
    unmount = mountSmallDisk(directory);
  });
  afterAll(() => unmount?.());

  it("refuses events, keeps the earlier files, and has every accepted event once there is room", (context) => {
    if (unmount === undefined) context.skip("no tmpfs can be mounted here");
    const earlier = new EventFileWriter(join(directory, "run"));
    lossOf(earlier).writeOne(0, 0);
    earlier.closeSync();
    const ballast = join(directory, "ballast");
    writeFileSync(ballast, new Uint8Array(160_000));

    const writer = new EventFileWriter(join(directory, "run"), {
      purgeStep: 1,
      clock: scriptedClock(Date.now()),
    });
    let step = 0;
    const error = errorOf(WriteError, () => {
      while (step < 100_000) lossOf(writer).writeOne(++step, step);
    });
    expect(error).toMatchObject({ errno: "ENOSPC", cause: { syscall: "write" }, path: writer.path });
    // The first 128 KiB, of 42 or 43 bytes each, did not find room.
    expect(step).toBeGreaterThan(3000);
    expect(step).toBeLessThan(3130);
    expect(errorOf(WriteError, () => lossOf(writer).writeOne(step + 1, 0)).errno).toBe("ENOSPC");
    const { events } = readEventFile(writer.path!);
    expect(events.length).toBeGreaterThan(1500);
    expect(eventsOf(earlier.path!)).toHaveLength(1);

    rmSync(ballast);
    lossOf(writer).writeOne(step + 2, 0);
    writer.closeSync();
    const steps = eventsOf(writer.path!)
      .filter(({ summary }) => summary !== undefined)
      .map((event) => event.step);
    // A call that throws has not taken its event: those of the two that did are missing, and no other.
    expect(steps).toEqual([...Array.from({ length: step - 1 }, (_, i) => i + 1), step + 2]);
  });
});
