// The properties of archives, and what they are asked of.
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect } from "vitest";
import { encodeEvent } from "../../src/wire/event.js";
import { anyEvent } from "../helpers/any-event.js";
import { anyMessage } from "../helpers/any-message.js";
import { archiveFiles, hashesOf, restoredFiles } from "../helpers/archives.js";
import { concat, frame } from "../helpers/bytes.js";
import { mutated, mutations } from "../helpers/mutations.js";

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
