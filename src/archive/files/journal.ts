// How far an archive is that is being written, so that one that was interrupted can go on.

import { readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { WriteError } from "../../errors.js";
import { isGone } from "../../events/abandoned.js";
import type { FileSystem } from "../../events/file-system.js";
import { authorHere, createWholeFile } from "../../events/whole-file.js";
import { processPart } from "../../events/worker.js";
import { version } from "../../version.js";

/** The bytes of another version are none of ours: what a writer remembers may have another form there. */
const MARK = `tensorboard-node-logger ${version} journal`;

/** A file as it was when it was read. */
export interface SeenFile {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
}

/** What is known of an archive that is not finished. `State`: what its writer remembers. */
export interface JournalEntry<State> {
  /** The logdir's path, without links. */
  readonly logdir: string;
  /** The archive that is appended to, as it was; `undefined` for a new one. */
  readonly base: { readonly size: number; readonly modified: number } | undefined;
  /** The files that the state has, in their order; the one that it is within is the last. */
  readonly seen: readonly SeenFile[];
  /** `undefined` as long as there is nothing to go on from. */
  readonly state: State | undefined;
}

/** The journal of the archive `<archive>`, beside it. */
export class Journal<State> {
  readonly path: string;
  readonly #fs: FileSystem;

  constructor(archive: string, fs: FileSystem) {
    this.path = journalOf(archive);
    this.#fs = fs;
  }

  /** What it says; `undefined` where there is none, or none of this version. */
  read(): JournalEntry<State> | undefined {
    return this.#content()?.entry;
  }

  /** Whether another process may still be writing the archive. */
  isHeld(): boolean {
    const author = this.#content()?.author;
    if (author === undefined) return false;
    const idleSince = statSync(this.path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return !isGone(author, { hostname: hostname(), pid: processPart() }, idleSince);
  }

  /** Replaces it, at once. Throws a `WriteError`. */
  write(entry: JournalEntry<State>): void {
    const bytes = serialize({ mark: MARK, author: authorHere(), entry });
    try {
      const { fd } = createWholeFile(this.#fs, dirname(this.path), authorHere(), [bytes], () => this.path);
      this.#fs.closeSync(fd);
    } catch (error) {
      throw new WriteError(this.path, error);
    }
  }

  /** Takes it away, if it is there. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  #content(): { author: string; entry: JournalEntry<State> } | undefined {
    try {
      const content = deserialize(readFileSync(this.path)) as {
        mark: unknown;
        author: string;
        entry: JournalEntry<State>;
      };
      return content.mark === MARK ? content : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Where an archive is written until it is whole. */
export function partOf(archive: string): string {
  return `${archive}.part`;
}

/** Where its journal is. */
export function journalOf(archive: string): string {
  return `${partOf(archive)}.journal`;
}
