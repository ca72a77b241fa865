// The error for what the system cannot read.

import { errnoOf, explainErrno, LogdirError } from "../errors.js";

/** A file or directory cannot be read; `cause` is the system's error. */
export function unreadable(path: string, cause: unknown): LogdirError {
  const message = `Cannot read ${path}: ${explainErrno(errnoOf(cause), cause)}`;
  return new LogdirError("LOGDIR_NOT_READABLE", path, message, cause);
}
