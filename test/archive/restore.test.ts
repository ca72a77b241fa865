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
import { ArchiveWriter } from "../../src/archive/archive-writer.js";
import { checksumOf } from "../../src/archive/parquet/checksum.js";
import { restoreArchive, type RestoreOptions } from "../../src/archive/restore.js";
import { manifestOf, verifyArchive } from "../../src/archive/verify-archive.js";
import { ArchiveError, LogdirError, NoMatchError, WriteError } from "../../src/errors.js";
import { MemorySource } from "../../src/events/reading/byte-source.js";
import { encodeEvent } from "../../src/wire/event.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { treeOf } from "../experiments/tree.js";
import { concat } from "../helpers/bytes.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";
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

type Failure = { code: string; message: string };

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    const types = [ArchiveError, LogdirError, NoMatchError, WriteError];
    if (!types.some((type) => error instanceof type)) throw error;
    const { code, message } = error as ArchiveError;
    return { code, message: message.replaceAll(`${dir}/`, "") };
  }
  throw new Error("nothing was thrown");
}

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

/** A copy of the archive, in whose manifest a text stands in the place of another one of the same length; its checksum fits. */
function tampered(from: string, to: string): string {
  const bytes = readFileSync(whole);
  const manifest = JSON.stringify(manifestOf(whole));
  const other = manifest.replace(from, to);
  expect(other).not.toBe(manifest);
  for (const [before, after] of [
    [manifest, other],
    [checksumOf(Buffer.from(manifest)).value!, checksumOf(Buffer.from(other)).value!],
  ] as const) {
    expect(Buffer.byteLength(after)).toBe(Buffer.byteLength(before));
    expect(bytes.indexOf(before)).toBeGreaterThan(0);
    bytes.write(after, bytes.indexOf(before));
  }
  const archive = join(dir, "tampered.parquet");
  writeFileSync(archive, bytes);
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
    const { code, message } = await failureOf(restore(archive));
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
    const { code, message } = await failureOf(restore(archiveOf("b", "a/evil")));
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
    expect(await failureOf(restore(whole))).toEqual({
      code: "TARGET_EXISTS",
      message: `restored/lr=0.1,x/${EVENTS} exists already: a restore overwrites nothing, and nothing was written`,
    });
    expect(treeOf(dir)).toEqual(before);
  });

  it("for two files at one place", async () => {
    const { code } = await failureOf(restore(archiveOf("a", "a/b")));
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
    expect(await failureOf(restore(archive))).toEqual({ code, message });
    expect(await failureOf(verifyArchive(archive))).toEqual({ code, message });
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
      const { code } = await failureOf(restore(archive));
      expect({ size, code }).toEqual({ size, code: "NOT_AN_ARCHIVE" });
      expect(readdirSync(dir)).toEqual(["cut.parquet"]);
    }
  });

  it("from another version's", async () => {
    const archive = tampered('{"format":1,', '{"format":7,');
    const { code, message } = await failureOf(restore(archive));
    expect({ code, message }).toEqual({
      code: "OTHER_ARCHIVE_VERSION",
      message: expect.stringContaining("has format 7 of archives, and this version knows format 1") as string,
    });
    expect(readdirSync(dir)).toEqual(["tampered.parquet"]);
  });

  it("for a run or a tag that is not there", async () => {
    const known = '".", ".hidden", "a", "a/checkpoints", "b/c", "lr=0.1,x"';
    expect(await failureOf(restore(whole, { runs: "x*" }))).toEqual({
      code: "NO_MATCH",
      message: `No run in ${whole} matches x*: there are ${known}`,
    });
    expect(await failureOf(restore(whole, { tags: "x*", runs: "a" }))).toEqual({
      code: "NO_MATCH",
      message: `No tag in ${whole} matches x*: there are "acc", "loss"`,
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it("where the target is a file", async () => {
    writeFileSync(target, "");
    const { code } = await failureOf(restore(whole));
    expect(code).toBe("NOT_A_DIRECTORY");
  });
});

describe("a file that does not come out as it was", () => {
  const path = `lr=0.1,x/${EVENTS}`;
  /** Another SHA-256 for one file. */
  const wrongHash = (): string => {
    const { sha256 } = filesBelow(source)[path]!;
    return tampered(
      sha256,
      sha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
    );
  };

  it("is told and not written, and the rest is", async () => {
    const { report, errors } = await restore(wrongHash());
    expect(errors).toEqual([
      {
        code: "HASH_MISMATCH",
        message: expect.stringMatching(/^tampered\.parquet: lr=0\.1,x\/events\S+ comes out as /) as string,
      },
    ]);
    expect(report).toMatchObject({ files: 11, bad: 1, isWhole: true });
    const { [path]: _, ...rest } = filesBelow(source);
    expect(filesBelow(target)).toEqual(rest);
  });

  it("ends a restore that nobody listens to", async () => {
    const { code } = await failureOf(restoreArchive(wrongHash(), target));
    expect(code).toBe("HASH_MISMATCH");
    const written = filesBelow(target);
    expect(filesBelow(source)).toMatchObject(written);
  });

  it("is found by a verification too", async () => {
    const archive = wrongHash();
    expect(await failureOf(verifyArchive(archive))).toMatchObject({ code: "HASH_MISMATCH" });
    const errors: string[] = [];
    const report = await verifyArchive(archive, { onError: ({ code }) => void errors.push(code) });
    expect({ report, errors }).toMatchObject({ report: { files: 11, bad: 1 }, errors: ["HASH_MISMATCH"] });
  });

  it("is never written, wherever a bit of the archive is turned", async () => {
    const bytes = readFileSync(whole);
    const original = new Set(Object.values(filesBelow(source)).map(({ sha256 }) => sha256));
    const codes = new Set<string>();
    for (let i = 1; i < 24; i++) {
      const archive = join(dir, `${i}.parquet`);
      const damaged = Buffer.from(bytes);
      damaged[Math.floor((i * bytes.length) / 24)]! ^= 1 << (i % 8);
      writeFileSync(archive, damaged);
      target = join(dir, `restored-${i}`);
      const failure = await restore(archive).then(
        ({ errors }) => errors,
        (error: unknown) => [error as ArchiveError],
      );
      for (const { code } of failure) codes.add(code);
      const written = readdirSync(dir).includes(`restored-${i}`) ? filesBelow(target) : {};
      // Its name may be another one: where the manifest itself was hit.
      expect(Object.values(written).filter(({ sha256 }) => !original.has(sha256))).toEqual([]);
    }
    const known = [
      "ARCHIVE_DAMAGED",
      "HASH_MISMATCH",
      "NOT_AN_ARCHIVE",
      "OTHER_ARCHIVE_VERSION",
      "UNSAFE_PATH",
    ];
    expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
    expect(codes.size).toBeGreaterThan(0);
  });
});

describe("a full disk", () => {
  it("ends the restore; what has its name is whole", async () => {
    const fileSystem = new FaultyFileSystem();
    fileSystem.free = 1_000_000;
    const { code, message } = await failureOf(restore(whole, { fileSystem }));
    expect({ code, message }).toEqual({
      code: "WRITE_FAILED",
      message: "Cannot write restored/a/checkpoints/step-5.ckpt: no space left on the disk (ENOSPC)",
    });
    expect(fileSystem.openFiles).toBe(0);
    const written = filesBelow(target);
    expect(Object.keys(written).length).toBeGreaterThan(3);
    expect(filesBelow(source)).toMatchObject(written);
  });

  it.each(["fdatasyncSync", "renameSync"] as const)("so does one where %s fails", async (call) => {
    const fileSystem = new FaultyFileSystem();
    fileSystem.failing.set(call, "EIO");
    expect((await failureOf(restore(whole, { fileSystem }))).code).toBe("WRITE_FAILED");
    expect(filesBelow(target)).toEqual({});
    expect(fileSystem.openFiles).toBe(0);
  });
});
