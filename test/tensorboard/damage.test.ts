// What both loaders show of damaged runs, before and after the repair.
import { describe, expect, test } from "vitest";
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
