// Every file that the reader's tests know, archived and restored: the same SHA-256, whatever the size of a row group.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArchiveReader } from "../../src/archive/rows/archive-reader.js";
import { ArchiveError } from "../../src/errors.js";
import { MemorySource } from "../../src/events/reading/byte-source.js";
import { openEventWriter } from "../../src/events/open-event-writer.js";
import { encodeEvent } from "../../src/wire/event.js";
import { DataType } from "../../src/wire/tensor.js";
import { archiveFiles, type Files, hashesOf, restoredFiles } from "../helpers/archives.js";
import { concat, frame } from "../helpers/bytes.js";
import { DAMAGED_RUNS, garbage } from "../helpers/damaged-runs.js";
import { whole } from "../helpers/mutations.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("archive-round-trip");
const FIXTURES = join(import.meta.dirname, "..", "fixtures");

/** The files below a directory, each in a run of its own name. */
function filesBelow(directory: string): Files {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll("\\", "/"),
    );
  return Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(directory, name)))]));
}

const fixtures = filesBelow(FIXTURES);
const damaged: Files = Object.fromEntries(
  DAMAGED_RUNS.flatMap(({ name, files }) =>
    Object.entries(files).map(([file, bytes]) => [`${name}/${file}`, bytes]),
  ),
);
const NAME = "events.out.tfevents.1700000000.box.1.0";
const zeros = new Uint8Array(3_000_000);
const large = encodeEvent({ wallTime: 1e9, step: 1, graphDef: garbage(2_500_000) });

/** What is at the border of a piece, a row group, a type. */
const BORDERS: Readonly<Record<string, Uint8Array>> = {
  "no byte": new Uint8Array(),
  "one byte": Uint8Array.of(7),
  "a piece": garbage(2 ** 20),
  "a piece and a byte": garbage(2 ** 20 + 1),
  "zeros, larger than pieces": zeros,
  "a record larger than pieces": frame(large),
  "such a record whose checksum is wrong": frame(large).map((byte, i) => (i === 20 ? byte ^ 1 : byte)),
  "zeros between records": concat(whole.bytes, zeros.subarray(0, 5000), whole.bytes),
  "an empty record": concat(frame(new Uint8Array()), whole.bytes),
  "only damage": garbage(100_000),
};

describe("archived and restored is the same", () => {
  it.each([3, 64, undefined])("with row groups of at most %s rows: all fixtures", (maxRows) => {
    const path = join(tempDir(), "fixtures.parquet");
    expect(Object.keys(fixtures).length).toBeGreaterThan(60);
    archiveFiles(path, fixtures, maxRows === undefined ? {} : { maxRows });
    expect(hashesOf(restoredFiles(path))).toEqual(hashesOf(fixtures));
  });

  it.each([1, 64, undefined])("with row groups of at most %s rows: damaged runs", (maxRows) => {
    const path = join(tempDir(), "damaged.parquet");
    expect(Object.keys(damaged).length).toBeGreaterThan(30);
    archiveFiles(path, damaged, maxRows === undefined ? {} : { maxRows });
    expect(hashesOf(restoredFiles(path))).toEqual(hashesOf(damaged));
  });

  it.each(["events", "records", "other"] as const)("as %s: what is at a border", (kind) => {
    const files = Object.fromEntries(
      Object.entries(BORDERS).map(([name, bytes]) => [`${name}/${NAME}`, bytes]),
    );
    for (const maxRows of [1, 2, 1000]) {
      const path = join(tempDir(), "borders.parquet");
      archiveFiles(path, files, { maxRows, kind });
      expect(hashesOf(restoredFiles(path))).toEqual(hashesOf(files));
    }
  });

  it("for each border alone", () => {
    for (const [name, bytes] of Object.entries(BORDERS)) {
      const path = join(tempDir(), "border.parquet");
      archiveFiles(path, { [NAME]: bytes });
      expect([name, hashesOf(restoredFiles(path))]).toEqual([name, hashesOf({ [NAME]: bytes })]);
    }
  });

  it("for no file at all", () => {
    const path = join(tempDir(), "none.parquet");
    archiveFiles(path, {});
    expect(restoredFiles(path)).toEqual({});
  });

  it("for the event file and the record file of a bounded run", () => {
    const run = tempDir();
    const writer = openEventWriter(run, { maxPointsPerTag: 20 });
    const loss = writer.scalars([{ tag: "loss" }]);
    for (let step = 0; step < 2000; step++) loss.writeOne(step, Math.sin(step));
    writer.closeSync();
    const files = filesBelow(run);
    expect(Object.keys(files).some((name) => !name.includes("tfevents"))).toBe(true);
    const path = join(tempDir(), "bounded.parquet");
    archiveFiles(path, files, { maxRows: 100, kind: "records" });
    expect(hashesOf(restoredFiles(path))).toEqual(hashesOf(files));
  });
});

