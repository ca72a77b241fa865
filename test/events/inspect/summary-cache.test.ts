// What is kept from one look to the next changes nothing of what is found, whatever happens to the files and to what is kept.
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectRuns } from "../../../src/events/inspect/inspect-runs.js";
import type { RunInspection } from "../../../src/events/inspect/run-inspection.js";
import { defaultCacheDirectory } from "../../../src/events/inspect/summary-cache.js";
import { runsAt } from "../../../src/events/reading/runs-at.js";
import { encodeEvent, type Event } from "../../../src/wire/event.js";
import { encodeTfRecord } from "../../../src/wire/tfrecord.js";
import { filesIn } from "../../helpers/events.js";
import { scalar, sessionFile, START_S } from "../../helpers/handmade-runs.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { hasPermissions, withoutPrivileges } from "../../helpers/without-privileges.js";

const tempDir = useTempDir("inspect-cache");

function recordOf(event: Event): Uint8Array {
  return encodeTfRecord(encodeEvent(event));
}

/** A run whose file is so large that what is found in it is kept: 300 KiB of pictures, and 100 scalars. */
function largeRun(): { dir: string; path: string; cache: string } {
  const dir = tempDir();
  const events = Array.from({ length: 100 }, (_, i) => scalar(i, { loss: i }));
  const path = sessionFile(dir, 0, [...Array.from({ length: 6 }, (_, i) => picture(i)), ...events]);
  // Whole seconds, which can be set again.
  utimesSync(path, START_S, START_S);
  return { dir, path, cache: join(tempDir(), "cache") };
}

function picture(step: number): Event {
  const tensor = { dtype: 7, shape: [1], stringVal: [Buffer.alloc(50_000, step)] };
  return {
    wallTime: START_S + step,
    step,
    summary: [{ tag: "picture", metadata: { pluginName: "images", dataClass: 3 }, tensor }],
  };
}

async function inspect(dir: string, cache?: string): Promise<RunInspection[]> {
  return inspectRuns(runsAt(dir), cache === undefined ? {} : { cache });
}

function countOf([run]: RunInspection[], tag = "loss"): number {
  return run!.tags.find((one) => one.tag === tag)!.count;
}

/** The one entry of a cache. */
function entryIn(cache: string): string {
  const entries = filesIn(cache).filter((name) => name.endsWith(".summary"));
  expect(entries).toHaveLength(1);
  return join(cache, entries[0]!);
}

/** Changes bytes of a file so that its size and its times stay as they were. */
function changeUnseen(path: string, change: (bytes: Buffer) => void): void {
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
}

describe("a file that grows", () => {
  const step = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.bigInt({ min: 2n ** 60n, max: 2n ** 60n + 9n }));
  const number = fc.oneof(fc.float(), fc.constantFrom(NaN, Infinity, -Infinity, -0));
  const tag = fc.constantFrom("loss", "a", "a/b", "ü");
  const record = fc
    .tuple(step, fc.dictionary(tag, number, { minKeys: 1 }))
    .map(([at, values]) => recordOf(scalar(at, values)));
  const piece = fc.oneof(
    { weight: 6, arbitrary: record },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 9 }).map((i) => recordOf(picture(i))) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }).map((length) => new Uint8Array(length)) },
    { weight: 1, arbitrary: fc.constant(recordOf({ wallTime: NaN, step: 0, sessionLog: { status: 1 } })) },
  );
  // Where a write ends need not be where a record does.
  const growth = fc.tuple(fc.array(piece, { maxLength: 6 }), fc.nat({ max: 30 }));

  it("is found to have what it has, at every look, after any growth", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(growth, { minLength: 1, maxLength: 4 }), async (growths) => {
        const { dir, path, cache } = largeRun();
        let held: Uint8Array = new Uint8Array();
        for (const [pieces, kept] of growths) {
          const bytes = Buffer.concat([held, ...pieces]);
          const written = Math.max(0, bytes.length - kept);
          appendFileSync(path, bytes.subarray(0, written));
          held = bytes.subarray(written);
          expect(await inspect(dir, cache)).toEqual(await inspect(dir));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is read on from where the last look ended", async () => {
    const { dir, path, cache } = largeRun();
    const before = await inspect(dir, cache);
    // What the last look has counted is not looked at again, but for the two ends of it.
    changeUnseen(path, (bytes) => bytes.fill(0, 10_000, 250_000));
    expect(await inspect(dir, cache)).toEqual(before);
    appendFileSync(path, recordOf(scalar(100, { loss: 1 })));
    const after = await inspect(dir, cache);
    expect([countOf(after), countOf(after, "picture"), after[0]!.damageCount]).toEqual([101, 6, 0]);
    expect(countOf(await inspect(dir), "picture")).toBe(1);
  });

  it("is the same file for who copied it anew, as programs do that mirror logs", async () => {
    const { dir, path, cache } = largeRun();
    await inspect(dir, cache);
    const copy = join(tempDir(), "copy");
    copyFileSync(path, copy);
    appendFileSync(copy, recordOf(scalar(100, { loss: 1 })));
    renameSync(copy, path);
    changeUnseen(path, (bytes) => bytes.fill(0, 10_000, 250_000));
    expect(countOf(await inspect(dir, cache), "picture")).toBe(6);
    expect(countOf(await inspect(dir, cache))).toBe(101);
  });
});

