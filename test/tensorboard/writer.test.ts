// What we write, as the real TensorBoard shows it, in both of its loaders and with its usual sampling.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import type { SummaryWriterOptions } from "../../src/summary/writer-options.js";
import { forUs, judged, proves } from "../compatibility/proves.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type Point, type TensorBoard } from "../helpers/tensorboard.js";

/** A wall time with a fraction that a double holds exactly. */
const T = 1_700_000_000.25;

/** Of each run the points that were logged, by tag. */
type Logged = Record<string, Record<string, Point[]>>;

const SPECIAL = [0, -0, Number.NaN, Infinity, -Infinity, 1e39, 0.1];

function logAll(logdir: string): Logged {
  const logged: Logged = {};
  const run = (name: string, log: (writer: SummaryWriter) => void, options?: SummaryWriterOptions): void => {
    using writer = new SummaryWriter(join(logdir, name), options);
    log(writer);
  };
  const remember = (name: string, tag: string, step: number, value: number): void => {
    ((logged[name] ??= {})[tag] ??= []).push({ wallTime: T + step, step, value: Math.fround(value) });
  };
  const add = (writer: SummaryWriter, name: string, tag: string, step: number, value: number): void => {
    writer.addScalar(tag, value, step, T + step);
    remember(name, tag, step, value);
  };

  run("described", (writer) => {
    const loss = writer.scalar("loss", { displayName: "Loss", description: "of *training*" });
    for (let step = 0; step < 5; step++) {
      loss.add(1 / (step + 1), step, T + step);
      remember("described", "loss", step, 1 / (step + 1));
    }
    add(writer, "described", "plain", 0, 3);
  });
  run("special", (writer) => {
    // Each value is the first of a tag too: a first value that is left out would hide the tag.
    for (const [i, first] of SPECIAL.entries()) {
      for (const [step, value] of [first, ...SPECIAL].entries())
        add(writer, "special", `first/${i}`, step, value);
    }
  });
  run("several", (writer) => {
    for (let step = 0; step < 4; step++) {
      const values = { "train/loss": step / 8, "train/acc": 0, "größe 中文 🙂": -step };
      writer.addStep(step, values, T + step);
      for (const [tag, value] of Object.entries(values)) {
        remember("several", tag, step, value);
      }
    }
    const both = writer.scalars(["train/loss", "new"]);
    for (let step = 4; step < 7; step++) {
      both.add(step, Float64Array.of(step, -1), T + step);
      remember("several", "train/loss", step, step);
      remember("several", "new", step, -1);
    }
  });
  run("steps", (writer) => {
    for (const step of [-(2 ** 40), -3, -2, -1, 0, 1, 2 ** 31, 2 ** 33])
      add(writer, "steps", "a", step, step % 7);
  });
  {
    // A SummaryWriter refuses such a tag; below it, the file stays good.
    using file = new EventFileWriter(join(logdir, "half"));
    file.scalars([{ tag: "half\ud800" }]).writeOne(1, 2, T + 1);
    remember("half", "half\ufffd", 1, 2);
  }
  run("deep/er/run", (writer) => add(writer, "deep/er/run", "a", 1, 2));
  run(".", (writer) => add(writer, ".", "a", 1, 2));
  for (const session of [0, 1, 2]) {
    run("sessions", (writer) => {
      for (let i = 0; i < 4; i++) add(writer, "sessions", "a", session * 4 + i, session);
    });
  }
  for (const session of [0, 1, 2]) {
    // Steps are the writer's; the file of JSON lines is none of TensorBoard's.
    const log = (writer: SummaryWriter): void => {
      for (let step = 4 * session; step < 4 * session + 4; step++) {
        writer.withPrefix("p/").addScalar("a", session, undefined, T + step);
        remember("restarted", "p/a", step, session);
      }
    };
    run("restarted", log, { jsonLines: true });
  }
  run("long", (writer) => {
    const loss = writer.scalar("loss");
    for (let step = 0; step < 5000; step++) {
      loss.add(step / 4, step * 10, T + step * 10);
      remember("long", "loss", step * 10, step / 4);
    }
  });
  return logged;
}

