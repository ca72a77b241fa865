// The properties of archives, and what they are asked of.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect } from "vitest";
import { ArchiveReader } from "../../src/archive/rows/archive-reader.js";
import { ArchiveError } from "../../src/errors.js";
import { MemorySource } from "../../src/events/reading/byte-source.js";
import { encodeEvent } from "../../src/wire/event.js";
import { anyEvent } from "../helpers/any-event.js";
import { anyMessage } from "../helpers/any-message.js";
import { archiveFiles, hashesOf, restoredFiles } from "../helpers/archives.js";
import { concat, frame } from "../helpers/bytes.js";
import { mutated, mutations, whole } from "../helpers/mutations.js";

/** Records one behind the other: good ones, strange ones and such as are no Event. */
const records = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: anyEvent.map(encodeEvent) },
      { weight: 4, arbitrary: anyMessage },
      fc.uint8Array({ maxLength: 40 }),
    ),
    { maxLength: 12 },
  )
  .map((all) => concat(...all.map(frame)));

/** The bytes of a file. */
const content = fc.oneof(
  { weight: 4, arbitrary: mutations.map(mutated) },
  { weight: 4, arbitrary: records },
  // A record's end is lost, or the next one's begin.
  fc
    .tuple(records, records, fc.nat(20))
    .map(([a, b, cut]) => concat(a.subarray(0, Math.max(0, a.length - cut)), b)),
  fc.uint8Array({ maxLength: 200 }),
);

const file = fc.record({
  run: fc.constantFrom("a", "b", "a/c", "ü"),
  bytes: content,
});

/** Some files of some runs, and how many rows a row group has. */
export const logdirs = fc.record({
  files: fc
    .array(file, { maxLength: 4 })
    .map((all) =>
      Object.fromEntries(all.map(({ run, bytes }, i) => [`${run}/events.out.tfevents.${i}.box`, bytes])),
    ),
  maxRows: fc.integer({ min: 1, max: 40 }),
  kind: fc.constantFrom(undefined, "records", "other"),
});

/** Whatever is in the files, what is restored is the same. `directory`: where an archive may be. */
export function checkRoundTrip(
  { files, maxRows, kind }: typeof logdirs extends fc.Arbitrary<infer T> ? T : never,
  directory: string,
): void {
  const path = join(directory, "any.parquet");
  archiveFiles(path, files, kind === undefined ? { maxRows } : { maxRows, kind });
  expect(hashesOf(restoredFiles(path))).toEqual(hashesOf(files));
  rmSync(path);
}

const NAME = "events.out.tfevents.1700000000.box";
let sound: Uint8Array<ArrayBuffer> | undefined;

/** The bytes of an archive with two files and some row groups. */
function soundArchive(directory: string): Uint8Array<ArrayBuffer> {
  const path = join(directory, "sound.parquet");
  archiveFiles(
    path,
    { [`a/${NAME}`]: whole.bytes, [`b/${NAME}`]: whole.bytes, "b/notes": whole.bytes },
    { maxRows: 8 },
  );
  return new Uint8Array(readFileSync(path));
}

const change = fc.record({
  at: fc.oneof(
    fc.nat(),
    fc.nat(3000).map((back) => -back),
  ),
  bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.constant(new Uint8Array(64))),
});

/** What is done to an archive: bytes of it are others, or its end is lost, or bytes in the middle. */
export const archiveChanges = fc.record({
  changes: fc.array(change, { maxLength: 3 }),
  cut: fc.option(fc.tuple(fc.nat(), fc.nat(100)), { freq: 3 }),
});

/**
 * Whatever an archive has become, to read it ends, with an `ArchiveError` or with bytes, which are those of the manifest or are not: what calls it compares
 * the hashes.
 */
export function checkDamagedArchive(
  { changes, cut }: typeof archiveChanges extends fc.Arbitrary<infer T> ? T : never,
  directory: string,
): void {
  sound ??= soundArchive(directory);
  let bytes: Uint8Array = sound.slice();
  for (const { at, bytes: other } of changes) {
    const from = at >= 0 ? at % bytes.length : Math.max(0, bytes.length + at);
    bytes.set(other.subarray(0, bytes.length - from), from);
  }
  if (cut !== null) {
    const from = cut[0] % bytes.length;
    bytes = concat(bytes.subarray(0, from), bytes.subarray(from + cut[1]));
  }
  try {
    const reader = new ArchiveReader(new MemorySource("damaged", bytes));
    for (const listed of reader.manifest.files) {
      let size = 0;
      for (const piece of reader.bytesOf(listed)) size += piece.length;
      // What it claims costs no memory.
      expect(size).toBeLessThan(100 * sound.length);
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
  }
}
