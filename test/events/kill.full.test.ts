// A thousand kills at random moments; kill.test.ts has a few.
import { rmSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { killAndResume } from "../helpers/kills.js";
import { compilePrograms } from "../helpers/programs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const KILLS = 1000;

const tempDir = useTempDir("kill-full");
let programs: string;
beforeAll(() => {
  programs = compilePrograms("test/events/programs", tempDir());
});

it(`keeps what was flushed in ${KILLS} kills, and every run goes on`, async () => {
  let started = 0;
  let torn = 0;
  let unflushed = 0;
  const killOneAfterAnother = async (): Promise<void> => {
    while (started < KILLS) {
      const number = started++;
      const every = [1, 2, 7, 100, 3000, 5000][number % 6]!;
      // Most kills early, where the first writes are.
      const when =
        number % 10 === 0
          ? ({ from: "start", delayMs: 200 * Math.random() } as const)
          : ({ from: "first flush", delayMs: 12 * Math.random() ** 2 } as const);
      const dir = tempDir();
      const remains = await killAndResume({ programs, dir, every, count: 1e9, ...when });
      rmSync(dir, { recursive: true });
      if (remains.torn > 0) torn++;
      if (remains.last % every !== every - 1) unflushed++;
    }
  };
  await Promise.all([killOneAfterAnother(), killOneAfterAnother()]);
  process.stderr.write(`${KILLS} kills: ${torn} torn tails, ${unflushed} with steps behind the last flush\n`);
  expect(started).toBe(KILLS);
}, 1_800_000);
