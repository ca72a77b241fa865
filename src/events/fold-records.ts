// Folding of record files: the small ones that earlier sessions left become the beginning of the next one's.

import { join } from "node:path";
import { encodeTfRecord } from "../wire/tfrecord.js";
import { isAbandoned, type Asker } from "./abandoned.js";
import { compareNames, eventFileNameOf } from "./file-name.js";
import type { FileSystem } from "./file-system.js";
import { headOf } from "./head.js";
import { heldBy, holdsNote, isOfItsFile, placesIn, placesNote } from "./notes.js";
import { SegmentBuilder, throughSegments, type PlaceMap, type Segment } from "./place-map.js";
import { storedEvents } from "./stored-events.js";

const LARGE_BYTES = 4 * 1024 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;
const FEWEST = 3;

/** Record files that are going to be one. */
export interface RecordFold {
  /** A file's bytes. */
  readonly pieces: Iterable<Uint8Array>;
  /** The files' paths. */
  readonly paths: readonly string[];
}

/**
 * The run's last record files, as far back as they are small and left by their writers, as the beginning of another; `undefined` when they are
 * too few. Every whole record is copied as it is, behind a message that names the files and before one of where they stood: who finds one of them beside the new file, as
 * after a kill, knows that it has it already; this function deletes it then.
 *
 * Throws a `CorruptFileError` for a damaged file, and the system's errors.
 */
export function foldRecordFiles(
  dir: string,
  fs: FileSystem,
  asker: Asker,
  now: number,
): RecordFold | undefined {
  const names = recordFilesIn(dir, fs);
  const first = firstSmall(names, dir, fs, asker);
  if (names.length - first < FEWEST) return undefined;
  const folded = names.slice(first);
  const held = folded.flatMap((name) => [...heldBy(join(dir, name), fs), name]);
  return { pieces: piecesOf(folded, held, dir, fs, now), paths: folded.map((name) => join(dir, name)) };
}

function* piecesOf(
  names: readonly string[],
  held: readonly string[],
  dir: string,
  fs: FileSystem,
  now: number,
): IterableIterator<Uint8Array> {
  const head = [headOf(now / 1000), holdsNote(now / 1000, held)].map(encodeTfRecord);
  yield* head;
  let length = head.reduce((sum, record) => sum + record.length, 0);
  const segments = new SegmentBuilder();
  const map = new Map<string, readonly Segment[]>();
  for (const [file, name] of names.entries()) {
    let places: PlaceMap | undefined;
    let at = 0;
    segments.nextFile();
    segments.begin(0, length);
    for (const { event, data, offset, end } of storedEvents(join(dir, name), fs)) {
      places = placesIn(event) ?? places;
      at = end;
      if (isOfItsFile(event)) {
        segments.begin(end, length);
        continue;
      }
      const record = encodeTfRecord(data);
      yield record;
      length += record.length;
      segments.extend(end - offset);
    }
    const { size } = fs.statSync(join(dir, name));
    if (size > at) segments.begin(size, length);
    for (const [older, its] of throughSegments(places ?? new Map(), segments.of(file))) map.set(older, its);
    map.set(name, segments.of(file));
  }
  yield encodeTfRecord(placesNote(now / 1000, map));
}

/** The names of the record files in `dir` whose records no later one has, in order; those that one has are deleted. */
function recordFilesIn(dir: string, fs: FileSystem): string[] {
  const names = fs
    .readdirSync(dir)
    .filter((name) => eventFileNameOf(name) !== undefined)
    .toSorted(compareNames);
  const held = new Set(names.flatMap((name) => heldBy(join(dir, name), fs)));
  for (const name of names) if (held.has(name)) fs.unlinkSync(join(dir, name));
  return names.filter((name) => !held.has(name));
}

function firstSmall(names: readonly string[], dir: string, fs: FileSystem, asker: Asker): number {
  let first = names.length;
  for (let bytes = 0; first > 0; first--) {
    const name = names[first - 1]!;
    const { size, mtimeMs } = fs.statSync(join(dir, name));
    bytes += size;
    if (size >= LARGE_BYTES || bytes > MOST_BYTES || !isAbandoned(name, asker, mtimeMs)) break;
  }
  return first;
}
