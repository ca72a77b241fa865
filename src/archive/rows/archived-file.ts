// A file of an archive, to be read as one on the disk.

import type { ByteSource } from "../../events/reading/byte-source.js";
import type { ArchiveReader } from "./archive-reader.js";
import type { ArchivedFile } from "../manifest.js";

/** How much of what was read last is kept: reading goes back a little where there is damage. */
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * The bytes of an archived file, made as they are read. To read forwards costs nothing more than that; to go back further than 4 MiB makes the file again from the
 * row group on that has the place. `read` throws an `ArchiveError` with code `ARCHIVE_DAMAGED`.
 */
export class ArchivedFileSource implements ByteSource {
  readonly path: string;
  readonly #archive: ArchiveReader;
  readonly #file: ArchivedFile;
  /** By row group from the first of the file, where its bytes begin; as far as that is known. */
  readonly #starts: number[] = [0];
  #group: number;
  #pieces: Iterator<Uint8Array> | undefined;
  // What was made last, one behind the other, from byte `#begin` to `#end` of the file.
  #kept: Uint8Array[] = [];
  #begin = 0;
  #end = 0;

  /** `path`: for messages. */
  constructor(archive: ArchiveReader, file: ArchivedFile, path: string) {
    this.#archive = archive;
    this.#file = file;
    this.path = path;
    this.#group = file.firstGroup;
  }

  size(): number {
    return this.#file.size;
  }

  read(into: Uint8Array, offset: number, length: number, position: number): number {
    if (position < 0 || position >= this.#file.size || length <= 0) return 0;
    if (position < this.#begin) this.#goBack(position);
    let done = 0;
    while (done < length) {
      if (position + done >= this.#end && !this.#makeMore()) break;
      if (position + done < this.#end)
        done += this.#copy(into, offset + done, length - done, position + done);
    }
    return done;
  }

  close(): void {
    this.#kept = [];
    this.#begin = this.#end;
    this.#pieces = undefined;
  }

  /** Copies what is kept from there on, and gives how much; 0 when there is nothing. */
  #copy(into: Uint8Array, offset: number, length: number, position: number): number {
    let done = 0;
    let begin = this.#begin;
    for (const piece of this.#kept) {
      const from = position + done - begin;
      if (from < piece.length && done < length) {
        const part = piece.subarray(from, from + length - done);
        into.set(part, offset + done);
        done += part.length;
      }
      begin += piece.length;
    }
    return done;
  }

  #goBack(position: number): void {
    let last = this.#starts.length - 1;
    while (last > 0 && this.#starts[last]! > position) last--;
    this.#group = this.#file.firstGroup + last;
    this.#pieces = undefined;
    this.#kept = [];
    this.#begin = this.#end = this.#starts[last]!;
  }

  /** The next piece. False at the end of the file. */
  #makeMore(): boolean {
    for (;;) {
      if (this.#group < 0 || this.#group > this.#file.lastGroup) return false;
      this.#pieces ??= this.#archive.bytesOf(this.#file, { fromGroup: this.#group, toGroup: this.#group });
      const { done, value } = this.#pieces.next();
      if (done !== true) {
        this.#keep(value.slice());
        return true;
      }
      this.#pieces = undefined;
      this.#group++;
      this.#starts[this.#group - this.#file.firstGroup] = this.#end;
    }
  }

  #keep(piece: Uint8Array): void {
    this.#kept.push(piece);
    this.#end += piece.length;
    while (this.#kept.length > 1 && this.#end - this.#begin - this.#kept[0]!.length >= KEPT_BYTES) {
      this.#begin += this.#kept.shift()!.length;
    }
  }
}