describe("a file that is another one is read anew", () => {
  it.each<[string, (path: string) => void]>([
    ["cut", (path) => truncateSync(path, statSync(path).size - 200)],
    [
      "of the same size, with another time",
      (path) => {
        changeUnseen(path, (bytes) => bytes.fill(0, 10_000, 60_000));
        utimesSync(path, START_S + 1, START_S + 1);
      },
    ],
    [
      "of the same size and time, in the place of the other",
      (path) => {
        const copy = join(tempDir(), "copy");
        copyFileSync(path, copy);
        const { atime, mtime } = statSync(path);
        changeUnseen(copy, (bytes) => bytes.fill(0, 10_000, 60_000));
        utimesSync(copy, atime, mtime);
        renameSync(copy, path);
      },
    ],
    [
      "larger, with another beginning",
      (path) => {
        const bytes = readFileSync(path);
        writeFileSync(path, Buffer.concat([recordOf(scalar(0, { other: 1 })), bytes, bytes]));
      },
    ],
    [
      "larger, with the same beginning and another end",
      (path) => {
        const bytes = readFileSync(path);
        const more = recordOf(scalar(0, { other: 1 }));
        writeFileSync(path, Buffer.concat([bytes.subarray(0, -200), more, more, more, more, more, more]));
      },
    ],
  ])("%s", async (_, change) => {
    const { dir, path, cache } = largeRun();
    const before = await inspect(dir, cache);
    change(path);
    const after = await inspect(dir, cache);
    expect(after).toEqual(await inspect(dir));
    expect(after).not.toEqual(before);
    // That was kept in the place of the other.
    expect(await inspect(dir, cache)).toEqual(after);
  });
});

describe("what is kept", () => {
  it("is nowhere near the logs, readable to its owner alone, and not there for small files", async () => {
    const { dir, path, cache } = largeRun();
    await inspect(dir, cache);
    expect(filesIn(dir)).toHaveLength(1);
    expect(statSync(entryIn(cache)).mode & 0o77).toBe(0);
    const small = tempDir();
    sessionFile(small, 0, [scalar(0, { loss: 1 })]);
    await inspect(small, cache);
    entryIn(cache);
    // By the way: no temporary files stay.
    expect(filesIn(cache).filter((name) => !/^(swept|[0-9a-f]{40}\.summary)$/.test(name))).toEqual([]);
    expect(readFileSync(path).length).toBeGreaterThan(256 * 1024);
  });

  it("is passed over when it was changed, at every byte, or cut", async () => {
    const { dir, cache } = largeRun();
    const right = await inspect(dir, cache);
    const entry = entryIn(cache);
    const bytes = readFileSync(entry);
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      writeFileSync(entry, changed);
      expect(await inspect(dir, cache)).toEqual(right);
      writeFileSync(entry, bytes.subarray(0, at));
      expect(await inspect(dir, cache)).toEqual(right);
    }
  });

  it("is passed over when another version wrote it", async () => {
    const { dir, path, cache } = largeRun();
    await inspect(dir, cache);
    const entry = entryIn(cache);
    const bytes = readFileSync(entry);
    changeUnseen(path, (content) => content.fill(0, 10_000, 60_000));
    const text = bytes.toString("utf8", 4).replace('"version":1', '"version":0');
    expect(text).not.toBe(bytes.toString("utf8", 4));
    const { maskedCrc32c } = await import("../../../src/wire/crc32c.js");
    const head = Buffer.alloc(4);
    head.writeUInt32LE(maskedCrc32c(Buffer.from(text)));
    writeFileSync(entry, Buffer.concat([head, Buffer.from(text)]));
    expect(await inspect(dir, cache)).toEqual(await inspect(dir));
  });

  it("may be nowhere: a file where the directory would be", async () => {
    const { dir } = largeRun();
    const file = join(tempDir(), "file");
    writeFileSync(file, "");
    expect(await inspect(dir, file)).toEqual(await inspect(dir));
    expect(await inspect(dir, join(file, "below"))).toEqual(await inspect(dir));
  });

  it.runIf(hasPermissions)("may be nowhere: a directory that cannot be written", async () => {
    const { dir } = largeRun();
    const cache = tempDir();
    chmodSync(cache, 0o500);
    chmodSync(join(cache, ".."), 0o755);
    const runs = runsAt(dir);
    // It reads before it first waits.
    const found = withoutPrivileges(() => inspectRuns(runs, { cache, threads: 1 }));
    expect(await found).toEqual(await inspect(dir));
    expect(readdirSync(cache)).toEqual([]);
  });

  it("goes when it is old, and so does what a killed process left", async () => {
    const { dir, cache } = largeRun();
    mkdirSync(cache);
    const days = (count: number): number => Date.now() / 1000 - count * 86_400;
    const old = { "a.summary": 61, "b.summary": 59, "c.summary.12345678": 2, "d.summary.12345678": 0.5 };
    for (const [name, age] of Object.entries(old)) {
      writeFileSync(join(cache, name), "");
      utimesSync(join(cache, name), days(age), days(age));
    }
    await inspect(dir, cache);
    const names = ["a", "b", "c", "d"].filter((name) =>
      filesIn(cache).some((one) => one.startsWith(`${name}.s`)),
    );
    expect(names).toEqual(["b", "d"]);
  });
});

describe("the cache's directory", () => {
  it.each([
    [{ XDG_CACHE_HOME: "/caches", HOME: "/home/me" }, "/caches/tensorboard-node-logger"],
    [{ XDG_CACHE_HOME: "relative", HOME: "/home/me" }, "/home/me/.cache/tensorboard-node-logger"],
    [{ XDG_CACHE_HOME: "", HOME: "/home/me" }, "/home/me/.cache/tensorboard-node-logger"],
    [{ HOME: "/home/me" }, "/home/me/.cache/tensorboard-node-logger"],
  ])("%j", (env, directory) => {
    expect(defaultCacheDirectory(env)).toBe(directory);
  });
});
