// A program that archives is killed: nothing half has the archive's name, `append` goes on, and no original is lost.
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ARCHIVE_PATHS, killArchiving, writeLogdirToKill } from "../helpers/archive-kills.js";
import { compilePrograms } from "../helpers/programs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const makeDir = useTempDir("archive-kills");
let programs: string;
let logdir: string;

beforeAll(() => {
  programs = compilePrograms("test/archive/programs", makeDir());
  logdir = join(makeDir(), "logs");
  writeLogdirToKill(logdir);
});

describe.each(ARCHIVE_PATHS)("killed while %s", (path) => {
  it("soon after it began, and later and later, it comes to its end", { timeout: 120_000 }, async () => {
    const found = await killArchiving(programs, logdir, makeDir(), path, (n) => n * 120);
    expect(found.kills).toBeGreaterThan(0);
  });
});
