// What a restore writes, and what it refuses.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { archiveLogdir } from "../../src/archive/archive-logdir.js";
import { ArchiveWriter } from "../../src/archive/rows/archive-writer.js";
import { restoreArchive, type RestoreOptions } from "../../src/archive/restore.js";
import { verifyArchive } from "../../src/archive/verify-archive.js";
import type { ArchiveError } from "../../src/errors.js";
import { MemorySource } from "../../src/events/reading/byte-source.js";
import { encodeEvent } from "../../src/wire/event.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { treeOf } from "../experiments/tree.js";
import { concat } from "../helpers/bytes.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { failureOf, type Failure } from "./failures.js";
import { EVENTS, eventFile, filesBelow, RECORDS, writeFiles, writeLogdir } from "./logdirs.js";

const makeDir = useTempDir("restore");
let source: string;
let whole: string;
let dir: string;
let target: string;

beforeAll(async () => {
  source = join(makeDir(), "logs");
  writeLogdir(source);
  whole = join(makeDir(), "runs.parquet");
  await archiveLogdir(source, whole);
});

beforeEach(() => {
  dir = makeDir();
  target = join(dir, "restored");
});

/** Restores and gives the errors that were told. */
async function restore(archive: string, options: RestoreOptions = {}) {
  const errors: Failure[] = [];
  const onError = ({ code, message }: ArchiveError): void =>
    void errors.push({ code, message: message.replaceAll(`${dir}/`, "") });
  return { errors, report: await restoreArchive(archive, target, { onError, ...options }) };
}

/** An archive with other files at these paths, whatever they are. */
function archiveOf(...paths: readonly string[]): string {
  const pieces: Uint8Array[] = [];
  const writer = new ArchiveWriter({ write: (bytes) => void pieces.push(bytes.slice()) });
  for (const path of paths) {
    const bytes = Buffer.from(`the file ${path}`);
    const entry = { path, run: ".", kind: "other", modified: 1_700_000_000_000 } as const;
    for (const _ of writer.add(new MemorySource(path, bytes), entry)) continue;
  }
  writer.finish();
  const archive = join(dir, "made.parquet");
  writeFileSync(archive, concat(...pieces));
  return archive;
}

