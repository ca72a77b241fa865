// Where event files are: on the disk, or in an archive of a logdir.

import type { LogdirError } from "../../errors.js";
import type { Run } from "../runs.js";
import type { ByteSource } from "./byte-source.js";
import type { Restarts, ScalarColumns } from "./scalar-columns.js";

/** The files of a logdir, wherever they are. What reads a logdir by its path takes one of these too. */
export interface LogSource {
  /** What was opened, for messages. */
  readonly path: string;
  /**
   * The runs with event files, in TensorBoard's order. `onError` is told of what cannot be listed, and the search goes on; without it that throws.
   * Throws a `LogdirError`: `LOGDIR_NOT_READABLE`, `NO_EVENT_FILES`.
   */
  runs(options?: { onError?: (error: LogdirError) => void }): Run[];
  /** The files of a run that have every event of it: of a bounded run its record files. Throws a `LogdirError`. */
  fullResolutionFiles(run: Run): readonly string[];
  /**
   * Opens a file that `runs` or `fullResolutionFiles` named. The caller closes it. It is read forwards, with jumps over what is not looked at; at damage
   * also backwards, by as much as a record there claims to have. Throws a `LogdirError`.
   */
  open(file: string): ByteSource;
  /**
   * The scalars of these files of a run in columns, as `readScalarColumns` gives them, where there is a faster way than to read the files. `undefined`
   * where there is none, such as for files with damage, of which the reader would have to tell. `tags` is asked for every tag that the files have; `""`
   * is what a value without a tag has.
   */
  scalars?(
    files: readonly string[],
    options: { readonly tags: (tag: string) => boolean; readonly restarts: Restarts },
  ): Map<string, ScalarColumns> | undefined;
}
