// What both loaders show of damaged runs, before and after the repair.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repairLogdir } from "../../src/events/repair/repair-runs.js";
import { allShown, shownAtItsEnd } from "../helpers/all-shown.js";
import { DAMAGED_RUNS, writeRuns } from "../helpers/damaged-runs.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS } from "../helpers/tensorboard.js";

const makeDir = useTempDir("damage");

describeWithPython("damaged runs", () => {
  describe.each(LOADERS)("%s", (loader) => {
    test("shows of each what is written of it, and after the repair every point that is left", async () => {
      const logdir = makeDir();
      const readable = DAMAGED_RUNS.filter(({ fatal }) => fatal?.[loader] === undefined);
      writeRuns(join(logdir, "before"), readable);
      const damaged = makeDir();
      writeRuns(damaged, DAMAGED_RUNS);
      await repairLogdir(damaged, { out: join(logdir, "after"), dropVoid: true });

      const before = readable.map((run) => [`before/${run.name}`, run.before[loader]] as const);
      const after = DAMAGED_RUNS.map(
        (run) => [`after/${run.name}`, run.after === "as before" ? run.before[loader] : run.after] as const,
      );
      const listed = [...before, ...after].filter(([, shown]) => shown !== undefined);
      expect(await allShown(logdir, loader)).toEqual(Object.fromEntries(listed));
    });

    test.each(DAMAGED_RUNS.filter(({ fatal }) => fatal?.[loader] !== undefined))(
      "ends at $name",
      async (run) => {
        const logdir = makeDir();
        writeRuns(logdir, [run]);
        const expected = run.before[loader] === undefined ? {} : { [run.name]: run.before[loader] };
        expect(await shownAtItsEnd(logdir, loader, run.fatal![loader]!)).toEqual(expected);
      },
    );
  });
});
