// The event files of a logdir, of a run's directory, or one event file, on the disk.

import { statSync } from "node:fs";
import { LogdirError } from "../../errors.js";
import type { Run } from "../runs.js";
import { FileSource, type ByteSource } from "./byte-source.js";
import { fullResolutionFiles } from "./full-resolution.js";
import type { LogSource } from "./log-source.js";
import { beginsAsParquet } from "./parquet-file.js";
import { runsAt } from "./runs-at.js";

/** What is on the disk at a path; it is looked for at each call. */
export class LogdirSource implements LogSource {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  runs(options: { onError?: (error: LogdirError) => void } = {}): Run[] {
    const { path } = this;
    const runs = runsAt(path, options);
    if (runs.length === 1 && runs[0]!.files[0] === path && beginsAsParquet(path)) {
      const message = `${path} is a Parquet file, not an event file: openArchive opens an archive`;
      throw new LogdirError("NOT_AN_EVENT_FILE", path, message);
    }
    return runs;
  }

  fullResolutionFiles(run: Run): readonly string[] {
    return fullResolutionFiles(run);
  }

  open(file: string): ByteSource {
    return new FileSource(file);
  }
}

/** Bytes of a file of the source; 0 of one on the disk that is gone. Throws the system's errors, and what the source does. */
export function sizeIn(source: LogSource, path: string): number {
  if (source instanceof LogdirSource) return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const file = source.open(path);
  try {
    return file.size();
  } finally {
    file.close();
  }
}