describeWithPython("what we write, in TensorBoard", () => {
  const tempDir = useTempDir("tensorboard");
  let logdir: string;
  let logged: Logged;
  beforeAll(() => {
    logdir = tempDir();
    logged = logAll(logdir);
  });

  describe.each(LOADERS)("with the %s loader", (loader) => {
    const liveRun = "live";
    let board: TensorBoard;
    beforeAll(async () => {
      board = await startTensorBoard(logdir, { loader, reloadInterval: 1 });
      // Loaded are all once each run's last point is there.
      await board.waitFor(async () => {
        for (const [run, tags] of Object.entries(logged)) {
          for (const [tag, points] of Object.entries(tags)) {
            if ((await board.scalars(run, tag)).at(-1)?.step !== points.at(-1)?.step) return false;
          }
        }
        return true;
      });
    });
    afterAll(async () => {
      await board?.stop();
      rmSync(join(logdir, liveRun), { recursive: true, force: true });
    });

    test("are all runs and all tags, and no others", async () => {
      proves(forUs(["addScalar", "addStep"], loader));
      const tags = await board.scalarTags();
      const sorted = (record: Record<string, string[]>) =>
        Object.fromEntries(Object.entries(record).map(([run, names]) => [run, names.toSorted()]));
      expect(sorted(tags)).toEqual(
        sorted(Object.fromEntries(Object.entries(logged).map(([run, byTag]) => [run, Object.keys(byTag)]))),
      );
      expect((await board.runs()).toSorted()).toEqual(Object.keys(logged).toSorted());
    });

    test("are all points of short curves: NaN, infinities, 0.0, negative and large steps, several values an event", async () => {
      proves(
        forUs(["addScalar", "addStep"], loader),
        judged(["addScalar", "addStep"], "TensorBoard, point for point"),
      );
      for (const [run, tags] of Object.entries(logged)) {
        if (run === "long") continue;
        for (const [tag, points] of Object.entries(tags)) {
          const shown = await board.scalars(run, tag);
          // JSON has one zero.
          const expected = points.map((point) => ({ ...point, value: point.value + 0 }));
          expect(
            shown.map((point) => ({ ...point, value: point.value + 0 })),
            `${run}, ${tag}`,
          ).toEqual(expected);
        }
      }
    });

    test("is of a long curve what the loader samples: points of the file, in order, the last among them", async () => {
      proves(forUs("addScalar", loader));
      const shown = await board.scalars("long", "loss");
      expect(shown.length).toBeGreaterThan(900);
      expect(shown.length).toBeLessThanOrEqual(1000);
      const byStep = new Map(logged["long"]!["loss"]!.map((point) => [point.step, point]));
      for (const point of shown) expect(point).toEqual(byStep.get(point.step));
      const steps = shown.map(({ step }) => step);
      expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
      expect(steps.at(-1)).toBe(49_990);
    });

    test("have display name and description", async () => {
      proves(forUs("addScalar", loader));
      type Tags = Record<string, Record<string, { displayName: string; description: string }>>;
      const { described } = await board.json<Tags>("data/plugin/scalars/tags");
      expect(described!["loss"]!.displayName).toBe("Loss");
      expect(described!["loss"]!.description).toContain("<p>of <em>training</em></p>");
      expect(described!["plain"]!.description).toBe("");
    });

    test("are in the time series dashboard too", async () => {
      proves(forUs("addStep", loader));
      const request = { plugin: "scalars", tag: "train/loss", run: "several" } as const;
      const [answer] = await board.timeSeries([request]);
      expect(answer!.runToSeries).toEqual({ several: logged["several"]!["train/loss"] });
    });

    test("is a run that is continued while TensorBoard looks: the new points for the old ones", async () => {
      proves(forUs("addStep", loader));
      const run = liveRun;
      const log = (from: number, to: number, value: number, options?: SummaryWriterOptions): void => {
        using writer = new SummaryWriter(join(logdir, run), options);
        for (let step = from; step < to; step++) writer.addStep(step, { a: value, b: value }, T + step);
      };
      const points = (from: number, to: number, value: number): Point[] =>
        Array.from({ length: to - from }, (_, i) => ({ wallTime: T + from + i, step: from + i, value }));
      log(0, 10, 1);
      await board.waitFor(async () => (await board.scalars(run, "a")).length === 10);
      log(6, 9, 2, { purgeStep: 6 });
      for (const tag of ["a", "b"]) {
        await board.waitFor(async () => (await board.scalars(run, tag)).at(-1)?.step === 8);
        expect(await board.scalars(run, tag)).toEqual([...points(0, 6, 1), ...points(6, 9, 2)]);
      }
      // And once more: the first START of a run is special to one loader.
      log(3, 12, 3, { purgeStep: 3 });
      for (const tag of ["a", "b"]) {
        await board.waitFor(async () => (await board.scalars(run, tag)).at(-1)?.step === 11);
        expect(await board.scalars(run, tag)).toEqual([...points(0, 3, 1), ...points(3, 12, 3)]);
      }
    });
  });
});
