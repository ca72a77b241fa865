// Whether the event file of a bounded run lacks something that its record files have, as after a kill.

import { basename, join } from "node:path";
import { scanFile } from "./file-scan.js";
import { eventFileNameOf } from "./file-name.js";
import type { FileSystem } from "./file-system.js";
import type { FilesOfRecord } from "./log-position.js";

/** Throws the system's errors. `files` of a bounded run. */
export function isUnshown(files: FilesOfRecord, fs: FileSystem): boolean {
  const { whole, bounded } = files.list();
  const record = whole.filter((name) => eventFileNameOf(name) !== undefined).at(-1);
  if (record === undefined) return false;
  const last = bounded.at(-1);
  if (last === undefined) return true;
  const path = join(files.dir, last);
  const { coverage } = scanFile({ name: last, path, from: 0, to: Infinity }, fs, { isLenient: true });
  if (coverage === undefined) return false;
  return basename(coverage.recordFile) !== record || coverage.bytes < (files.sizeOf(record) ?? 0);
}
