// A program that archives is killed a hundred times, at random moments.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { PyRandom } from "../../src/math/py-random.js";
import { ARCHIVE_PATHS, killArchiving, writeLogdirToKill } from "../helpers/archive-kills.js";
import { compilePrograms } from "../helpers/programs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const makeDir = useTempDir("archive-kills-full");
const KILLS = 100;
/** Nearly all of an archive is made in this time. */
const LONGEST_MS = 800;
let programs: string;
let logdir: string;

beforeAll(() => {
  programs = compilePrograms("test/archive/programs", makeDir());
  logdir = join(makeDir(), "logs");
  writeLogdirToKill(logdir);
});

it.each(ARCHIVE_PATHS)("while %s", { timeout: 1_200_000 }, async (path) => {
  const random = new PyRandom(7);
  const sum = { kills: 0, parts: 0, continued: 0 };
  while (sum.kills < KILLS) {
    const dir = makeDir();
    const found = await killArchiving(programs, logdir, dir, path, () => random.random() * LONGEST_MS);
    for (const name of ["kills", "parts", "continued"] as const) sum[name] += found[name];
    rmSync(dir, { recursive: true });
  }
  process.stdout.write(`${path}: ${JSON.stringify(sum)}\n`);
  // Else the kills come at the same place.
  expect(sum.parts).toBeGreaterThan(KILLS / 10);
  expect(sum.continued).toBeGreaterThan(0);
});
