// SIGKILL at any moment: what was flushed is readable, at most the last record is torn, and the run goes on in a new file.
import { beforeAll, describe, expect, it } from "vitest";
import { killAndResume } from "../helpers/kills.js";
import { compilePrograms } from "../helpers/programs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("kill");
let programs: string;
beforeAll(() => {
  programs = compilePrograms("test/events/programs", tempDir());
});

describe("a program that is killed while it logs", () => {
  // The full tests kill a thousand.
  it.each([1, 7, 1000, 20_000])("keeps what it flushed, every %d steps, and its run goes on", async (every) => {
    const moments = [0, 1, 5, 20].map((ms) => ms * (0.5 + Math.random()));
    for (const delayMs of moments) {
      const dir = tempDir();
      const { last } = await killAndResume({ programs, dir, every, count: 1e9, delayMs });
      // It was not killed before it did anything.
      expect(last, `killed after ${delayMs} ms`).toBeGreaterThanOrEqual(every - 1);
    }
  });
});
