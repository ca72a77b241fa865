// Whether somebody may still be writing a file of a run, told by its name and age.

import { errnoOf } from "../errors.js";
import { cleanForFileName } from "./file-name.js";

const OTHER_MACHINE_IDLE_MS = 10 * 60 * 1000;
const OURS = /\.\d{10}\.\d{6}\.(.+)$/s;

/** Who asks: its host and the process's part of the names of its files. */
export interface Asker {
  readonly hostname: string;
  /** `4711`, or `4711-2` in a worker thread. */
  readonly pid: string;
}

/**
 * Whether the writer of the file `name` is gone. On this machine that is asked of its process; a file of another machine counts as left
 * when nothing was added for ten minutes (a writer that comes back to a deleted file notices before it writes). The asker's own
 * name means an earlier writer of the asker, or a process before it that had its number.
 */
export function isAbandoned(name: string, { hostname, pid }: Asker, idleMs: number): boolean {
  const author = OURS.exec(name)?.[1];
  const host = cleanForFileName(hostname);
  if (author === undefined || !author.startsWith(`${host}.`)) return idleMs >= OTHER_MACHINE_IDLE_MS;
  const found = /^(\d+)(-\d+)?(?:\.|$)/.exec(author.slice(host.length + 1));
  if (found === null) return idleMs >= OTHER_MACHINE_IDLE_MS;
  const [, number = "", thread = ""] = found;
  if (number + thread === pid) return true;
  // Of a thread of this process it cannot be asked whether it still runs.
  if (number === pid.split("-")[0]) return idleMs >= OTHER_MACHINE_IDLE_MS;
  return !isRunning(Number(number));
}

function isRunning(pid: number): boolean {
  if (!(pid > 0 && pid < 2 ** 31)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is somebody else's.
    return errnoOf(error) === "EPERM";
  }
}
