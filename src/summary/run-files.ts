// The files of a new session: where they are when nothing is said, and the mirror beside the event file.

import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "../errors.js";
import { cleanForFileName } from "../events/file-name.js";
import { JsonLinesSink } from "../events/json-lines-sink.js";
import { openEventWriter } from "../events/open-event-writer.js";
import { TeeSink } from "../events/tee-sink.js";
import { workerDirectory } from "../events/worker.js";
import type { LogTarget } from "./log-session.js";
import type { SummaryWriterOptions } from "./writer-options.js";

/** The logdir that is used when none is named. */
export const DEFAULT_LOGDIR = "logs";

/** Opens the event file of the run in `logdir`, or of a new one, and the JSON lines if they are asked for. */
export function openFiles(logdir: string | undefined, options: SummaryWriterOptions): LogTarget {
  const { jsonLines = false, clock } = options;
  if (jsonLines === "" || (typeof jsonLines !== "boolean" && typeof jsonLines !== "string")) {
    throw new ArgumentError("jsonLines", "true, false or a path", jsonLines);
  }
  const dir = workerDirectory(logdir ?? newRunDirectory(options), options.worker);
  const file = openEventWriter(dir, options);
  if (jsonLines === false) return { sink: file, file };
  try {
    const path = jsonLines === true ? join(file.dir, "scalars.jsonl") : jsonLines;
    const mirror = new JsonLinesSink(path, options);
    return { sink: new TeeSink([file, mirror], clock && { clock }), file, mirror };
  } catch (error) {
    file.closeSync();
    throw error;
  }
}

// A run that is not there yet: `logs/<date>_<time>_<host><comment>`.
function newRunDirectory(options: SummaryWriterOptions): string {
  const now = new Date((options.clock ?? Date.now)());
  const two = (n: number): string => String(n).padStart(2, "0");
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}-${two(now.getMinutes())}-${two(now.getSeconds())}`;
  const host = cleanForFileName(options.hostname ?? hostname());
  const comment = options.comment === undefined ? "" : cleanForFileName(options.comment);
  const name = join(DEFAULT_LOGDIR, `${date}_${time}_${host}${comment}`);
  // Programs that are started in the same second are different runs.
  let number = 0;
  while (existsSync(number === 0 ? name : `${name}_${number}`)) number++;
  return number === 0 ? name : `${name}_${number}`;
}
