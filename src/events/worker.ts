// Who writes, among several at once: a worker thread, a process of node:cluster, an instance of pm2. Each gets a run of its own, since two
// writers in one directory make a zigzag in TensorBoard.

import type { Cluster } from "node:cluster";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, threadId } from "node:worker_threads";
import { ArgumentError } from "../errors.js";
import { cleanForFileName } from "./file-name.js";

const CLUSTER_MODE = "cluster_mode";

/** What tells the workers of a program apart. */
export interface WorkerFacts {
  readonly isMainThread: boolean;
  readonly threadId: number;
  /** `cluster.worker.id` of the process; `undefined` in one that is no worker of node:cluster. */
  readonly clusterId: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The name of this worker: `worker-<threadId>` in a worker thread, `worker-<id>` in a process of `node:cluster`,
 * `worker-<instance>` in one of several processes of pm2, and `worker-2/worker-1` for the thread 1 of process 2. `undefined` in
 * the main thread of a process that is none of these.
 *
 * A cluster's id and a thread's grow with each one that is started anew; pm2's instance (`NODE_APP_INSTANCE`, from 0) stays. Off
 * Linux, a thread does not know the cluster's process it is in.
 */
export function workerName(): string | undefined {
  return nameWorker({ isMainThread, threadId, clusterId: clusterId(), env: process.env });
}

/** The name of the worker with these facts, as `workerName` gives it. */
export function nameWorker(facts: WorkerFacts): string | undefined {
  const ids: (number | string)[] = [];
  const instance = pm2Instance(facts.env);
  if (instance !== undefined) ids.push(instance);
  // In pm2's cluster mode the two are the same process, and only the instance outlives a restart.
  const isCounted = instance !== undefined && facts.env["exec_mode"] === CLUSTER_MODE;
  if (facts.clusterId !== undefined && !isCounted) ids.push(facts.clusterId);
  if (!facts.isMainThread) ids.push(facts.threadId);
  return ids.length === 0 ? undefined : ids.map((id) => `worker-${id}`).join("/");
}

/** The process's part of the names of files: its number, and in a worker thread `4711-2`, since all its threads have that number. */
export function processPart(): string {
  return isMainThread ? String(process.pid) : `${process.pid}-${threadId}`;
}

/**
 * Where a worker writes the run of `dir`: below it, in a directory of the worker's name. `worker` is a name to take instead, in which `/`
 * separates directories; with `false`, and in the main thread without a name, it is `dir` itself.
 *
 * Throws an `ArgumentError` when `worker` is no name.
 */
export function workerDirectory(dir: string, worker?: string | false): string {
  if (worker === false) return dir;
  const name = worker === undefined ? workerName() : cleanName(worker);
  return name === undefined ? dir : join(dir, name);
}

function cleanName(worker: string): string {
  const parts = typeof worker === "string" ? worker.split("/").filter((part) => part !== "") : [];
  if (parts.length === 0) throw new ArgumentError("worker", "a name or false", worker);
  return parts.map(cleanForFileName).join("/");
}

// pm2 sets these in all its processes: exec_mode, instances as they were asked for at the start (`pm2 scale` changes nothing there), and
// the instance, under a name that `instance_var` can change. A single process in fork mode has the instance 0 and is no worker.
function pm2Instance(env: WorkerFacts["env"]): string | undefined {
  const mode = env["exec_mode"];
  if (env["pm_id"] === undefined || (mode !== CLUSTER_MODE && mode !== "fork_mode")) return undefined;
  const instance = env[env["instance_var"] ?? "NODE_APP_INSTANCE"];
  if (instance === undefined || !/^\d+$/.test(instance)) return undefined;
  const isSingle = instance === "0" && (env["instances"] ?? "1") === "1";
  return mode === "fork_mode" && isSingle ? undefined : instance;
}

function clusterId(): number | undefined {
  if (!isMainThread) return clusterIdOfProcess();
  // node:cluster is loaded where it is in use anyway: a worker of it has a channel to its primary.
  if (process.send === undefined) return undefined;
  const cluster: unknown = process.getBuiltinModule("node:cluster");
  return (cluster as Cluster).worker?.id;
}

// In a thread node:cluster knows nothing of the process, and Node has taken the id out of the environment. Linux keeps what the process
// was started with.
function clusterIdOfProcess(): number | undefined {
  try {
    const id = /(?:^|\0)NODE_UNIQUE_ID=(\d+)\0/.exec(readFileSync("/proc/self/environ", "latin1"))?.[1];
    return id === undefined ? undefined : Number(id);
  } catch {
    return undefined;
  }
}
