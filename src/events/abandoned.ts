// Whether somebody may still be writing a file of a run, told by its name and age.

import { uptime } from "node:os";
import { errnoOf } from "../errors.js";
import { authorInName, cleanForFileName } from "./file-name.js";

const OTHER_MACHINE_IDLE_MS = 10 * 60 * 1000;
/** How far the clocks of the machine and of its files may be apart. */
const CLOCK_SLACK_MS = 60 * 1000;

/** Who asks: its host and the process's part of the names of its files. */
export interface Asker {
  readonly hostname: string;
  /** `4711`, or `4711-2` in a worker thread. */
  readonly pid: string;
}

/**
 * Whether the writer of the file `name` is gone, which was last written at `mtimeMs`, in milliseconds by the file system's clock. On this
 * machine that is asked of its process, unless the machine was started since; a file of another machine counts as left when nothing was
 * added for ten minutes (a writer that comes back to a deleted file notices before it writes). The asker's own name means an earlier writer
 * of the asker, or a process before it that had its number.
 */
export function isAbandoned(name: string, asker: Asker, mtimeMs: number): boolean {
  return isGone(authorInName(name), asker, mtimeMs);
}

/** `isAbandoned` for the file of an author, as `<host>.<process>`; `undefined` for one that is not known. */
export function isGone(author: string | undefined, { hostname, pid }: Asker, mtimeMs: number): boolean {
  // Not a session's clock, which may be a simulation's: the file system's goes with this one.
  const idleMs = Date.now() - mtimeMs;
  const isIdle = idleMs >= OTHER_MACHINE_IDLE_MS;
  const host = cleanForFileName(hostname);
  if (author === undefined || !author.startsWith(`${host}.`)) return isIdle;
  const found = /^(\d+)(-\d+)?(?:\.|$)/.exec(author.slice(host.length + 1));
  if (found === null) return isIdle;
  const [, number = "", thread = ""] = found;
  if (number + thread === pid) return true;
  // The process that has the number now is another one.
  if (idleMs > uptime() * 1000 + CLOCK_SLACK_MS) return true;
  // Of a thread of this process it cannot be asked whether it still runs.
  if (number === pid.split("-")[0]) return isIdle;
  return !isRunning(Number(number));
}

/** Whether a process of this machine has that number. */
export function isRunning(pid: number): boolean {
  if (!(pid > 0 && pid < 2 ** 31)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is somebody else's.
    return errnoOf(error) === "EPERM";
  }
}
