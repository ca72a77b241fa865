// A thousand kills at random moments, on every path through the writer; kill.test.ts has a few.
import { rmSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { killAndResume } from "../helpers/kills.js";
import { compilePrograms } from "../helpers/programs.js";
import { killOnPath, PATHS, resumeOnPath, type Path } from "../helpers/restart-kills.js";
import { useTempDir } from "../helpers/temp-dir.js";

const PLAIN_KILLS = 400;
const PATH_KILLS = 200;

const tempDir = useTempDir("kill-full");
let programs: string;
beforeAll(() => {
  programs = compilePrograms("test/events/programs", tempDir());
});

/** Calls `body` with the numbers below `count`, two at a time. */
async function eachOf(count: number, body: (number: number) => Promise<void>): Promise<void> {
  let started = 0;
  const oneAfterAnother = async (): Promise<void> => {
    while (started < count) await body(started++);
  };
  await Promise.all([oneAfterAnother(), oneAfterAnother()]);
}

it(`keeps what was flushed in ${PLAIN_KILLS} kills, and every run goes on`, async () => {
  let torn = 0;
  let unflushed = 0;
  let kills = 0;
  await eachOf(PLAIN_KILLS, async (number) => {
    const every = [1, 2, 7, 100, 3000, 5000][number % 6]!;
    // Most kills early, where the first writes are.
    const when =
      number % 10 === 0
        ? ({ from: "start", delayMs: 200 * Math.random() } as const)
        : ({ from: "first flush", delayMs: 12 * Math.random() ** 2 } as const);
    const dir = tempDir();
    const remains = await killAndResume({ programs, dir, every, count: 1e9, ...when });
    rmSync(dir, { recursive: true });
    kills++;
    if (remains.torn > 0) torn++;
    if (remains.last % every !== every - 1) unflushed++;
  });
  process.stderr.write(`${kills} kills: ${torn} torn tails, ${unflushed} with steps behind the last flush\n`);
  expect(kills).toBe(PLAIN_KILLS);
}, 1_800_000);

it.each<Path>(PATHS)(
  `keeps what was flushed in ${PATH_KILLS} kills while it is %s`,
  async (path) => {
    let torn = 0;
    let unfinished = 0;
    let kills = 0;
    await eachOf(PATH_KILLS, async () => {
      const dir = tempDir();
      const killed = await killOnPath(programs, dir, path, 400 * Math.random());
      resumeOnPath(dir, path, killed);
      rmSync(dir, { recursive: true });
      kills++;
      if (killed.torn > 0) torn++;
      if (killed.isUnfinished) unfinished++;
    });
    process.stderr.write(
      `${kills} kills while ${path}: ${torn} torn tails, ${unfinished} files that never appeared\n`,
    );
    expect(kills).toBe(PATH_KILLS);
  },
  1_800_000,
);
