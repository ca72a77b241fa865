// Old files: when each is deleted, by a clock that the test moves, and by a timer.
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followedAt, OldFiles, STAYS_MS } from "../../src/events/old-files.js";
import { filesIn } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { scriptedClock, type ScriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("old-files");
const NOW = 1_700_000_000_000;
const nameAt = (ms: number): string => `events.out.tfevents.${ms / 1000}.000000.box.7`;

let dir: string;
let clock: ScriptedClock;
let disk: FaultyFileSystem;
let old: OldFiles;
beforeEach(() => {
  vi.useFakeTimers();
  dir = tempDir();
  clock = scriptedClock(NOW);
  disk = new FaultyFileSystem();
  old = new OldFiles(disk, clock);
});
afterEach(() => void vi.useRealTimers());

function file(name: string): string {
  const path = join(dir, name);
  writeFileSync(path, "");
  return path;
}

/** Lets both clocks go on. */
function wait(ms: number): void {
  clock.advance(ms);
  vi.advanceTimersByTime(ms);
}

describe("an old file", () => {
  it("stays for a minute after the next one appeared", () => {
    expect(STAYS_MS).toBe(60_000);
    const path = file("a");
    old.add(path, NOW);
    clock.advance(59_999);
    old.sweep();
    expect(existsSync(path)).toBe(true);
    expect(old.count).toBe(1);
    clock.advance(1);
    old.sweep();
    expect(existsSync(path)).toBe(false);
    expect(old.count).toBe(0);
  });

  it("is deleted by a timer, though nobody sweeps", () => {
    const path = file("a");
    old.add(path, NOW);
    old.sweep();
    wait(59_999);
    expect(existsSync(path)).toBe(true);
    wait(1);
    expect(existsSync(path)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("can be given another name instead", () => {
    old.add(file("a"), NOW, join(dir, "b"));
    clock.advance(60_000);
    old.sweep();
    expect(filesIn(dir)).toEqual(["b"]);
  });

  it("keeps its name where the other one is taken", () => {
    const [a, b] = [file("a"), file("b")];
    writeFileSync(b, "not to be lost");
    old.add(a, NOW, b);
    disk.failing.set("statSync", "EIO");
    clock.advance(60_000);
    old.sweep();
    expect(old.count).toBe(1);
    disk.failing.clear();
    old.sweep();
    expect([filesIn(dir), old.count]).toEqual([["a", "b"], 0]);
    expect(readFileSync(b, "utf8")).toBe("not to be lost");
  });

  it("that cannot be deleted is tried again", () => {
    const path = file("a");
    old.add(path, NOW);
    old.sweep();
    disk.failing.set("unlinkSync", "EBUSY");
    wait(120_000);
    expect(disk.count("unlinkSync")).toBe(2);
    expect(old.count).toBe(1);
    disk.failing.clear();
    wait(60_000);
    expect(existsSync(path)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that is gone already is no error, and is not tried again", () => {
    const path = file("a");
    old.add(path, NOW - 60_000);
    rmSync(path);
    old.sweep();
    expect(old.count).toBe(0);
  });

  it("that is due is deleted at the end; the others are left, and no timer", () => {
    const [a, b] = [file("a"), file("b")];
    old.add(a, NOW - 60_000);
    old.add(b, NOW);
    old.close();
    expect(filesIn(dir)).toEqual(["b"]);
    wait(600_000);
    expect(filesIn(dir)).toEqual(["b"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps no process alive", () => {
    vi.useRealTimers();
    old.add(file("a"), NOW);
    const before = process.getActiveResourcesInfo();
    old.sweep();
    expect(process.getActiveResourcesInfo()).toEqual(before);
    old.close();
  });
});

describe("files one behind the other", () => {
  it("are each deleted a minute after the next one appeared, by the time in its name", () => {
    const paths = [300_000, 90_000, 30_000].map((age) => file(nameAt(NOW - age)));
    old.addAll(paths, NOW);
    const left = (): number[] => paths.flatMap((path, i) => (existsSync(path) ? [i] : []));
    old.sweep();
    expect(left()).toEqual([1, 2]);
    clock.advance(30_000);
    old.sweep();
    expect(left()).toEqual([2]);
    clock.advance(30_000);
    old.sweep();
    expect(left()).toEqual([]);
  });

  it("do not stay for ever when the clock was ahead once: what was written a minute ago was there", () => {
    const [first, second] = [file(nameAt(NOW + 1e11)), file(nameAt(NOW + 1e11 + 1000))] as const;
    expect(followedAt(second, disk, NOW)).toBe(NOW);
    utimesSync(second, NOW / 1000 - 100, NOW / 1000 - 100);
    expect(followedAt(second, disk, NOW)).toBe(NOW - 100_000);
    old.addAll([first], NOW);
    old.sweep();
    expect(existsSync(first)).toBe(true);
    old.addAll([first, second], NOW);
    old.sweep();
    expect(existsSync(first)).toBe(false);
  });

  it("are followed now where it cannot be told", () => {
    mkdirSync(join(dir, "x"));
    expect(followedAt(undefined, disk, NOW)).toBe(NOW);
    expect(followedAt(join(dir, nameAt(NOW - 90_000)), disk, NOW)).toBe(NOW);
    expect(followedAt(join(dir, "x"), disk, NOW)).toBe(NOW);
  });
});
