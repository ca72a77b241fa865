// A lock between processes: a directory, because making one is atomic everywhere.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { errnoOf } from "../../errors.js";

/** How long to wait for a lock, and how long one can be held, in milliseconds. */
export interface LockTimes {
  readonly waitMs: number;
  /** A lock older than this is left over, even if a process with its id is there: ids are used again. */
  readonly staleMs: number;
}

const POLL_MS = 100;
/** The owner's name follows the directory at once; a nameless lock this old lost its owner in between. */
const NAMELESS_MS = 5_000;

/**
 * Runs `action` while no other process holds the lock `directory`; removes it after, also when `action` throws. A lock
 * whose process is gone is taken over.
 *
 * @throws {Error} When the lock was not free within `waitMs`.
 */
export async function withLock<T>(directory: string, times: LockTimes, action: () => Promise<T>): Promise<T> {
  const end = Date.now() + times.waitMs;
  while (!acquire(directory)) {
    if (isStale(directory, times.staleMs)) removeStale(directory, times.staleMs);
    else if (Date.now() > end) throw new Error(`Another process holds ${directory}; if none does, remove it`);
    else await sleep(POLL_MS);
  }
  try {
    return await action();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function acquire(directory: string): boolean {
  try {
    mkdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
  writeFileSync(ownerFile(directory), `${hostname()} ${process.pid}`);
  return true;
}

function isStale(directory: string, staleMs: number): boolean {
  const owner = readOwner(directory);
  const age = ageOf(directory);
  if (age === undefined) return false;
  if (age > staleMs) return true;
  if (owner === undefined) return age > NAMELESS_MS;
  return owner.host === hostname() && !isAlive(owner.pid);
}

/**
 * Two processes can judge one lock stale, and the slower must not remove the faster's new lock: only the holder of a
 * second lock removes, and it judges again.
 */
function removeStale(directory: string, staleMs: number): void {
  const removal = `${directory}-removal`;
  try {
    mkdirSync(removal);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    // Held for microseconds; an old one lost its process in between.
    if ((ageOf(removal) ?? 0) > NAMELESS_MS) rmSync(removal, { recursive: true, force: true });
    return;
  }
  try {
    if (!isStale(directory, staleMs)) return;
    const grave = `${directory}-stale-${process.pid}`;
    renameSync(directory, grave);
    rmSync(grave, { recursive: true, force: true });
  } finally {
    rmSync(removal, { recursive: true, force: true });
  }
}

function ownerFile(directory: string): string {
  return path.join(directory, "owner");
}

function readOwner(directory: string): { host: string; pid: number } | undefined {
  try {
    const [host, pid] = readFileSync(ownerFile(directory), "utf8").split(" ");
    return host && Number(pid) > 0 ? { host, pid: Number(pid) } : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the directory was last changed; `undefined` when it is gone. */
function ageOf(directory: string): number | undefined {
  const stats = statSync(directory, { throwIfNoEntry: false });
  return stats === undefined ? undefined : Date.now() - stats.mtimeMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return errnoOf(error) === "EPERM";
  }
}
