// What a restore makes of a damaged archive, and on a full disk.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { archiveLogdir } from "../../src/archive/archive-logdir.js";
import { checksumOf } from "../../src/archive/parquet/checksum.js";
import { restoreArchive, type RestoreOptions } from "../../src/archive/restore.js";
import { manifestOf, verifyArchive } from "../../src/archive/verify-archive.js";
import type { ArchiveError } from "../../src/errors.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { failureOf, type Failure } from "./failures.js";
import { EVENTS, filesBelow, writeLogdir } from "./logdirs.js";

const makeDir = useTempDir("restore-damage");
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
    const { code } = await failureOf(dir, restoreArchive(wrongHash(), target));
    expect(code).toBe("HASH_MISMATCH");
    const written = filesBelow(target);
    expect(filesBelow(source)).toMatchObject(written);
  });

  it("is found by a verification too", async () => {
    const archive = wrongHash();
    expect(await failureOf(dir, verifyArchive(archive))).toMatchObject({ code: "HASH_MISMATCH" });
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

describe("nothing is written", () => {
  it("from another version's", async () => {
    const archive = tampered('{"format":1,', '{"format":7,');
    const { code, message } = await failureOf(dir, restore(archive));
    expect({ code, message }).toEqual({
      code: "OTHER_ARCHIVE_VERSION",
      message: expect.stringContaining("has format 7 of archives, and this version knows format 1") as string,
    });
    expect(readdirSync(dir)).toEqual(["tampered.parquet"]);
  });
});

describe("a full disk", () => {
  it("ends the restore; what has its name is whole", async () => {
    const fileSystem = new FaultyFileSystem();
    fileSystem.free = 1_000_000;
    const { code, message } = await failureOf(dir, restore(whole, { fileSystem }));
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
    expect((await failureOf(dir, restore(whole, { fileSystem }))).code).toBe("WRITE_FAILED");
    expect(filesBelow(target)).toEqual({});
    expect(fileSystem.openFiles).toBe(0);
  });
});
