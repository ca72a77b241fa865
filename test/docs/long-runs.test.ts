// docs/long-runs.md: its program runs as it stands there, and prints the same after a kill.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { shownCurves } from "../helpers/loader-rules.js";
import { root } from "../package/project.js";
import { programsIn, runProgram, useProgramFiles } from "./programs.js";

const fileOf = useProgramFiles();

test("the program of a resumed training ends alike, killed or not", async () => {
  const [program] = programsIn("docs/long-runs.md");
  const whole = fileOf(program!);
  const { stdout, stderr, status } = runProgram(whole);
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(Number(stdout)).toBeGreaterThan(-1);

  // Slow enough to be killed in its midst.
  const wait = "{ onStepTraining: () => process.env.SLOW && new Promise((r) => setTimeout(r, 1)) },";
  const slow = fileOf(program!.replace("callbacks: [", `callbacks: [${wait}`));
  const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
  const checkpoints = join(dirname(slow), "checkpoints");
  const saved = (): number => (existsSync(checkpoints) ? readdirSync(checkpoints).length : 0);
  const child = spawn(process.execPath, ["--import", join(dirname(tsx), "loader.mjs"), slow], {
    cwd: dirname(slow),
    stdio: "ignore",
    env: { ...process.env, SLOW: "1" },
  });
  await expect.poll(saved, { timeout: 30_000, interval: 5 }).toBeGreaterThan(0);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("close", resolve));
  const resumed = runProgram(slow);
  expect(resumed).toEqual({ stdout, stderr: "", status: 0 });
  expect(shownCurves(join(dirname(slow), "logs"))).toEqual(shownCurves(join(dirname(whole), "logs")));
});
