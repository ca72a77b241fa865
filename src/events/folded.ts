// What files of a run become together: the bytes of one, with all of their events that are not void.

import { isVoiding, SessionStatus, withMetadata, withoutValues } from "../wire/event.js";
import { RecordBuffer } from "../wire/record-buffer.js";
import type { SummaryMetadata } from "../wire/summary.js";
import type { FileScan } from "./file-scan.js";
import type { FileSystem } from "./file-system.js";
import { isOfItsFile, placesNote } from "./notes.js";
import { SegmentBuilder, throughSegments, type PlaceMap, type Segment } from "./place-map.js";
import { isAllVoid, isBefore, type Place, type Standing } from "./standing.js";
import { storedEvents, type StoredEvent } from "./stored-events.js";

const PIECE_BYTES = 256 * 1024;

/** What is put together. */
export interface FoldedParts {
  /** In order. */
  readonly scans: readonly FileScan[];
  readonly standing: Standing;
  /** The first of them that is copied, by its number. */
  readonly from: number;
  /** The data of the records that come first. */
  readonly head: readonly Uint8Array[];
  /** Seconds. */
  readonly wallTime: number;
  readonly fileSystem: FileSystem;
}

/**
 * The bytes of the file, in pieces. Behind the events stands where they stood before.
 *
 * Throws a `CorruptFileError` and the system's errors.
 */
export function* foldedPieces(parts: FoldedParts): IterableIterator<Uint8Array> {
  const pieces = new Pieces();
  for (const data of parts.head) pieces.add(data);
  const copy = new Copy(parts, pieces);
  for (let file = parts.from; file < parts.scans.length; file++) yield* copy.addFile(file);
  pieces.add(placesNote(parts.wallTime, copy.places()));
  yield pieces.take();
}

/** Collects records. */
class Pieces {
  readonly #buffer = new RecordBuffer(2 * PIECE_BYTES);
  #taken = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#taken + this.#buffer.length;
  }

  get isFull(): boolean {
    return this.#buffer.length >= PIECE_BYTES;
  }

  add(data: Uint8Array): void {
    this.#buffer.append(data);
  }

  /** What was added since the last time; good until the next `add`. */
  take(): Uint8Array {
    const piece = this.#buffer.bytes.subarray(0, this.#buffer.length);
    this.#taken += piece.length;
    this.#buffer.length = 0;
    return piece;
  }
}

class Copy {
  readonly #parts: FoldedParts;
  readonly #pieces: Pieces;
  readonly #segments = new SegmentBuilder();
  // Tags of which there is a value, and what the first one has to say if it does not.
  readonly #seen = new Set<string>();
  readonly #metadata: ReadonlyMap<string, SummaryMetadata>;
  // Between two places each: what stood at the first became void at the second, and so is missing for who looks for a place between them.
  readonly #gaps: { readonly from: Place; to: Place }[] = [];

  constructor(parts: FoldedParts, pieces: Pieces) {
    this.#parts = parts;
    this.#pieces = pieces;
    // Of the tag's first value in all of them, whether or not that is void.
    this.#metadata = new Map(
      parts.scans
        .slice(parts.from)
        .toReversed()
        .flatMap(({ metadata }) => [...metadata]),
    );
  }

  *addFile(file: number): IterableIterator<Uint8Array> {
    const { path, from, to } = this.#parts.scans[file]!;
    const segments = this.#segments;
    segments.nextFile();
    segments.begin(from, this.#pieces.length);
    let end = from;
    for (const stored of storedEvents(path, this.#parts.fileSystem, from, to)) {
      this.#addEvent(file, stored);
      end = stored.end;
      if (this.#pieces.isFull) yield this.#pieces.take();
    }
    // A torn tail; or it is the file's whole length that somebody has in mind.
    if (to > end) segments.begin(to, this.#pieces.length);
  }

  /** Where things stood, without what cannot be told. */
  places(): PlaceMap {
    const { scans, from } = this.#parts;
    const map = new Map<string, readonly Segment[]>();
    for (let file = from; file < scans.length; file++) {
      const { name, places } = scans[file]!;
      const segments = this.#segments.of(file - from).filter((segment) => this.#isSure(file, segment));
      for (const [older, its] of throughSegments(places ?? new Map(), segments)) map.set(older, its);
      map.set(name, segments);
    }
    return map;
  }

  #addEvent(file: number, stored: StoredEvent): void {
    const { event, offset, end, data } = stored;
    if (isOfItsFile(event) || event.sessionLog?.status === SessionStatus.START) {
      this.#segments.begin(end, this.#pieces.length);
      return;
    }
    const part = this.#parts.standing.partOf(file, stored);
    if (part?.place !== undefined && !isVoiding(event)) this.#addGap({ file, offset }, part.place);
    if (part !== undefined && isAllVoid(stored, part)) {
      this.#segments.begin(end, this.#pieces.length);
      return;
    }
    const left = part === undefined ? data : withoutValues(data, part.voidTags);
    const described = this.#described(left, stored, part?.voidTags);
    this.#pieces.add(described);
    if (described === data) this.#segments.extend(end - offset);
    else this.#segments.begin(end, this.#pieces.length);
  }

  // TensorBoard takes a tag's first value for what says what the tag is.
  #described(data: Uint8Array, { event }: StoredEvent, voidTags: readonly string[] = []): Uint8Array {
    let missing: Map<string, SummaryMetadata> | undefined;
    for (const { tag, metadata } of event.summary ?? []) {
      if (this.#seen.has(tag) || voidTags.includes(tag)) continue;
      this.#seen.add(tag);
      const its = metadata === undefined ? this.#metadata.get(tag) : undefined;
      if (its !== undefined) (missing ??= new Map<string, SummaryMetadata>()).set(tag, its);
    }
    return missing === undefined ? data : withMetadata(data, missing);
  }

  #addGap(from: Place, to: Place): void {
    const last = this.#gaps.at(-1);
    if (last === undefined || !isBefore(from, last.to)) this.#gaps.push({ from, to });
    else if (isBefore(last.to, to)) last.to = to;
  }

  #isSure(file: number, { from, to }: Segment): boolean {
    return this.#gaps.every(
      (gap) => !isBefore(gap.from, { file, offset: to }) || !isBefore({ file, offset: from }, gap.to),
    );
  }
}
