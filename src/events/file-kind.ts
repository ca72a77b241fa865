// Who wrote a file of a run.

import { parseWriter } from "./coverage.js";
import type { FileSystem } from "./file-system.js";
import { storedEvents } from "./stored-events.js";

/** `whole`: this package, with every event of its session; `bounded`: this package, with bounded curves; `foreign`: another program. */
export type FileKind = "whole" | "bounded" | "foreign";

/** The kind of a file whose first event says so of its writer. */
export function kindOfWriter(writer: ReturnType<typeof parseWriter>): FileKind {
  return writer === undefined ? "foreign" : writer.isBounded ? "bounded" : "whole";
}

/** What the first event of `path` says; `undefined` when there is none. Throws a `CorruptFileError` when it is damaged, and the system's errors. */
export function kindOf(path: string, fs: FileSystem): FileKind | undefined {
  for (const { event } of storedEvents(path, fs))
    return kindOfWriter(parseWriter(event.sourceMetadata?.writer));
  return undefined;
}
