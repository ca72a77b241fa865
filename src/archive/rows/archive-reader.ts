// Reads an archive: its manifest, and the files that are in it, byte for byte.

import type { FileMetaData, RowGroup } from "hyparquet";
import { ArchiveError, LogdirError } from "../../errors.js";
import { FileSource, type ByteSource } from "../../events/reading/byte-source.js";
import { GroupRows } from "./group-rows.js";
import { RecordMaker } from "./record-maker.js";
import { FORMAT, type ArchivedFile, type Manifest } from "../manifest.js";
import { checkSum } from "../parquet/checksum.js";
import { readFooter } from "../parquet/footer.js";
import { readKeys } from "../parquet/group-reader.js";
import { MANIFEST_KEY } from "../parquet/schema.js";
import type { WriterState } from "./archive-writer.js";

/** What of a file's bytes is wanted. */
export interface BytesOptions {
  /** Only records with a value under a tag for which it returns true, and the file's first record. */
  readonly tags?: ((tag: string) => boolean) | undefined;
  /** Only from this row group on, and up to that one. */
  readonly fromGroup?: number;
  readonly toGroup?: number;
}

/** An archive, open for reading. It holds one row group, the one that was read last. */
export class ArchiveReader {
  readonly path: string;
  readonly manifest: Manifest;
  readonly #source: ByteSource;
  readonly #metadata: FileMetaData;
  readonly #dataEnd: number;
  readonly #maker = new RecordMaker();
  #ordinals: ReadonlyMap<ArchivedFile, number> | undefined;
  #decoded: { group: number; rows: GroupRows } | undefined;

  /**
   * Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` for a file that cannot be opened, and an `ArchiveError`: `NOT_AN_ARCHIVE`, `OTHER_ARCHIVE_VERSION`, or
   * `ARCHIVE_DAMAGED` for one that is cut or whose end cannot be read.
   */
  constructor(path: string | ByteSource) {
    this.#source = typeof path === "string" ? new FileSource(path) : path;
    this.path = this.#source.path;
    try {
      const footer = this.#guard(() => readFooter(this.#source));
      if (footer === undefined) throw this.#noArchive();
      this.#metadata = footer.metadata;
      this.#dataEnd = footer.dataEnd;
      this.manifest = this.#manifestIn(footer.metadata);
    } catch (error) {
      this.#source.close();
      throw error;
    }
  }

  get groups(): readonly RowGroup[] {
    return this.#metadata.row_groups;
  }

  /** From where on a writer could go on with it, on a copy of its first `offset` bytes. */
  state(): WriterState {
    return { offset: this.#dataEnd, groups: this.groups, files: this.manifest.files, current: undefined };
  }

  /**
   * The bytes of a file of the manifest, in pieces that are valid until the next one. They are not compared with its checksum here. Throws an `ArchiveError` with code `ARCHIVE_DAMAGED`.
   */
  *bytesOf(file: ArchivedFile, options: BytesOptions = {}): Generator<Uint8Array> {
    const { tags, fromGroup = file.firstGroup, toGroup = file.lastGroup } = options;
    const ordinal = this.ordinalOf(file);
    let isFirst = true;
    for (let group = fromGroup; group >= 0 && group <= toGroup; group++) {
      if (tags !== undefined && !isFirst && !this.#hasTag(group, tags)) continue;
      const rows = this.rowsOf(group);
      const to = rows.firstOf(ordinal + 1);
      let from = rows.firstOf(ordinal);
      if (tags !== undefined && isFirst && from < to) {
        const end = rows.recordEnd(from);
        yield* this.#made(rows, from, end, undefined);
        from = end;
      }
      isFirst = false;
      yield* this.#made(rows, from, to, tags);
    }
  }

  /** The place of a file in the manifest, by which rows name it. */
  ordinalOf(file: ArchivedFile): number {
    this.#ordinals ??= new Map(this.manifest.files.map((one, i) => [one, i]));
    return this.#ordinals.get(file)!;
  }

  /** A row group, decoded. Throws as `bytesOf`. */
  rowsOf(group: number): GroupRows {
    if (this.#decoded?.group === group) return this.#decoded.rows;
    // Two at the same time would be twice the memory.
    this.#decoded = undefined;
    const rows = this.#guard(() => {
      const found = this.groups[group];
      if (found === undefined) throw new RangeError(`there is no row group ${group}`);
      return new GroupRows(this.#source, found);
    });
    this.#decoded = { group, rows };
    return rows;
  }

  /** Reads with `read` what is in the file. Throws an `ArchiveError` with code `ARCHIVE_DAMAGED` for what is not as it should be. */
  read<T>(read: (source: ByteSource) => T): T {
    return this.#guard(() => read(this.#source));
  }

  close(): void {
    this.#source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // Of a group without such a tag nothing else is read.
  #hasTag(group: number, tags: (tag: string) => boolean): boolean {
    const found = this.read((source) => readKeys<string>(source, this.groups[group]!, "tag"));
    return found?.list.some(tags) === true;
  }

  *#made(
    rows: GroupRows,
    from: number,
    to: number,
    tags: ((tag: string) => boolean) | undefined,
  ): Generator<Uint8Array> {
    const pieces = this.#maker.bytes(rows, from, to, tags);
    for (;;) {
      const { done, value } = this.#guard(() => pieces.next());
      if (done === true) return;
      yield value;
    }
  }

  // The decoder knows nothing of files and codes.
  #guard<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof LogdirError || error instanceof ArchiveError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ArchiveError(
        "ARCHIVE_DAMAGED",
        this.path,
        `The archive ${this.path} is damaged: ${reason}`,
        error,
      );
    }
  }

  #noArchive(): ArchiveError {
    const message = `${this.path} is no archive: it is no Parquet file, or not whole`;
    return new ArchiveError("NOT_AN_ARCHIVE", this.path, message);
  }

  #manifestIn({ key_value_metadata: pairs }: FileMetaData): Manifest {
    const text = pairs?.find(({ key }) => key === MANIFEST_KEY)?.value;
    if (text === undefined) {
      const message = `${this.path} is a Parquet file, but no archive of event files: it has no manifest`;
      throw new ArchiveError("NOT_AN_ARCHIVE", this.path, message);
    }
    const manifest = this.#guard(() => {
      checkSum(Buffer.from(text), pairs, "its manifest");
      return JSON.parse(text) as Manifest;
    });
    if (manifest.format !== FORMAT) {
      const message = `${this.path} has format ${manifest.format} of archives, and this version knows format ${FORMAT}: take a newer one`;
      throw new ArchiveError("OTHER_ARCHIVE_VERSION", this.path, message);
    }
    if (!isManifest(manifest))
      throw this.#guard(() => {
        throw new TypeError("its manifest is none");
      });
    return manifest;
  }
}

function isManifest({ files, links }: Manifest): boolean {
  return (
    Array.isArray(files) &&
    Array.isArray(links) &&
    files.every(
      ({ path, run, kind, size, sha256, firstGroup, lastGroup }) =>
        typeof path === "string" &&
        typeof run === "string" &&
        ["events", "records", "other"].includes(kind) &&
        Number.isSafeInteger(size) &&
        typeof sha256 === "string" &&
        Number.isSafeInteger(firstGroup) &&
        Number.isSafeInteger(lastGroup),
    ) &&
    links.every(({ path, target }) => typeof path === "string" && typeof target === "string")
  );
}
