// A writer that was ended at any of its row groups, and one that goes on there; a finished archive that is gone on with.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { describe, expect, it } from "vitest";

import { ArchiveReader } from "../../src/archive/rows/archive-reader.js";
import { ArchiveWriter, type ArchiveEntry, type WriterState } from "../../src/archive/rows/archive-writer.js";
import { MemorySource } from "../../src/events/reading/byte-source.js";
import { hashesOf, restoredFiles } from "../helpers/archives.js";
import { concat } from "../helpers/bytes.js";
import { garbage } from "../helpers/damaged-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("archive-continue");
const FIXTURES = join(import.meta.dirname, "..", "fixtures");
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(join(FIXTURES, name)));

const FILES: Readonly<Record<string, Uint8Array>> = {
  "a/events.out.tfevents.1": concat(
    fixture("peer-tensorflow.tfevents"),
    garbage(1_300_000),
    fixture("tensorboard-dashboards.tfevents"),
  ),
  "a/events.out.tfevents.2": fixture("steps-and-times.tfevents"),
  "b/checkpoint.bin": garbage(1_200_000),
  "b/events.out.tfevents.3": fixture("peer-torch.tfevents"),
};
const LIMITS = { rows: 9, bytes: 1_000_000 };

const entryOf = (path: string): ArchiveEntry => ({
  path,
  run: path.slice(0, 1),
  kind: path.includes("tfevents") ? "events" : "other",
  modified: 0,
});

/** Writes the files from `state` on, up to so many row groups of this writer; the bytes so far, and where it was. */
function write(
  files: Readonly<Record<string, Uint8Array>>,
  before: Uint8Array = new Uint8Array(),
  state?: WriterState,
  mostGroups = Infinity,
): { bytes: Uint8Array; state: WriterState; isFinished: boolean } {
  const parts = [before];
  const writer = new ArchiveWriter({ write: (bytes) => parts.push(bytes.slice()) }, state, LIMITS);
  const done = new Set(state?.files.map(({ path }) => path));
  let groups = 0;
  for (const [path, bytes] of Object.entries(files)) {
    if (done.has(path)) continue;
    for (const _ of iterate(writer.add(new MemorySource(path, bytes), entryOf(path)))) {
      if (++groups < mostGroups) continue;
      // As a journal has it.
      const kept = deserialize(serialize(writer.state())) as WriterState;
      return { bytes: concat(...parts).subarray(0, kept.offset), state: kept, isFinished: false };
    }
  }
  writer.finish();
  return { bytes: concat(...parts), state: writer.state(), isFinished: true };
}

function* iterate(steps: Iterator<void>): Generator<void> {
  while (steps.next().done !== true) yield;
}

function restored(bytes: Uint8Array): Record<string, string> {
  const path = join(tempDir(), "continued.parquet");
  writeFileSync(path, bytes);
  return hashesOf(restoredFiles(path));
}

describe("an archive that is gone on with", () => {
  it("after any row group is the one that nobody interrupted", () => {
    const whole = write(FILES);
    const groups = whole.state.groups.length;
    expect(groups).toBeGreaterThan(20);
    for (let most = 1; most <= groups; most += 2) {
      const cut = write(FILES, undefined, undefined, most);
      if (cut.isFinished) break;
      const rest = write(FILES, cut.bytes, cut.state);
      expect(restored(rest.bytes), `after ${most} row groups`).toEqual(hashesOf(FILES));
      const { manifest } = new ArchiveReader(new MemorySource("whole", whole.bytes));
      const again = new ArchiveReader(new MemorySource("rest", rest.bytes)).manifest;
      expect(again.files).toEqual(manifest.files);
      // But for the time at which it was made.
      expect(
        Buffer.compare(rest.bytes.subarray(0, rest.state.offset), whole.bytes.subarray(0, rest.state.offset)),
      ).toBe(0);
    }
  });

  it("after every single row group in a row is the one that nobody interrupted", () => {
    let part = write(FILES, undefined, undefined, 1);
    for (let i = 0; i < 1000 && !part.isFinished; i++) part = write(FILES, part.bytes, part.state, 1);
    expect(part.isFinished).toBe(true);
    expect(restored(part.bytes)).toEqual(hashesOf(FILES));
  });

  it("when it was finished has the new files too", () => {
    const { "b/events.out.tfevents.3": added, ...before } = FILES;
    const first = write(before);
    const reader = new ArchiveReader(new MemorySource("first", first.bytes));
    const state = reader.state();
    const both = write(FILES, first.bytes.subarray(0, state.offset), state);
    expect(restored(both.bytes)).toEqual(hashesOf({ ...before, "b/events.out.tfevents.3": added! }));
  });
});

it("refuses to go on with another file, or one that has become shorter", () => {
  const { bytes, state } = write(FILES, undefined, undefined, 3);
  const writer = (): ArchiveWriter => new ArchiveWriter({ write: () => {} }, state, LIMITS);
  const path = state.current!.entry.path;
  const add = (name: string, size: number) =>
    writer()
      .add(new MemorySource(name, FILES[path]!.subarray(0, size)), entryOf(name))
      .next();
  expect(bytes.length).toBe(state.offset);
  expect(() => add("a/events.out.tfevents.9", FILES[path]!.length)).toThrow(
    expect.objectContaining({ code: "SOURCE_CHANGED" }),
  );
  expect(() => add(path, FILES[path]!.length - 1)).toThrow(
    expect.objectContaining({ code: "SOURCE_CHANGED" }),
  );
});
