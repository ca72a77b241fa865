// Who works on a run, and whether that process still runs.

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isRunning } from "../events/abandoned.js";

/** A process at a time. */
export interface ProcessMark {
  readonly host: string;
  readonly pid: number;
  /** When it began to work on the run: milliseconds since 1970-01-01 UTC. */
  readonly since: number;
}

/** How exactly the system tells when a process was started. */
const SLACK_MS = 2000;
/** Linux tells times of processes in hundredths of a second, to all programs. */
const TICKS_PER_SECOND = 100;

/** This process, now. */
export function thisProcess(): ProcessMark {
  return { host: hostname(), pid: process.pid, since: Date.now() };
}

/**
 * Whether another process of this machine, which still runs, made the mark. Of other machines that cannot be told: false. On Linux a process
 * that was started after the mark only has the number of the one that is meant.
 */
export function isOtherProcess({ host, pid, since }: ProcessMark): boolean {
  if (host !== hostname() || pid === process.pid || !isRunning(pid)) return false;
  const started = startOf(pid);
  return started === undefined || started <= since + SLACK_MS;
}

// Milliseconds since 1970-01-01 UTC; undefined where the system does not say.
function startOf(pid: number): number | undefined {
  try {
    const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may have anything in it.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return boot === undefined || ticks === undefined
      ? undefined
      : (Number(boot) + Number(ticks) / TICKS_PER_SECOND) * 1000;
  } catch {
    return undefined;
  }
}
