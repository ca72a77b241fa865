// Record files of bounded sessions: each session's is one, and many small ones become one, every record once.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import type { BoundedEventWriterOptions } from "../../src/events/session.js";
import { readEventFile, scalarsOf } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { lossOf } from "../helpers/channels.js";

const tempDir = useTempDir("fold-records");
const HOUR = 3_600_000;

let dir: string;
let clock: ScriptedClock;
let disk: FaultyFileSystem;
let warnings: string[];
beforeEach(() => {
  dir = join(tempDir(), "run");
  clock = scriptedClock();
  disk = new FaultyFileSystem();
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message) => void warnings.push(String(message)));
});
afterEach(() => void vi.restoreAllMocks());

/** A session that logs `steps` and ends; an hour later. */
function session(steps: readonly number[], options: BoundedEventWriterOptions = {}): void {
  const writer = new BoundedEventWriter(dir, {
    clock,
    fileSystem: disk,
    hostname: "box",
    pid: 7,
    ...options,
  });
  for (const step of steps) lossOf(writer).writeOne(step, step);
  // Long enough for old files to be deleted.
  clock.advance(HOUR);
  writer.closeSync();
}

function recordFiles(): string[] {
  return readdirSync(dir)
    .filter((name) => name.startsWith("records.out."))
    .toSorted();
}

/** What the record files have, one after another: the steps of scalars, and `START n`. */
function contents(): (number | string)[] {
  return recordFiles().flatMap((name) =>
    readEventFile(join(dir, name)).events.flatMap((event): (number | string)[] =>
      event.sessionLog === undefined
        ? scalarsOf([event]).map(([, step]) => Number(step))
        : [`START ${event.step}`],
    ),
  );
}

describe("the record files of a run", () => {
  it("have every event of every session once, in order, and stay few", () => {
    for (let n = 0; n < 30; n++) {
      session([3 * n, 3 * n + 1, 3 * n + 2]);
      expect(contents()).toEqual(Array.from({ length: 3 * n + 3 }, (_, i) => i));
      expect(recordFiles().length).toBeLessThanOrEqual(4);
    }
    expect(warnings).toEqual([]);
    expect(disk.openFiles).toBe(0);
  });

  it("keep what sessions said of earlier ones", () => {
    session([0, 1]);
    session([2, 3]);
    session([2, 3], { purgeStep: 2 });
    session([1], { purgeStep: 1 });
    expect(contents()).toEqual([0, 1, 2, 3, "START 2", "START 2", 2, 3, "START 1", "START 1", 1]);
  });

  it("are never as TensorBoard's are named", () => {
    for (let n = 0; n < 6; n++) session([n]);
    expect(recordFiles().filter((name) => name.includes("tfevents"))).toEqual([]);
  });

  it("have no record twice when a session ended between making one and deleting the others", () => {
    for (let n = 0; n < 3; n++) session([n]);
    const before = join(tempDir(), "before");
    mkdirSync(before);
    for (const name of recordFiles()) copyFileSync(join(dir, name), join(before, name));
    session([3]);
    for (const name of readdirSync(before)) copyFileSync(join(before, name), join(dir, name));
    expect(recordFiles()).toHaveLength(4);
    session([4]);
    expect(contents()).toEqual([0, 1, 2, 3, 4]);
    session([5]);
    session([6]);
    expect(contents()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("stay as they are when one of them is damaged, and that is said", () => {
    for (let n = 0; n < 3; n++) session([n]);
    const damaged = join(dir, recordFiles()[1]!);
    const bytes = readFileSync(damaged);
    bytes[bytes.length - 8]! ^= 1;
    writeFileSync(damaged, bytes);
    session([3]);
    expect(recordFiles()).toHaveLength(4);
    expect(readFileSync(damaged)).toEqual(bytes);
    expect(warnings.filter((message) => message.includes("record files"))).toHaveLength(1);
  });

  it("lose a torn tail, and nothing else, when they are folded", () => {
    for (let n = 0; n < 3; n++) session([n, n]);
    const torn = join(dir, recordFiles()[2]!);
    const bytes = readFileSync(torn);
    writeFileSync(torn, bytes.subarray(0, bytes.length - 3));
    session([3]);
    expect(contents()).toEqual([0, 0, 1, 1, 2, 3]);
  });

  it("stay as they are with fold: false", () => {
    for (let n = 0; n < 6; n++) session([n], { fold: false });
    expect(recordFiles()).toHaveLength(6);
  });

  it.each(["openSync", "writeSync", "renameSync", "fdatasyncSync"] as const)(
    "are all there when %s fails while they are folded",
    (call) => {
      for (let n = 0; n < 3; n++) session([n]);
      const writer = new BoundedEventWriter(dir, {
        clock,
        fileSystem: disk,
        hostname: "box",
        pid: 7,
        onError: "warn",
      });
      disk.failing.set(call, "ENOSPC");
      lossOf(writer).writeOne(3, 3);
      disk.failing.clear();
      clock.advance(1000);
      lossOf(writer).writeOne(4, 4);
      clock.advance(HOUR);
      try {
        writer.closeSync();
      } catch {
        // Step 3 may be lost, and counted.
      }
      expect(contents().filter((step) => step !== 3)).toEqual([0, 1, 2, 4]);
      expect(readdirSync(dir).filter((name) => name.startsWith(".tnl"))).toEqual([]);
      expect(disk.openFiles).toBe(0);
    },
  );
});
