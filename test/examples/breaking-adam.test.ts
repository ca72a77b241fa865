// The tutorial as an example, at reduced steps, against PyTorch's own trajectory.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileReader, findRuns } from "../../src/events/index.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const example = join(root, "examples", "breaking-adam.ts");
const golden = JSON.parse(
  readFileSync(join(root, "test", "fixtures", "torch-golden.json"), "utf8"),
) as Record<string, { x_after_clamp: number }>;

let logdir: string;
let output: { status: number | null; stdout: string; stderr: string };
beforeAll(() => {
  logdir = join(mkdtempSync(join(tmpdir(), "tnl-example-")), "logs");
  const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
  output = spawnSync(process.execPath, [tsx, example, "20000", logdir], {
    encoding: "utf8",
    timeout: 50_000,
  });
});
afterAll(() => rmSync(join(logdir, ".."), { recursive: true, force: true }));

describe("examples/breaking-adam.ts", () => {
  test("is at most 80 lines", () => {
    expect(readFileSync(example, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(80);
  });

  test("ends without an error where PyTorch ends", () => {
    expect({ status: output.status, stderr: output.stderr }).toEqual({ status: 0, stderr: "" });
    const ends = [...output.stdout.matchAll(/^(\w+), (\w+): x = (\S+) after 20000 steps$/gm)];
    expect(ends.map(([, problem, optimizer]) => `${problem}_${optimizer}`)).toEqual([
      "Online_Adam",
      "Online_AMSGrad",
      "Stochastic_Adam",
      "Stochastic_AMSGrad",
    ]);
    for (const [, problem, optimizer, x] of ends) {
      const torch = golden[`${problem}_${optimizer}_f64`.toLowerCase()]!.x_after_clamp;
      expect(Math.abs(Number(x) - torch)).toBeLessThan(1e-14);
    }
  });

  test("logs every tenth estimate of four runs", () => {
    const runs = findRuns(logdir);
    expect(runs.map((run) => run.name)).toEqual([
      "Online_adam/epoch-0",
      "Online_amsgrad/epoch-0",
      "Stochastic_adam/epoch-0",
      "Stochastic_amsgrad/epoch-0",
    ]);
    for (const run of runs) {
      using reader = new EventFileReader(run.files[0]!);
      const steps = [...reader].flatMap((event) => (event.summary ?? []).map(({ tag }) => [tag, event.step]));
      expect(steps).toEqual(Array.from({ length: 2000 }, (_, i) => ["batch/est", i * 10]));
    }
  });

  test("draws both figures, two lines each", () => {
    for (const name of ["online", "stochastic"]) {
      const svg = readFileSync(join(logdir, `${name}.svg`), "utf8");
      expect(svg).toContain("AMSGrad");
      expect(svg.match(/<path[^>]* d="M/g)?.length).toBeGreaterThanOrEqual(2);
    }
  });
});
