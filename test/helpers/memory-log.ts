// A logdir in memory: a `LogSource` that is neither on the disk nor an archive.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { LogdirError } from "../../src/errors.js";
import type { LogSource } from "../../src/events/index.js";
import { MemorySource } from "../../src/events/reading/byte-source.js";
import { LogdirSource } from "../../src/events/reading/logdir-source.js";

/** What a logdir has now, under paths that are not on the disk; `left`: how many of its files are open. */
export function memoryLog(logdir: string): LogSource & { readonly left: () => number } {
  const path = "memory:";
  const there = (one: string): string => `${path}/${relative(logdir, one)}`;
  const source = new LogdirSource(logdir);
  const bytes = new Map<string, Uint8Array>();
  const full = new Map<string, readonly string[]>();
  const runs = source.runs().map((run) => {
    const records = source.fullResolutionFiles(run);
    for (const file of [...run.files, ...records]) bytes.set(there(file), readFileSync(file));
    full.set(run.name, records.map(there));
    return { name: run.name, dir: there(run.dir), files: run.files.map(there) };
  });
  let opened = 0;
  return {
    path,
    runs: () => runs,
    fullResolutionFiles: (run) => full.get(run.name)!,
    open: (file) => {
      const its = bytes.get(file);
      if (its === undefined) throw new LogdirError("LOGDIR_NOT_READABLE", file, `Cannot read ${file}`);
      opened++;
      return new OpenedSource(file, its, () => opened--);
    },
    left: () => opened,
  };
}

/** It is closed once, and not read behind that. */
class OpenedSource extends MemorySource {
  #onClose: (() => void) | undefined;

  constructor(path: string, bytes: Uint8Array, onClose: () => void) {
    super(path, bytes);
    this.#onClose = onClose;
  }

  override read(into: Uint8Array, offset: number, length: number, position: number): number {
    if (this.#onClose === undefined) throw new Error(`${this.path} is closed`);
    return super.read(into, offset, length, position);
  }

  override close(): void {
    this.#onClose?.();
    this.#onClose = undefined;
  }
}
