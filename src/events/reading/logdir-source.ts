// The event files of a logdir, of a run's directory, or one event file, on the disk.

import type { LogdirError } from "../../errors.js";
import type { Run } from "../runs.js";
import { FileSource, type ByteSource } from "./byte-source.js";
import { fullResolutionFiles } from "./full-resolution.js";
import type { LogSource } from "./log-source.js";
import { runsAt } from "./runs-at.js";

/** What is on the disk at a path; it is looked for at each call. */
export class LogdirSource implements LogSource {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  runs(options: { onError?: (error: LogdirError) => void } = {}): Run[] {
    return runsAt(this.path, options);
  }

  fullResolutionFiles(run: Run): readonly string[] {
    return fullResolutionFiles(run);
  }

  open(file: string): ByteSource {
    return new FileSource(file);
  }
}
