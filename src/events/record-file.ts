// The file that has every event of a bounded session: an event file but for its name, so that TensorBoard does not read it.

import { basename, dirname, join } from "node:path";
import { RecordBuffer } from "../wire/record-buffer.js";
import { AppendFile, WRITE_AT_BYTES, type FirstContent } from "./append-file.js";
import type { Continuation } from "./continuation.js";
import { eventFileNameOf, hasUsualForm, recordFileNameOf } from "./file-name.js";
import { foldRecordFiles } from "./fold-records.js";
import { headOf, startOf } from "./head.js";
import type { OldFiles } from "./old-files.js";
import type { EventFileWriterOptions, Session } from "./session.js";

/**
 * A session's record file. Its names are in the order of the sessions, as those of event files. With `fold`, small ones of earlier sessions
 * become its beginning; `oldFiles` then deletes them.
 */
export function recordFileOf(
  session: Session,
  { purgeStep, fold = true }: EventFileWriterOptions,
  oldFiles: OldFiles,
): AppendFile<RecordBuffer> {
  const { continuation } = session;
  const buffer = new RecordBuffer(WRITE_AT_BYTES + 4096);
  return new AppendFile({
    ...session,
    buffer,
    what: "record file",
    newPath: (existing, now) => {
      // Those of event files too: one that has all events of its session becomes a record file.
      const names = existing.flatMap((name) => eventFileNameOf(name) ?? (hasUsualForm(name) ? name : []));
      const path = session.newPath(names, now);
      return join(dirname(path), recordFileNameOf(basename(path)));
    },
    addHead: (wallTime) => {
      buffer.append(headOf(wallTime));
      addStart(wallTime);
    },
    firstContent: (now) => {
      if (continuation !== undefined) return continued(continuation, now);
      return fold ? folded(now) : undefined;
    },
  });

  function addStart(wallTime: number): void {
    for (const start of continuation?.starts(wallTime) ?? []) buffer.append(start);
    if (purgeStep !== undefined) for (const start of startOf(wallTime, purgeStep)) buffer.append(start);
  }

  function continued(continuation: Continuation, now: number): FirstContent {
    const needless = continuation.needless();
    const onMade = (): void => {
      // Not at once: the curves are going to be read from them.
      for (const path of needless) oldFiles.add(path, now);
    };
    return { pieces: continuation.pieces(now), onMade };
  }

  function folded(now: number): FirstContent | undefined {
    const { directory, fileSystem, hostname, pid } = session;
    const onFailed = (error: unknown): void => {
      const message = `The earlier record files of ${directory.path} stay as they are: ${(error as Error).message}`;
      process.emitWarning(message, { code: "NOT_FOLDED" });
    };
    try {
      const fold = foldRecordFiles(directory.path, fileSystem, { hostname, pid }, now);
      if (fold === undefined) return undefined;
      const onMade = (): void => {
        addStart(now / 1000);
        // Not at once: the curves are going to be read from the last of them.
        for (const path of fold.paths) oldFiles.add(path, now);
        oldFiles.sweep();
      };
      return { pieces: fold.pieces, onMade, onFailed };
    } catch (error) {
      onFailed(error);
      return undefined;
    }
  }
}
