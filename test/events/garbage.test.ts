// What an event of scalars leaves for the garbage collector, plain and bounded.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

it("is the number that the clock gives, and hardly more", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      "--import",
      "tsx",
      "--min-semi-space-size=256",
      "--max-semi-space-size=256",
      join(import.meta.dirname, "garbage-workload.ts"),
    ],
    { cwd: root, timeout: 50_000, killSignal: "SIGKILL", env: { ...process.env, NODE_OPTIONS: "" } },
  );
  const result = JSON.parse(stdout) as Record<
    "plain" | "bounded" | "withoutRecords" | "control" | "collections",
    number
  >;
  expect(result.collections).toBe(0);
  expect(result.control).toBeGreaterThan(24);
  // A number on the heap is 16 bytes.
  const large = (["plain", "bounded", "withoutRecords"] as const).filter((kind) => result[kind] > 24);
  expect(large).toEqual([]);
});
