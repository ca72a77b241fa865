// What both loaders show of damaged runs, before and after the repair.
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { repairLogdir } from "../../src/events/repair/repair-runs.js";
import { allShown, shownAtItsEnd, type ShownRuns } from "../helpers/all-shown.js";
import { DAMAGED_RUNS, writeRuns, type DamagedRun } from "../helpers/damaged-runs.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, type Loader } from "../helpers/tensorboard.js";

const makeDir = useTempDir("damage");

/** What a loader should show of these runs. */
function expectedOf(runs: readonly DamagedRun[], loader: Loader): ShownRuns {
  const shown = runs.flatMap(({ name, before: { [loader]: its } }) =>
    its === undefined ? [] : [[name, its]],
  );
  return Object.fromEntries(shown) as ShownRuns;
}

describeWithPython("the same runs after the repair", () => {
  let logdir: string;

  beforeAll(async () => {
    const damaged = makeDir();
    writeRuns(damaged, DAMAGED_RUNS);
    logdir = join(makeDir(), "repaired");
    await repairLogdir(damaged, { out: logdir, dropVoid: true });
  });

  test.each(LOADERS)("show every point that is left, in %s", async (loader) => {
    const expected = DAMAGED_RUNS.filter(({ after }) => after !== undefined);
    expect(await allShown(logdir, loader)).toEqual(
      Object.fromEntries(expected.map(({ name, after }) => [name, after])),
    );
  });
});

describeWithPython("damaged runs", () => {
  describe.each(LOADERS)("%s", (loader) => {
    test("shows of each what is written of it", async () => {
      const logdir = makeDir();
      const runs = DAMAGED_RUNS.filter(({ fatal }) => fatal === undefined);
      writeRuns(logdir, runs);
      expect(await allShown(logdir, loader)).toEqual(expectedOf(runs, loader));
    });

    test.each(DAMAGED_RUNS.filter(({ fatal }) => fatal !== undefined))("$name", async (run) => {
      const logdir = makeDir();
      writeRuns(logdir, [run]);
      const message = run.fatal?.[loader];
      const shown =
        message === undefined ? await allShown(logdir, loader) : await shownAtItsEnd(logdir, loader, message);
      expect(shown).toEqual(expectedOf([run], loader));
    });
  });
});
