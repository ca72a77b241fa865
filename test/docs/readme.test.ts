// The programs in README.md, run as they stand there.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileReader, findRuns } from "../../src/events/index.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const programs = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);

// Inside the project, so that the package finds itself by its name.
let dir: string;
beforeAll(() => {
  mkdirSync(join(root, ".cache"), { recursive: true });
  dir = mkdtempSync(join(root, ".cache", "readme-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function runProgram(index: number): { cwd: string; status: number | null; stderr: string } {
  const cwd = join(dir, String(index));
  mkdirSync(cwd);
  const file = join(cwd, "program.ts");
  writeFileSync(file, programs[index]!);
  const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
  const { status, stderr } = spawnSync(process.execPath, [tsx, file], {
    cwd,
    encoding: "utf8",
    timeout: 50_000,
  });
  return { cwd, status, stderr };
}

function points(logdir: string): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const run of findRuns(logdir)) {
    const tags: Record<string, number> = (counts[run.name] = {});
    for (const file of run.files) {
      using reader = new EventFileReader(file);
      for (const event of reader) for (const { tag } of event.summary ?? []) tags[tag] = (tags[tag] ?? 0) + 1;
    }
  }
  return counts;
}

describe("README.md", () => {
  test("has the two programs this file runs", () => {
    expect(programs).toHaveLength(2);
  });

  test("its writer logs a run", () => {
    const { cwd, status, stderr } = runProgram(0);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(points(join(cwd, "logs"))).toEqual({
      "my-run": { loss: 1000, "train/accuracy": 1000, "train/lr": 1000 },
    });
  });

  test("its trial logs a training", () => {
    const { cwd, status, stderr } = runProgram(1);
    expect(status, stderr).toBe(0);
    expect(points(join(cwd, "logs"))).toEqual({
      Parabola_torchbearer: { "epoch/x": 1 },
      "Parabola_torchbearer/epoch-0": { "batch/x": 200 },
    });
  });
});
