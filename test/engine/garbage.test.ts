// What a step of the main job leaves for the garbage collector.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

it("is at most 8 bytes with the model's own gradient, and hardly more on the tape", async () => {
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
  const result = JSON.parse(stdout) as Record<"gradient" | "tape" | "control" | "collections", number>;
  expect(result.collections).toBe(0);
  expect(result.control).toBeGreaterThan(24);
  expect(result.gradient).toBeLessThanOrEqual(8);
  expect(result.tape).toBeLessThanOrEqual(16);
});
