// Archives a logdir for a test that is about reading archives.
import { closeSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { ArchiveWriter, LIMITS, type WindowLimits } from "../../src/archive/archive-writer.js";
import type { ArchivedKind } from "../../src/archive/manifest.js";
import { eventFileNameOf, isEventFileName } from "../../src/events/file-name.js";
import { FileSource } from "../../src/events/reading/byte-source.js";
import { findRuns } from "../../src/events/runs.js";

/** Writes the archive of all files below `logdir` to `out`, and gives `out`. */
export function archiveOf(logdir: string, out: string, limits: WindowLimits = LIMITS): string {
  const fd = openSync(out, "wx");
  try {
    const sink = {
      write: (bytes: Uint8Array) => {
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
      },
    };
    const writer = new ArchiveWriter(sink, undefined, limits);
    for (const path of filesBelow(logdir)) {
      const below = relative(logdir, path);
      const entry = {
        path: below,
        run: dirname(below),
        kind: kindOf(path),
        modified: statSync(path).mtimeMs,
      };
      const source = new FileSource(path);
      for (const _ of writer.add(source, entry));
      source.close();
    }
    writer.finish();
  } finally {
    closeSync(fd);
  }
  return out;
}

// Run by run; the event files of each first, in TensorBoard's order.
function filesBelow(logdir: string): string[] {
  const all = readdirSync(logdir, { recursive: true, withFileTypes: true });
  const paths = all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const known = findRuns(logdir).flatMap(({ dir, files }) => [
    ...files,
    ...paths.filter((path) => dirname(path) === dir && !files.includes(path)).toSorted(),
  ]);
  return [...known, ...paths.filter((path) => !known.includes(path))];
}

function kindOf(path: string): ArchivedKind {
  const name = basename(path);
  if (isEventFileName(name)) return "events";
  return eventFileNameOf(name) === undefined ? "other" : "records";
}
