// Names of workers, from what Node and pm2 tell them, and where they write.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { nameWorker, workerDirectory, workerName, type WorkerFacts } from "../../src/events/worker.js";
import { errorOf } from "../helpers/errors.js";

const main: WorkerFacts = { isMainThread: true, threadId: 0, clusterId: undefined, env: {} };
const thread = (threadId: number) => ({ isMainThread: false, threadId });
/** What pm2 7.0.4 sets, seen in processes that it started. */
const pm2 = (exec_mode: string, instances: string, instance: string, more: object = {}) => ({
  env: {
    ...{ pm_id: "7", name: "app", exec_mode, instances, NODE_APP_INSTANCE: instance },
    ...{ instance_var: "NODE_APP_INSTANCE", ...more },
  },
});

describe("nameWorker", () => {
  it.each<[what: string, facts: Partial<WorkerFacts>, name: string | undefined]>([
    ["the main thread", {}, undefined],
    ["a thread", thread(3), "worker-3"],
    ["a cluster's process", { clusterId: 2 }, "worker-2"],
    ["a thread in a cluster's process", { ...thread(1), clusterId: 2 }, "worker-2/worker-1"],
  ])("of %s", (_, facts, name) => {
    expect(nameWorker({ ...main, ...facts })).toBe(name);
  });

  it.each<[what: string, facts: Partial<WorkerFacts>, name: string | undefined]>([
    ["the one process of fork mode", pm2("fork_mode", "1", "0"), undefined],
    ["a thread in it", { ...pm2("fork_mode", "1", "0"), ...thread(2) }, "worker-2"],
    ["a cluster's process that it started", { ...pm2("fork_mode", "1", "0"), clusterId: 4 }, "worker-4"],
    ["the first of two in fork mode", pm2("fork_mode", "2", "0"), "worker-0"],
    ["the second of two in fork mode", pm2("fork_mode", "2", "1"), "worker-1"],
    ["one that pm2 scale added", pm2("fork_mode", "1", "1"), "worker-1"],
    [
      "a cluster's process that one of two started",
      { ...pm2("fork_mode", "2", "1"), clusterId: 4 },
      "worker-1/worker-4",
    ],
    ["the one process of cluster mode", { ...pm2("cluster_mode", "1", "0"), clusterId: 1 }, "worker-0"],
    ["a restarted process of cluster mode", { ...pm2("cluster_mode", "3", "1"), clusterId: 7 }, "worker-1"],
    ["a thread in it", { ...pm2("cluster_mode", "3", "1"), clusterId: 7, ...thread(1) }, "worker-1/worker-1"],
    [
      "one whose instance has another name",
      {
        ...pm2("cluster_mode", "2", "5", {
          instance_var: "MY_INSTANCE",
          MY_INSTANCE: "1",
        }),
        clusterId: 6,
      },
      "worker-1",
    ],
    ["one whose instance is no number", { ...pm2("cluster_mode", "2", "../../x"), clusterId: 6 }, "worker-6"],
  ])("under pm2, of %s", (_, facts, name) => {
    expect(nameWorker({ ...main, ...facts })).toBe(name);
  });

  it("takes no instance that somebody else than pm2 has set", () => {
    expect(nameWorker({ ...main, env: { NODE_APP_INSTANCE: "3" } })).toBeUndefined();
    expect(nameWorker({ ...main, env: { NODE_APP_INSTANCE: "3", exec_mode: "fork_mode" } })).toBeUndefined();
    expect(nameWorker({ ...main, ...pm2("other_mode", "3", "1") })).toBeUndefined();
  });
});

describe("workerDirectory", () => {
  // Tests run in processes that are no workers of node:cluster, although they have a channel.
  it("is the run's own in the main thread, and with false", () => {
    expect(process.send).toBeTypeOf("function");
    expect(workerName()).toBeUndefined();
    expect(workerDirectory("logs/run")).toBe("logs/run");
    expect(workerDirectory("logs/run", false)).toBe("logs/run");
  });

  it.each([
    ["actor", "actor"],
    ["actor/3", "actor/3"],
    ["/actor//3/", "actor/3"],
    ["../../actor", "_/_/actor"],
    ["./..", "_/_"],
    ["a b\\..\\c:d", "a_b___c_d"],
  ])("is below it for the name %j: %j", (name, below) => {
    expect(workerDirectory("logs/run", name)).toBe(join("logs/run", below));
  });

  it.each(["", "/", "//", true, 3, null])("is none for %j", (name) => {
    expect(errorOf(ArgumentError, () => workerDirectory("logs", name as string)).message).toMatch(
      /^Expected `worker` to be a name or false, got /,
    );
  });
});
