// SIGKILL at any moment: what was flushed is readable, at most the last record is torn, and the run goes on in a new file.
import { beforeAll, describe, expect, it } from "vitest";
import { killAndResume } from "../helpers/kills.js";
import { compilePrograms } from "../helpers/programs.js";
import { killOnPath, PATHS, resumeOnPath } from "../helpers/restart-kills.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("kill");
let programs: string;
beforeAll(() => {
  programs = compilePrograms("test/events/programs", tempDir());
});

describe("a program that is killed while it logs", () => {
  // The full tests kill a thousand.
  it.each([1, 7, 1000, 5000])("keeps what it flushed, every %d steps, and its run goes on", async (every) => {
    for (const ms of [0, 2, 10]) {
      const delayMs = ms * (0.5 + Math.random());
      const { last } = await killAndResume({
        programs,
        dir: tempDir(),
        every,
        count: 1e9,
        delayMs,
        from: "first flush",
      });
      // It was not killed before it did anything.
      expect(last, `killed after ${delayMs} ms`).toBeGreaterThanOrEqual(every - 1);
    }
  });

  it("leaves nothing in the way when it is killed at its start", async () => {
    for (const ms of [40, 80, 120]) {
      const delayMs = ms * (0.5 + Math.random());
      const killed = killAndResume({
        programs,
        dir: tempDir(),
        every: 1,
        count: 1e9,
        delayMs,
        from: "start",
      });
      await expect(killed).resolves.toHaveProperty("last");
    }
  });
});

describe.each(PATHS)("a program that is killed while it is %s", (path) => {
  it("keeps what it flushed, once, and its run goes on", async () => {
    for (const ms of [20, 100, 300]) {
      const dir = tempDir();
      const delayMs = ms * (0.5 + Math.random());
      const killed = await killOnPath(programs, dir, path, delayMs);
      expect(killed.flushed, `killed after ${delayMs} ms`).toBeGreaterThanOrEqual(0);
      expect(killed.last).toBeGreaterThanOrEqual(killed.flushed);
      resumeOnPath(dir, path, killed);
    }
  });
});
