// One tag of one run is read without the rest: by the bytes that are asked of the file.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ArchiveReader } from "../../src/archive/rows/archive-reader.js";
import { openArchive } from "../../src/archive/archived-log.js";
import { SummaryReader } from "../../src/summary/summary-reader.js";
import { encodeEvent } from "../../src/wire/event.js";
import { archiveFiles } from "../helpers/archives.js";
import { concat, frame } from "../helpers/bytes.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("archive-bytes-read");
const RUNS = 1000;
const STEPS = 20;
const TAGS = ["train/loss", "train/accuracy", "val/loss", "lr"];
let archive: string;

/** A number that no compression makes small. */
function numberAt(run: number, step: number, tag: number): number {
  return Math.fround(Math.sin(run * 12.9898 + step * 78.233 + tag * 37.719) * 43758.5453);
}

function nameOf(run: number): string {
  return `run-${String(run).padStart(4, "0")}`;
}

beforeAll(() => {
  archive = join(tempDir(), "runs.parquet");
  const files = Array.from({ length: RUNS }, (_, run): [string, Uint8Array] => {
    const events = Array.from({ length: STEPS }, (__, step) =>
      encodeEvent({
        ...{ wallTime: 1.7e9 + run * 1000 + step, step },
        summary: TAGS.map((tag, i) => ({ tag, simpleValue: numberAt(run, step, i) })),
      }),
    );
    const head = encodeEvent({ wallTime: 1.7e9, fileVersion: "brain.Event:2" });
    return [`${nameOf(run)}/events.out.tfevents.1700000000.box`, concat(...[head, ...events].map(frame))];
  });
  // As many row groups as ten million values have.
  archiveFiles(archive, Object.fromEntries(files), { maxRows: 2000 });
});

const readSync = fs.readSync;
let bytes = 0;
beforeAll(() => {
  const counting = vi.fn((...args: Parameters<typeof readSync>) => {
    const read = readSync(...args);
    bytes += read;
    return read;
  });
  fs.readSync = counting as unknown as typeof readSync;
  syncBuiltinESMExports();
});
afterAll(() => {
  fs.readSync = readSync;
  syncBuiltinESMExports();
});

it("reads the end of the file, and a few columns of the row groups that have the run", () => {
  const size = fs.statSync(archive).size;
  const opened = openArchive(archive);
  const end = bytes;
  expect(opened.manifest.files.length).toBe(RUNS);
  // The manifest has a thousand hashes.
  expect(end).toBeLessThan(400 * RUNS);

  bytes = 0;
  const [series, ...others] = new SummaryReader(opened).scalars({ runs: nameOf(617), tags: "val/loss" });
  expect(others).toEqual([]);
  expect([...series!.steps]).toEqual(Array.from({ length: STEPS }, (_, step) => step));
  expect([...series!.values]).toEqual(Array.from({ length: STEPS }, (_, step) => numberAt(617, step, 2)));
  const { firstGroup, lastGroup } = opened.manifest.files[617]!;
  expect(lastGroup - firstGroup).toBeLessThanOrEqual(1);
  // Of some forty row groups, one or two.
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(size / 20);
  opened.close();
});

it("reads all of a run in the same way", () => {
  const size = fs.statSync(archive).size;
  const opened = openArchive(archive);
  bytes = 0;
  const found = new SummaryReader(opened).scalars({ runs: nameOf(3) });
  expect(found.map(({ tag }) => tag).toSorted()).toEqual(TAGS.toSorted());
  expect(bytes).toBeLessThan(size / 20);
  opened.close();
});

it("restores one tag without the row groups that do not have it", () => {
  const path = join(tempDir(), "one-run.parquet");
  const early = Array.from({ length: 50 }, (_, step) => ({ step, tag: "warm-up" }));
  const late = Array.from({ length: 5000 }, (_, i) => ({ step: 50 + i, tag: "loss" }));
  const events = [...early, ...late].map(({ step, tag }) =>
    encodeEvent({ wallTime: 1.7e9 + step, step, summary: [{ tag, simpleValue: numberAt(1, step, 0) }] }),
  );
  const files = { "a/events.out.tfevents.1700000000.box": concat(...events.map(frame)) };
  archiveFiles(path, files, { maxRows: 100 });
  const reader = new ArchiveReader(path);
  bytes = 0;
  const [file] = reader.manifest.files;
  const restored = concat(
    ...Array.from(reader.bytesOf(file!, { tags: (tag) => tag === "warm-up" }), (piece) => piece.slice()),
  );
  expect(restored).toEqual(concat(...events.slice(0, 50).map(frame)));
  const some = bytes;
  bytes = 0;
  for (const _ of reader.bytesOf(file!)) continue;
  expect(some).toBeLessThan(bytes / 5);
  reader.close();
});