describe("numbers", () => {
  // Left edge, right edge and count of each bucket.
  const histogram = (step: number): Uint8Array => {
    const doubleVal = Array.from({ length: 500 }, (_, i) => [
      ...[1.1 ** i * 1e-12, 1.1 ** (i + 1) * 1e-12],
      (i * 7919 + step * 104_729) % 11,
    ]).flat();
    return encodeEvent({
      ...{ wallTime: 1e9 + step, step },
      summary: [{ tag: "weights", tensor: { dtype: DataType.DOUBLE, shape: [500, 3], doubleVal } }],
    });
  };
  const tensor = (step: number): Uint8Array => {
    const floatVal = Array.from({ length: 500 }, (_, i) =>
      Math.fround(Math.sin(step * 12.9898 + i * 78.233)),
    );
    return encodeEvent({
      ...{ wallTime: 1e9 + step, step },
      summary: [{ tag: "weights", tensor: { dtype: DataType.FLOAT, shape: [500], floatVal } }],
    });
  };

  it.each([
    // Of histograms hardly more than the counts is left; of numbers that never come again what they are in 32 bits.
    ["that come again", histogram, "PLAIN", 15],
    ["that do not", tensor, "BYTE_STREAM_SPLIT", 1],
  ] as const)("%s are small in the encoding that fits", (_name, make, encoding, times) => {
    const bytes = concat(...Array.from({ length: 200 }, (_, step) => frame(make(step))));
    const path = join(tempDir(), "numbers.parquet");
    archiveFiles(path, { [NAME]: bytes });
    const [group] = new ArchiveReader(path).groups;
    const column = group!.columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === "numbers");
    expect(column!.meta_data!.encodings).toContain(encoding);
    expect(bytes.length / Number(group!.total_compressed_size)).toBeGreaterThan(times);
    expect(hashesOf(restoredFiles(path))).toEqual(hashesOf({ [NAME]: bytes }));
  });
});

describe("a row group", () => {
  it("ends with the record with which it has as many rows as it may", () => {
    const path = join(tempDir(), "groups.parquet");
    // Some events have three values.
    archiveFiles(path, { [`a/${NAME}`]: whole.bytes, [`b/${NAME}`]: whole.bytes }, { maxRows: 4 });
    const reader = new ArchiveReader(path);
    const rows = reader.groups.map((group) => Number(group.num_rows));
    reader.close();
    expect(rows.slice(0, -1).every((count) => count >= 4 && count < 4 + 3)).toBe(true);
    expect(rows.reduce((sum, count) => sum + count)).toBe(2 * (1 + 3 + 2 + 1 + 9 + 1 + 1 + 1));
  });

  it("has no piece of bytes larger than 1 MiB, and not many of them", () => {
    const path = join(tempDir(), "pieces.parquet");
    const size = 50 * 2 ** 20 + 1;
    archiveFiles(path, { [NAME]: new Uint8Array(size), "model.bin": new Uint8Array(size) });
    const reader = new ArchiveReader(path);
    const rows = reader.groups.map((group) => Number(group.num_rows));
    expect(rows.reduce((sum, count) => sum + count)).toBe(2 * 51);
    // The last piece of the first file is one byte.
    expect(Math.max(...rows)).toBeLessThanOrEqual(17);
    expect(reader.manifest.files.map(({ records, raw }) => [records, raw])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    reader.close();
  });
});

/** Whether an archive says that it is damaged when its first file is read. */
function isRefused(archive: ArchiveReader): boolean {
  try {
    for (const _ of archive.bytesOf(archive.manifest.files[0]!)) continue;
    return false;
  } catch (error) {
    if (error instanceof ArchiveError && error.code === "ARCHIVE_DAMAGED") return true;
    throw error;
  }
}

describe("an archive without checksums, as other programs write them", () => {
  it("is read to an end, whatever the first bytes of a page say", () => {
    const path = join(tempDir(), "foreign.parquet");
    archiveFiles(path, { [NAME]: concat(whole.bytes, garbage(100)) });
    const bytes = readFileSync(path);
    // A key that nobody looks for.
    for (let at = bytes.indexOf("crc32c"); at >= 0; at = bytes.indexOf("crc32c", at)) bytes[at] = 0x78;
    const { groups } = new ArchiveReader(new MemorySource("foreign", bytes));
    const { meta_data: raw } = groups[0]!.columns.find(({ meta_data: m }) => m?.path_in_schema[0] === "raw")!;
    const page = Number(raw!.data_page_offset);
    let refused = 0;
    for (let at = page; at < page + 30; at++) {
      for (const byte of [0, 0x25, 0x63, 0xff]) {
        const damaged = new ArchiveReader(new MemorySource("damaged", bytes.with(at, byte)));
        if (isRefused(damaged)) refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});
