// Both views of restarts are what the real TensorBoard serves: `shown` as the data server, `all` as the Python loader with
// `--purge_orphaned_data false`.
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SummaryReader, type LoggedValue, type LoggedValueOf } from "../../src/summary/index.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { startTensorBoard, type Loader, type TensorBoard } from "../helpers/tensorboard.js";
import { writeRuns, writeRunsForRust } from "./restarted-runs.js";

/** By run and tag, what is served of each point. */
type Served = Record<string, Record<string, readonly unknown[]>>;

/** More than any run has: TensorBoard then keeps every point. */
const SAMPLES = "scalars=100000,histograms=100000,text=100000,images=100000";

async function served(board: TensorBoard): Promise<Record<string, Served>> {
  const tags = (plugin: string) =>
    board.json<Record<string, Record<string, object>>>(`data/plugin/${plugin}/tags`);
  const ask = <T>(route: string, run: string, tag: string) =>
    board.json<T>(`data/plugin/${route}?${new URLSearchParams({ run, tag, sample: "0" })}`);
  const all = async (plugin: string, pointsOf: (run: string, tag: string) => Promise<readonly unknown[]>) => {
    const byRun: Served = {};
    for (const [run, byTag] of Object.entries(await tags(plugin))) {
      const names = Array.isArray(byTag) ? (byTag as string[]) : Object.keys(byTag);
      for (const tag of names) (byRun[run] ??= {})[tag] = await pointsOf(run, tag);
    }
    return byRun;
  };
  return {
    scalars: await all("scalars", (run, tag) => board.scalars(run, tag)),
    histograms: await all("histograms", async (run, tag) => {
      const points = await ask<[number, number, number[][]][]>("histograms/histograms", run, tag);
      return points.map(([wallTime, step, buckets]) => ({ wallTime, step, buckets: filled(buckets) }));
    }),
    texts: await all("text", async (run, tag) => {
      const points = await ask<{ wall_time: number; step: number; text: string }[]>("text/text", run, tag);
      return points.map((point) => ({
        ...{ wallTime: point.wall_time, step: point.step },
        text: plain(point.text),
      }));
    }),
    images: await all("images", async (run, tag) => {
      const points = await ask<{ wall_time: number; step: number }[]>("images/images", run, tag);
      return points.map((point) => ({ wallTime: point.wall_time, step: point.step }));
    }),
  };
}

// The loaders differ in the edges of old forms and in empty buckets; which value it is its counts tell.
function filled(buckets: readonly (readonly number[])[]): number[] {
  return buckets.flatMap(([, , count]) => (count! > 0 ? [Math.fround(count!)] : []));
}

/** Without HTML and Markdown. */
function plain(text: string): string {
  return text.replaceAll(/<[^>]*>|\*/g, "").trim();
}

function read(reader: SummaryReader): Record<string, Served> {
  const scalars: Served = {};
  for (const { run, tag, steps, wallTimes, values } of reader.scalars()) {
    const points = Array.from(steps, (step, i) => ({ wallTime: wallTimes[i], step, value: values[i] }));
    (scalars[run] ??= {})[tag] = points;
  }
  const valuesOf = <K extends "scalar" | "histogram" | "text" | "image">(
    kind: K,
    pointOf: (value: LoggedValueOf<K>) => object,
  ): Served => {
    const byRun: Record<string, Record<string, unknown[]>> = {};
    for (const logged of reader.values({ kinds: [kind] })) {
      const { run, tag, wallTime, step } = logged as LoggedValue;
      ((byRun[run] ??= {})[tag] ??= []).push({ wallTime, step, ...pointOf(logged) });
    }
    return byRun;
  };
  // The two ways to the scalars are one.
  expect(valuesOf("scalar", ({ value }) => ({ value }))).toEqual(scalars);
  return {
    scalars,
    histograms: valuesOf("histogram", ({ value }) => ({
      buckets: filled(value.map(({ left, right, count }) => [left, right, count])),
    })),
    texts: valuesOf("text", ({ value }) => ({ text: plain(value as string) })),
    images: valuesOf("image", () => ({})),
  };
}

// A picture's step is its name there, by which it has one of each (data_provider.py, `read_blob_sequences`).
function firstOfEachStep(images: Served): Served {
  const firstOf = (points: readonly unknown[]) => {
    const bySteps = new Map<number, unknown>();
    for (const point of points as { step: number }[]) {
      if (!bySteps.has(point.step)) bySteps.set(point.step, point);
    }
    return [...bySteps].toSorted(([a], [b]) => a - b).map(([, point]) => point);
  };
  const inRun = (byTag: Served[string]) =>
    Object.fromEntries(Object.entries(byTag).map(([tag, points]) => [tag, firstOf(points)]));
  return Object.fromEntries(Object.entries(images).map(([run, byTag]) => [run, inRun(byTag)]));
}

describeWithPython("what a reader gives of runs that went back", () => {
  const tempDir = useTempDir("reader");
  let both: string;
  let rustOnly: string;
  beforeAll(async () => {
    both = tempDir();
    writeRuns(both);
    rustOnly = tempDir();
    await writeRunsForRust(rustOnly);
  });

  const rows: [view: "shown" | "all", loader: Loader, what: string, logdir: () => string][] = [
    ["shown", "rust", "runs that went back", () => both],
    ["shown", "rust", "runs of which the loaders differ", () => rustOnly],
    ["all", "python", "runs that went back", () => both],
  ];
  describe.each(rows)("%s: what the %s loader serves of %s", (view, loader, _, logdirOf) => {
    let board: TensorBoard;
    beforeAll(async () => {
      const extra = loader === "python" ? ["--purge_orphaned_data", "false"] : [];
      board = await startTensorBoard(logdirOf(), { loader, samplesPerPlugin: SAMPLES, extra });
    });
    afterAll(() => board?.stop());

    test("is what the reader gives", async () => {
      const expected = read(new SummaryReader(logdirOf(), { restarts: view }));
      if (loader === "rust") {
        // It shows none of the type.
        for (const byTag of Object.values(expected["scalars"]!)) delete byTag["loss/double"];
      } else expected["images"] = firstOfEachStep(expected["images"]!);
      await board
        .waitFor(async () => isDeepStrictEqual(await served(board), expected), 20_000)
        .catch(() => undefined);
      expect(await served(board)).toEqual(expected);
    }, 60_000);
  });

  test("differs between the two views", () => {
    const views = (["shown", "all"] as const).map((restarts) => read(new SummaryReader(both, { restarts })));
    const [shown, all] = views.map(({ scalars }) => scalars!);
    const same = Object.keys(all!).filter((run) => isDeepStrictEqual(shown![run], all![run]));
    // One that was made at random.
    expect(same).toEqual(["goes on", "random 3"]);
  });
});
