// What is at a path, links not followed.

import { lstatSync, type Stats } from "node:fs";
import { errnoOf } from "../../errors.js";
import { unreadable } from "../../events/unreadable.js";

/** `undefined` when there is nothing. Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when that cannot be told. */
export function statAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}
