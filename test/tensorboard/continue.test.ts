// A run that is killed and continued from a checkpoint's position while TensorBoard is open, and one that is started then: tags whose steps are
// their own, texts, pictures and histograms, in both loaders.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LogPosition } from "../../src/events/log-position.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { eventFilesIn } from "../helpers/events.js";
import { NthCallFileSystem } from "../helpers/nth-call.js";
import { describeWithPython } from "../helpers/python.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../helpers/tensorboard.js";

const RUNS = { plain: {}, bounded: { maxPointsPerTag: 500 } } as const;
type RunName = keyof typeof RUNS;
const TAGS = ["train/loss", "val/loss", "epoch/accuracy", "only/behind"] as const;

/** By scalar tag the points, and of everything else the steps. */
interface Shown {
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>;
  readonly texts: readonly number[];
  readonly pictures: readonly number[];
  readonly histograms: readonly number[];
}

async function shownBy(board: TensorBoard, run: RunName): Promise<Shown> {
  const scalars: Record<string, (readonly [number, number])[]> = {};
  for (const tag of TAGS) {
    const points = await board.scalars(run, tag).catch(() => []);
    scalars[tag] = points.map(({ step, value }) => [step, value] as const);
  }
  const texts = await board.json<{ step: number }[]>(`data/plugin/text/text?run=${run}&tag=note`);
  const pictures = await board.json<{ step: number }[]>(
    `data/plugin/images/images?run=${run}&tag=picture&sample=0`,
  );
  const histograms = await board.json<[number, number][]>(
    `data/plugin/histograms/histograms?run=${run}&tag=weights`,
  );
  return {
    ...{ scalars, texts: texts.map(({ step }) => step), pictures: pictures.map(({ step }) => step) },
    histograms: histograms.map(([, step]) => step),
  };
}

/** The curve of a tag: values are that of the session in the hundreds, so that each is told from what it replaces. */
const points = (session: number, from: number, to: number): [number, number][] =>
  Array.from({ length: to - from }, (_, i) => [from + i, 100 * session + from + i]);

