// What a step of an optimizer leaves for the garbage collector.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("is nothing, with any optimizer and any projection", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      "--import",
      "tsx",
      "--min-semi-space-size=256",
      "--max-semi-space-size=256",
      join(import.meta.dirname, "garbage-workload.ts"),
    ],
    { timeout: 50_000, killSignal: "SIGKILL", env: { ...process.env, NODE_OPTIONS: "" } },
  );
  const { results, control } = JSON.parse(stdout) as { results: [string, number][]; control: number };
  expect(control).toBeGreaterThan(24);
  expect(results).toHaveLength(15);
  // A number that V8 makes an object while it compiles anew is 16 bytes, once in a while.
  expect(results.filter(([, bytes]) => bytes > 4)).toEqual([]);
});
