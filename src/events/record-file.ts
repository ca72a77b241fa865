// The file that has every event of a bounded session: an event file but for its name, so that TensorBoard does not read it.

import { basename, dirname, join } from "node:path";
import { RecordBuffer } from "../wire/record-buffer.js";
import { AppendFile, WRITE_AT_BYTES } from "./append-file.js";
import { eventFileNameOf, recordFileNameOf } from "./file-name.js";
import { headOf, startOf } from "./head.js";
import type { Session } from "./session.js";

/** A session's record file. Its names are in the order of the sessions, as those of event files. */
export function recordFileOf(session: Session, purgeStep: number | undefined): AppendFile<RecordBuffer> {
  const buffer = new RecordBuffer(WRITE_AT_BYTES + 4096);
  return new AppendFile({
    ...session,
    buffer,
    what: "record file",
    newPath: (existing, now) => {
      const names = existing.flatMap((name) => eventFileNameOf(name) ?? []);
      const path = session.newPath(names, now);
      return join(dirname(path), recordFileNameOf(basename(path)));
    },
    addHead: (wallTime) => {
      buffer.append(headOf(wallTime));
      if (purgeStep !== undefined) for (const start of startOf(wallTime, purgeStep)) buffer.append(start);
    },
  });
}
