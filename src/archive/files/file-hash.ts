// Whether the bytes that an archive gives for a file are those that it was made from.

import { createHash } from "node:crypto";
import { ArchiveError } from "../../errors.js";
import type { ArchivedFile } from "../manifest.js";

/** Takes the bytes of a file one after another. */
export class FileHash {
  size = 0;
  readonly #hash = createHash("sha256");

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.size += bytes.length;
  }

  /** Throws an `ArchiveError` with code `HASH_MISMATCH` unless they are those of `file` in `archive`. Call it once, at the end. */
  check(archive: string, file: ArchivedFile): void {
    const digest = this.digest();
    if (digest === file.sha256 && this.size === file.size) return;
    const is = `${this.size} bytes with SHA-256 ${digest}`;
    const was = `${file.size} bytes with ${file.sha256}`;
    const message = `${archive}: ${file.path} comes out as ${is}, and was ${was}`;
    throw new ArchiveError("HASH_MISMATCH", archive, message);
  }

  /** In hexadecimal digits. Call it once, at the end. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}