describeWithPython("a run that is continued from a position", () => {
  const tempDir = useTempDir("continue-tensorboard");
  const clock = scriptedClock();
  const positions = new Map<RunName, LogPosition>();
  let logdir: string;
  let boards: TensorBoard[];

  beforeAll(async () => {
    logdir = tempDir();
    boards = await startBoth();
  });
  afterAll(() => Promise.all((boards ?? []).map((board) => board.stop())));

  const startBoth = (): Promise<TensorBoard[]> =>
    Promise.all(LOADERS.map((loader) => startTensorBoard(logdir, { loader, reloadInterval: 1 })));

  /** A session of each run that is killed behind what `log` logs. */
  function killed(log: (writer: SummaryWriter, run: RunName) => void, isContinued: boolean): void {
    for (const run of Object.keys(RUNS) as RunName[]) {
      const disk = new NthCallFileSystem();
      const continueFrom = isContinued ? positions.get(run)! : undefined;
      const writer = new SummaryWriter(join(logdir, run), {
        ...{ clock, hostname: "box", pid: 7, fileSystem: disk.fileSystem, ...RUNS[run] },
        ...(continueFrom && { continueFrom }),
      });
      log(writer, run);
      clock.advance(6000);
      writer.flush();
      disk.kill();
      // To a dead process nothing of this happens but that its hold on the directory is gone.
      expect(() => writer.closeSync()).toThrow("Cannot");
    }
    clock.advance(600_000);
  }

  function logScalars(writer: SummaryWriter, tag: string, session: number, from: number, to: number): void {
    for (const [step, value] of points(session, from, to)) writer.addScalar(tag, value, step);
  }

  function logOthers(writer: SummaryWriter, step: number): void {
    writer.addText("note", `at ${step}`, step);
    writer.addImage("picture", { data: new Uint8Array(12).fill(step), shape: [2, 2, 3] }, step);
    writer.addHistogram("weights", [step, step + 1], step);
  }

  async function expectShown(all: readonly TensorBoard[], expected: Shown, what: string): Promise<void> {
    for (const [i, board] of all.entries()) {
      for (const run of Object.keys(RUNS) as RunName[]) {
        let shown: Shown | undefined;
        await board
          .waitFor(async () => {
            shown = await shownBy(board, run);
            return JSON.stringify(shown) === JSON.stringify(expected);
          })
          .catch(() => {});
        expect(shown, `${what}, ${run}, ${LOADERS[i]}`).toEqual(expected);
      }
    }
  }

  test(
    "shows what was before it and what came since, and never what was behind it",
    { timeout: 240_000 },
    async () => {
      killed((writer, run) => {
        logScalars(writer, "train/loss", 1, 0, 40);
        logScalars(writer, "val/loss", 1, 0, 10);
        logScalars(writer, "epoch/accuracy", 1, 0, 2);
        for (const step of [0, 20]) logOthers(writer, step);
        positions.set(run, writer.position());
        logScalars(writer, "train/loss", 1, 40, 70);
        logScalars(writer, "val/loss", 1, 10, 15);
        logScalars(writer, "epoch/accuracy", 1, 2, 3);
        logScalars(writer, "only/behind", 1, 0, 5);
        for (const step of [40, 60]) logOthers(writer, step);
      }, false);
      const common = { texts: [0, 20, 40, 60], pictures: [0, 20, 40, 60], histograms: [0, 20, 40, 60] };
      const before = {
        "train/loss": points(1, 0, 40),
        "val/loss": points(1, 0, 10),
        "epoch/accuracy": points(1, 0, 2),
      };
      await expectShown(
        boards,
        {
          scalars: {
            "train/loss": points(1, 0, 70),
            "val/loss": points(1, 0, 15),
            "epoch/accuracy": points(1, 0, 3),
            "only/behind": points(1, 0, 5),
          },
          ...common,
        },
        "the first session",
      );

      // The next one logs nothing yet but the first step: all that was behind the position is void at once.
      killed((writer) => logScalars(writer, "train/loss", 2, 40, 41), true);
      const rest = { texts: [0, 20], pictures: [0, 20], histograms: [0, 20] };
      const second = {
        ...before,
        "train/loss": [...before["train/loss"], ...points(2, 40, 41)],
        "only/behind": [],
      };
      await expectShown(boards, { scalars: second, ...rest }, "the second session");

      // Killed before its first checkpoint, and the old files are gone.
      killed((writer) => {
        logScalars(writer, "train/loss", 3, 40, 60);
        logScalars(writer, "val/loss", 3, 10, 12);
        logOthers(writer, 40);
      }, true);
      const third: Shown = {
        scalars: {
          ...{ "train/loss": [...before["train/loss"], ...points(3, 40, 60)] },
          ...{ "val/loss": [...before["val/loss"], ...points(3, 10, 12)] },
          ...{ "epoch/accuracy": before["epoch/accuracy"], "only/behind": [] },
        },
        ...{ texts: [0, 20, 40], pictures: [0, 20, 40], histograms: [0, 20, 40] },
      };
      await expectShown(boards, third, "the third session");
      const [name] = Object.keys(positions.get("plain")!.files);
      expect(existsSync(join(logdir, "plain", name!))).toBe(false);

      const fresh = await startBoth();
      try {
        await expectShown(fresh, third, "a TensorBoard that is started then");
      } finally {
        await Promise.all(fresh.map((board) => board.stop()));
      }
      for (const run of Object.keys(RUNS))
        expect(eventFilesIn(join(logdir, run)).length).toBeLessThanOrEqual(3);
    },
  );

  test(
    "keeps its old file where all that is void comes behind all that stays",
    { timeout: 120_000 },
    async () => {
      const dir = join(logdir, "one axis");
      const first = new SummaryWriter(dir, { clock });
      logScalars(first, "loss", 1, 0, 40);
      logScalars(first, "rare", 1, 10, 11);
      const position = first.position();
      logScalars(first, "loss", 1, 40, 70);
      logScalars(first, "rare", 1, 60, 61);
      first.closeSync();
      const shows = async (board: TensorBoard, loss: number[][], rare: number[][]): Promise<void> => {
        const of = async (tag: string): Promise<number[][]> =>
          (await board.scalars("one axis", tag)).map(({ step, value }) => [step, value]);
        await board.waitFor(async () => (await of("loss")).length === loss.length);
        expect([await of("loss"), await of("rare")]).toEqual([loss, rare]);
      };
      for (const board of boards) {
        await shows(board, points(1, 0, 70), [...points(1, 10, 11), ...points(1, 60, 61)]);
      }
      using second = new SummaryWriter(dir, { clock, continueFrom: position });
      logScalars(second, "loss", 2, 40, 45);
      second.flush();
      expect(eventFilesIn(dir)).toEqual([first.path, second.path]);
      const expected = [...points(1, 0, 40), ...points(2, 40, 45)];
      for (const board of boards) await shows(board, expected, points(1, 10, 11));
      const fresh = await startBoth();
      try {
        for (const board of fresh) await shows(board, expected, points(1, 10, 11));
      } finally {
        await Promise.all(fresh.map((board) => board.stop()));
      }
    },
  );
});