describe("a restore", () => {
  it("says what it wrote, and names the links that it does not make", async () => {
    const { report, errors } = await restore(whole);
    expect(errors).toEqual([]);
    const bytes = Object.keys(filesBelow(target)).reduce(
      (sum, path) => sum + statSync(join(target, path)).size,
      0,
    );
    expect(report).toEqual({
      ...{ files: 12, bytes, bad: 0, isChecked: true, isWhole: true },
      links: [
        { path: "b/link to a", target: "../a" },
        { path: "dangling", target: "/no/where" },
      ],
    });
    expect(filesBelow(target)).toEqual(filesBelow(source));
  });

  it("goes beside what is in the target", async () => {
    writeFiles(target, { "a/other": "1", other: "2" });
    symlinkSync(".", join(target, "link"));
    await restore(whole);
    expect(filesBelow(target)).toMatchObject(filesBelow(source));
    expect(readFileSync(join(target, "a/other"), "utf8")).toBe("1");
  });

  it("goes through a link to the target", async () => {
    mkdirSync(join(dir, "real"));
    symlinkSync("real", target);
    await restore(whole);
    expect(filesBelow(join(dir, "real"))).toEqual(filesBelow(source));
  });

  it("of some runs has their directories, and no others", async () => {
    const { report } = await restore(whole, { runs: ["a", "b/**"] });
    expect(Object.keys(filesBelow(target))).toEqual(
      Object.keys(filesBelow(source)).filter((path) => /^a\/[^/]*$|^b\//.test(path)),
    );
    expect(report.links.map(({ path }) => path)).toEqual(["b/link to a"]);
  });

  it("of some tags has their records as they were, and each file's first one", async () => {
    const { report } = await restore(whole, { tags: ["acc"], runs: ["a"] });
    expect(report).toMatchObject({ files: 3, isChecked: false });
    expect(Object.keys(filesBelow(target))).toEqual(
      [EVENTS, `${EVENTS}.v2`, RECORDS].map((name) => `a/${name}`),
    );
    // Both tags stand in each record.
    expect(readFileSync(join(target, "a", EVENTS)).equals(readFileSync(join(source, "a", EVENTS)))).toBe(
      true,
    );
  });

  it("of some tags has no file without them", async () => {
    const logs = join(dir, "logs");
    const [head, record] = [
      { wallTime: 1, fileVersion: "brain.Event:2" },
      { wallTime: 2, step: 1, summary: [{ tag: "acc", simpleValue: 1 }] },
    ].map((event) => encodeTfRecord(encodeEvent(event)));
    const other = encodeTfRecord(encodeEvent({ wallTime: 2, summary: [{ tag: "accu", simpleValue: 1 }] }));
    const files = { a: [head!, other, record!, other], b: [], c: [record!], d: [head!, other], e: [head!] };
    for (const [run, records] of Object.entries(files))
      writeFiles(logs, { [`${run}/${EVENTS}`]: concat(...records) });
    writeFiles(logs, { "a/x": "acc" });
    const archive = join(dir, "some.parquet");
    await archiveLogdir(logs, archive);
    const { report } = await restore(archive, { tags: /^acc$/ });
    expect(treeOf(target)).toEqual({
      ...{ a: "directory", [`a/${EVENTS}`]: expect.any(String) as string },
      ...{ c: "directory", [`c/${EVENTS}`]: expect.any(String) as string },
    });
    expect(readFileSync(join(target, "a", EVENTS)).equals(concat(head!, record!))).toBe(true);
    expect(readFileSync(join(target, "c", EVENTS)).equals(record!)).toBe(true);
    expect(report).toMatchObject({ files: 2, bytes: head!.length + 2 * record!.length });
  });

  it("is told how far it is, and is ended between two files", async () => {
    const abort = new AbortController();
    const onProgress = (done: number, total: number): void => {
      expect(done).toBeLessThanOrEqual(total);
      abort.abort();
    };
    const { report } = await restore(whole, { onProgress, signal: abort.signal });
    expect(report).toMatchObject({ files: 0, isWhole: false });
  });
});

describe("nothing is written", () => {
  it.each<[string, readonly string[], string]>([
    ["for a path that leads out", ["a", "../evil"], "it leads to a parent directory"],
    ["for one that leads out further in", ["a/b", "a/../../evil"], "it leads to a parent directory"],
    ["for an absolute one", ["/tmp/evil"], "it is absolute"],
    ["for one of Windows", ["C:\\evil"], "it has a drive letter"],
    ["for one that leads out on Windows", ["..\\evil"], "it leads to a parent directory"],
    ["for one with a NUL", ["a\0b"], "it has a NUL"],
    ["for an empty one", [""], "it is empty"],
  ])("%s", async (_, paths, reason) => {
    const archive = archiveOf(...paths);
    const before = treeOf(dir);
    const { code, message } = await failureOf(dir, restore(archive));
    expect({ code, message }).toEqual({
      code: "UNSAFE_PATH",
      message: `made.parquet has the path ${JSON.stringify(paths.at(-1))}, which is not restored: ${reason}. Nothing was written`,
    });
    expect(treeOf(dir)).toEqual(before);
  });

  it("through a link in the target", async () => {
    mkdirSync(join(dir, "outside"));
    mkdirSync(target);
    symlinkSync("../outside", join(target, "a"));
    const before = treeOf(dir);
    const { code, message } = await failureOf(dir, restore(archiveOf("b", "a/evil")));
    expect({ code, message }).toEqual({
      code: "UNSAFE_PATH",
      message:
        'made.parquet has the path "a/evil", which is not restored: restored/a is a link. Nothing was written',
    });
    expect(treeOf(dir)).toMatchObject(before);
    expect(readdirSync(join(dir, "outside"))).toEqual([]);
  });

  it("over a file", async () => {
    writeFiles(target, { [`lr=0.1,x/${EVENTS}`]: "mine" });
    const before = treeOf(dir);
    expect(await failureOf(dir, restore(whole))).toEqual({
      code: "TARGET_EXISTS",
      message: `restored/lr=0.1,x/${EVENTS} exists already: a restore overwrites nothing, and nothing was written`,
    });
    expect(treeOf(dir)).toEqual(before);
  });

  it("for two files at one place", async () => {
    const { code } = await failureOf(dir, restore(archiveOf("a", "a/b")));
    expect(code).toBe("ARCHIVE_DAMAGED");
  });

  it.each<[string, (path: string) => void, string, string]>([
    ["no file", () => {}, "LOGDIR_NOT_READABLE", "Cannot read x.parquet: no such file or directory (ENOENT)"],
    [
      "an empty directory",
      mkdirSync,
      "NOT_AN_ARCHIVE",
      "There is no archive in x.parquet or below it: none whose name ends with .parquet",
    ],
    [
      "an empty file",
      (path) => writeFileSync(path, ""),
      "NOT_AN_ARCHIVE",
      "x.parquet is no archive: it is no Parquet file, or not whole",
    ],
    [
      "an event file",
      (path) => writeFileSync(path, eventFile(10)),
      "NOT_AN_ARCHIVE",
      "x.parquet is no archive: it is no Parquet file, or not whole",
    ],
  ])("from %s", async (_, make, code, message) => {
    const archive = join(dir, "x.parquet");
    make(archive);
    expect(await failureOf(dir, restore(archive))).toEqual({ code, message });
    expect(await failureOf(dir, verifyArchive(archive))).toEqual({ code, message });
    expect(readdirSync(dir)).not.toContain("restored");
  });

  it("from an archive that is cut, wherever", async () => {
    const bytes = readFileSync(whole);
    const archive = join(dir, "cut.parquet");
    for (const size of [
      1,
      4,
      12,
      bytes.length >> 1,
      bytes.length - 100,
      bytes.length - 8,
      bytes.length - 1,
    ]) {
      writeFileSync(archive, bytes);
      truncateSync(archive, size);
      const { code } = await failureOf(dir, restore(archive));
      expect({ size, code }).toEqual({ size, code: "NOT_AN_ARCHIVE" });
      expect(readdirSync(dir)).toEqual(["cut.parquet"]);
    }
  });

  it("for a run or a tag that is not there", async () => {
    const known = '".", ".hidden", "a", "a/checkpoints", "b/c", "lr=0.1,x"';
    expect(await failureOf(dir, restore(whole, { runs: "x*" }))).toEqual({
      code: "NO_MATCH",
      message: `No run in ${whole} matches x*: there are ${known}`,
    });
    expect(await failureOf(dir, restore(whole, { tags: "x*", runs: "a" }))).toEqual({
      code: "NO_MATCH",
      message: `No tag in ${whole} matches x*: there are "acc", "loss"`,
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it("where the target is a file", async () => {
    writeFileSync(target, "");
    const { code } = await failureOf(dir, restore(whole));
    expect(code).toBe("NOT_A_DIRECTORY");
  });
});
