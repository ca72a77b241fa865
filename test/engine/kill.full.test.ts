// A hundred kills and more at random moments of trainings; kill.test.ts has a few. Then the real TensorBoard is asked.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowsOf } from "../helpers/hparams-table.js";
import { shownCurves, type Curves, type ShownPoint } from "../helpers/loader-rules.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../helpers/tensorboard.js";
import { countKills, killUntilEnd, type Kill } from "../helpers/training-kills.js";
import { runWhole, trainings, type Training, type Whole } from "../helpers/trainings.js";

/** Of each training; there are five. */
const KILLS = 24;
/** Where something was not met by then, there may be so many more. */
const MORE_KILLS = 100;

const tempDir = useTempDir("training-kill-full");
const logdir = tempDir();
const seed = randomInt(2 ** 31);
const all = trainings(tempDir());
const wholes = new Map<Training, Whole>();
const kills: Kill[] = [];
let started = 0;

/** Kills trainings, two at a time, until `isEnough`, each in a directory of its own beside that of the one that is not killed. */
async function killTrainings(
  training: Training,
  isEnough: (kills: readonly Kill[]) => boolean,
): Promise<readonly Kill[]> {
  const dir = join(logdir, training.name);
  if (!wholes.has(training)) wholes.set(training, await runWhole(training, join(dir, "whole")));
  const met: Kill[] = [];
  const oneAfterAnother = async (): Promise<void> => {
    while (!isEnough(met)) {
      const number = started++;
      const options = { seed: seed + number };
      met.push(
        ...(await killUntilEnd(training, join(dir, `killed-${number}`), wholes.get(training)!, options)),
      );
    }
  };
  await Promise.all([oneAfterAnother(), oneAfterAnother()]);
  kills.push(...met);
  tell(training.name, met);
  return met;
}

function tell(name: string, met: readonly Kill[]): void {
  const counts = Object.entries(countKills(met)).map(([what, count]) => `${count} ${what}`);
  process.stderr.write(`${name}, kills: ${counts.join(", ")}\n`);
}

it.each(all)(
  `${KILLS} kills and more change nothing: $name`,
  async (training) => {
    const met = await killTrainings(training, ({ length }) => length >= KILLS);
    expect(met.length).toBeGreaterThanOrEqual(KILLS);
  },
  900_000,
);

it("kills came at each place, before the first checkpoint, and while files were written", async () => {
  const isMissing = (met: readonly Kill[]): boolean =>
    Object.values(countKills([...kills, ...met])).includes(0);
  if (isMissing([])) await killTrainings(all[0]!, (met) => !isMissing(met) || met.length >= MORE_KILLS);
  tell(`all ${started} trainings, seeds from ${seed}`, kills);
  expect(isMissing([])).toBe(false);
  expect(kills.length).toBeGreaterThanOrEqual(100);
}, 900_000);

describeWithPython("in TensorBoard", () => {
  let expected: Readonly<Record<string, Curves>>;
  beforeAll(() => {
    expected = withoutHParams(shownCurves(logdir));
  });

  describe.each(LOADERS)("loader %s", (loader) => {
    let board: TensorBoard;
    beforeAll(async () => {
      board = await startTensorBoard(logdir, {
        loader,
        reloadInterval: 5,
        samplesPerPlugin: "scalars=10000",
      });
    });
    afterAll(() => board?.stop());

    it("every tag of every run has the steps and values of the training that was not killed", async () => {
      let shown: Readonly<Record<string, Curves>> = {};
      const tags = [...new Set(Object.values(expected).flatMap((curves) => Object.keys(curves)))];
      const isShown = async (): Promise<boolean> => {
        shown = await curvesOn(board, tags);
        return JSON.stringify(sorted(shown)) === JSON.stringify(sorted(expected));
      };
      await board.waitFor(isShown, 60_000).catch(() => {});
      expect(shown).toEqual(expected);
      let count = 0;
      for (const [run, curves] of Object.entries(shown)) {
        // Of a bounded run some points are shown, and other ones when there was more time.
        if (run.startsWith("bounded")) continue;
        expect(curves, run).toEqual(shown[wholeOf(run)]);
        if (run !== wholeOf(run)) count += Object.keys(curves).length;
      }
      process.stderr.write(
        `loader ${loader}: ${count} curves of killed trainings are as those of whole ones\n`,
      );
      expect(count).toBeGreaterThan(0);
    });

    it("the runs of tnl have the hyperparameters, the end and the text of the one that was not killed", async () => {
      const rows = await rowsOf(board);
      const killed = Object.keys(rows).filter((run) => run !== wholeOf(run));
      expect(killed.length).toBeGreaterThan(0);
      for (const run of killed) {
        const [row, whole] = [rows[run]!, rows[wholeOf(run)]!];
        expect(row.hparams).toEqual(whole.hparams);
        expect(row.sessions.map(({ status }) => status)).toEqual(["STATUS_SUCCESS"]);
        expect(whole.sessions.map(({ status }) => status)).toEqual(["STATUS_SUCCESS"]);
        const texts = await textsOf(board, run);
        expect(texts).toHaveLength(1);
        expect(texts).toEqual(await textsOf(board, wholeOf(run)));
      }
    });
  });
});

/** Hyperparameters are no scalars; a run of tnl has them and a text, and its curves below it. */
function withoutHParams(all: Readonly<Record<string, Curves>>): Readonly<Record<string, Curves>> {
  const runs = Object.entries(all).map(([run, curves]): [string, Curves] => {
    const isScalar = ([tag]: [string, unknown]): boolean => !tag.startsWith("_hparams_/");
    return [run, Object.fromEntries(Object.entries(curves).filter(isScalar))];
  });
  return Object.fromEntries(runs.filter(([, curves]) => Object.keys(curves).length > 0));
}

/** The run in the directory of the training that was not killed. */
function wholeOf(run: string): string {
  return run.replace(/\/killed-\d+\//, "/whole/");
}

async function curvesOn(board: TensorBoard, tags: readonly string[]): Promise<Record<string, Curves>> {
  const curves: Record<string, Record<string, readonly ShownPoint[]>> = {};
  const answers = await board.timeSeries(tags.map((tag) => ({ plugin: "scalars", tag })));
  for (const { tag, runToSeries = {} } of answers) {
    for (const [run, series] of Object.entries(runToSeries)) {
      const points = series as unknown as readonly ShownPoint[];
      (curves[run] ??= {})[tag] = points.map(({ step, value }) => ({ step, value }));
    }
  }
  return curves;
}

function sorted(curves: Readonly<Record<string, Curves>>): unknown {
  const byName = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return byName(curves).map(([run, ofRun]) => [run, byName(ofRun)]);
}

async function textsOf(board: TensorBoard, run: string): Promise<{ step: number; text: string }[]> {
  const query = new URLSearchParams({ run, tag: "provenance" }).toString();
  const texts = await board.json<{ step: number; text: string }[]>(`data/plugin/text/text?${query}`);
  return texts.map(({ step, text }) => ({ step, text }));
}
