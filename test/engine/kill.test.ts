// SIGKILL at random moments of trainings that go on from their last checkpoints: all comes out as if nothing had happened.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { expect, it } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";
import { killUntilEnd, type Kill } from "../helpers/training-kills.js";
import { runWhole, trainings } from "../helpers/trainings.js";

const tempDir = useTempDir("training-kill");

// The full tests kill a hundred times and more.
it.concurrent.each(trainings(tempDir()))(
  "a training that is killed has the same parameters, history, files and curves: $name",
  async (training) => {
    const dir = tempDir();
    const whole = await runWhole(training, join(dir, "whole"));
    let kills: readonly Kill[] = [];
    // One that has ended before it was killed is no use: the machine has become quicker since it was timed.
    for (let tries = 0; kills.length === 0 && tries < 10; tries++) {
      const options = { seed: randomInt(2 ** 31), maxKills: 1, first: "in an epoch" } as const;
      kills = await killUntilEnd(training, join(dir, `killed-${tries}`), whole, options);
    }
    expect(kills.length).toBeGreaterThan(0);
  },
);
