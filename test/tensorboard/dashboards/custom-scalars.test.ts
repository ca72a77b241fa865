// Layouts of custom scalars in the real TensorBoard, and scalars that share a chart without runs of their own.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { CustomScalars } from "../../../src/summary/dashboards/custom-scalars.js";
import { SummaryWriter } from "../../../src/summary/summary-writer.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, type TensorBoard } from "../../helpers/tensorboard.js";
import { copyFixture, T, useTensorBoard, writeRun, writeWithTensorboardX } from "./boards.js";

interface Chart {
  readonly title: string;
  readonly multiline?: { readonly tag: string[] };
  readonly margin?: { readonly series: Record<string, string>[] };
}
interface Layout {
  readonly category?: { readonly title: string; readonly closed: boolean; readonly chart: Chart[] }[];
}
interface Matched {
  readonly regex_valid: boolean;
  readonly tag_to_events: Record<string, [wallTime: number, step: number, value: number][]>;
}

/** More than a loader keeps of a curve. */
const LONG = 3000;

/** Tags, of which exact names are the beginning of others, and some have signs with a meaning in expressions. */
const TAGS = ["loss/train", "loss/train_2", "loss/val", "deep/loss/train", "acc[0]", "acc0", "a.b", "axb"];

describeWithPython("custom scalars, in TensorBoard", () => {
  const tempDir = useTempDir("custom-scalars");
  let logdir: string;
  beforeAll(async () => {
    logdir = tempDir();
    writeRun(join(logdir, "ours"), (sink) => {
      new SummaryWriter(sink).addStep(1, Object.fromEntries(TAGS.map((tag) => [tag, 1])), T);
      const scalars = new CustomScalars(sink);
      scalars.addMultilineChart(["replaced"], "ours", "exact");
      scalars.addLayout({
        ours: {
          exact: { tags: ["loss/train", "acc[0]"] },
          glob: { tags: ["loss/*", "a.b"] },
          expression: { tags: [/TRAIN$/i] },
        },
      });
      const charts = { band: { margin: [["mean", "low", "high"]] } } as const;
      scalars.addLayout([{ title: "folded", charts, closed: true }]);
    });
    writeRun(join(logdir, "band"), (sink) => {
      const writer = new SummaryWriter(sink);
      for (let step = 0; step < LONG; step++) {
        writer.addStep(step, { mean: step, low: step - 1, high: step + 1 }, T);
      }
    });
    writeRun(join(logdir, "together"), (sink) => {
      const writer = new SummaryWriter(sink);
      for (let step = 0; step < 5; step++) {
        const values: Record<string, number> = { sin: step, cos: -step, ...(step > 2 && { late: 7 }) };
        writer.addScalars("val/waves", values, step, T);
      }
    });
    session("continued", {}, (scalars) => scalars.addMultilineChart(["a"], "continued", "old"), 10);
    session("continued", {}, (scalars) => scalars.addMultilineChart(["a"], "continued", "new"), 10);
    session("resumed", {}, (scalars) => scalars.addMultilineChart(["a"], "resumed", "kept"), 10);
    session("resumed", { purgeStep: 5 }, () => {}, 10);
    copyFixture("peer-torch-plots", join(logdir, "torch"));
    await writeWithTensorboardX(
      join(logdir, "tensorboardX"),
      `for tag in ${JSON.stringify(TAGS)}: writer.add_scalar(tag, 1, 1, walltime=T)
writer.add_custom_scalars({"tensorboardX": {"exact": ["Multiline", ["loss/train", "acc[0]"]]}})
writer.add_custom_scalars_multilinechart(["loss/.*"], "tensorboardX", "second")
writer.add_scalars("val/waves", {"sin": 1, "cos": 2}, 1, walltime=T)`,
    );
  });

  /** One session of a run, which goes on where `purgeStep` says. */
  function session(
    run: string,
    options: { readonly purgeStep?: number },
    log: (scalars: CustomScalars) => void,
    steps: number,
  ): void {
    const sink = new EventFileWriter(join(logdir, run), options);
    const writer = new SummaryWriter(sink);
    log(new CustomScalars(sink));
    for (let step = options.purgeStep ?? 0; step < steps; step++) writer.addScalar("a", step, step, T);
    sink.closeSync();
  }

  describe.each(LOADERS)("with the %s loader", (loader) => {
    const layoutOf = async ({ json }: TensorBoard): Promise<Layout> =>
      json("data/plugin/custom_scalars/layout");
    const charts = async (title: string): Promise<Chart[] | undefined> =>
      (await layoutOf(board())).category?.find((category) => category.title === title)?.chart;
    /** The points of a chart's tags, asked for as the dashboard does. */
    const matched = async (run: string, expressions: readonly string[]): Promise<Matched> => {
      const tag = expressions.map((expression) => `(${expression})`).join("|");
      return board().json(
        `data/plugin/custom_scalars/scalars?${new URLSearchParams({ run, tag }).toString()}`,
      );
    };
    const tagsOf = async (run: string, category: string, title: string): Promise<string[] | string> => {
      const chart = (await charts(category))!.find((each) => each.title === title)!;
      const answer = await matched(run, chart.multiline!.tag);
      return answer.regex_valid ? Object.keys(answer.tag_to_events).toSorted() : "not valid";
    };
    const board = useTensorBoard(
      () => logdir,
      loader,
      async (b) => {
        const found = new Set((await layoutOf(b)).category?.map(({ title }) => title));
        const titles = ["ours", "folded", "val", "continued", "resumed", "a", "tensorboardX"];
        const last = (await b.scalars("band", "high")).at(-1)?.step;
        // The scalars after the layouts have come when the last of each run has.
        const ends = await Promise.all(["continued", "resumed"].map((run) => b.scalars(run, "a")));
        return (
          titles.every((title) => found.has(title)) &&
          last === LONG - 1 &&
          ends.every((each) => each.at(-1)?.step === 9)
        );
      },
    );

    test("are the last layout of each run, merged; one that torch or tensorboardX writes twice has lost its first", async () => {
      proves(
        forUs(["addCustomScalars", "addCustomScalarsMultilineChart"], loader),
        forPeer("torch", "addCustomScalars", loader),
        forPeer(
          "tensorboardX",
          ["addCustomScalars", "addCustomScalarsMultilineChart"],
          loader,
          "a call in place of the one before",
        ),
      );
      const { category } = await layoutOf(board());
      expect(
        category!.map(({ title, closed, chart }) => [title, closed, chart.map((each) => each.title)]),
      ).toEqual([
        ["continued", false, ["new"]],
        ["ours", false, ["exact", "glob", "expression"]],
        ["folded", true, ["band"]],
        ["resumed", false, ["kept"]],
        ["tensorboardX", false, ["second"]],
        ["val", false, ["val/waves"]],
        ["a", false, ["lines", "band"]],
      ]);
      const listing = await board().json<Record<string, { enabled: boolean }>>("data/plugins_listing");
      expect(listing["custom_scalars"]!.enabled).toBe(true);
    });

    test("have lines for the very tags; of others' also for longer ones, or none at all", async () => {
      proves(
        forUs("addCustomScalars", loader),
        judged(
          ["addCustomScalars", "addCustomScalarsMultilineChart"],
          "TensorBoard: the charts and their lines",
        ),
        forPeer("tensorboardX", "addCustomScalars", loader, "lines of longer tags, or none"),
      );
      expect(await tagsOf("ours", "ours", "exact")).toEqual(["acc0", "acc[0]", "loss/train"]);
      expect(await tagsOf("ours", "ours", "glob")).toEqual(["a.b", "loss/train", "loss/train_2", "loss/val"]);
      expect(await tagsOf("ours", "ours", "expression")).toEqual(["deep/loss/train", "loss/train"]);
      // What torch and tensorboardX write for tags is the tags themselves.
      const theirs = await matched("tensorboardX", ["loss/train"]);
      expect(Object.keys(theirs.tag_to_events).toSorted()).toEqual(["loss/train", "loss/train_2"]);
      expect(Object.keys((await matched("tensorboardX", ["acc[0]"])).tag_to_events)).toEqual(["acc0"]);
      expect(await matched("tensorboardX", ["f(x"])).toEqual({ regex_valid: false, tag_to_events: {} });
    });

    test("have bands whose three tags keep the same steps of a long curve", async () => {
      proves(forUs("addCustomScalars", loader), forPeer("torch", "addCustomScalars", loader));
      const [band] = (await charts("folded"))!;
      const series = { value: "mean", lower: "low", upper: "high" };
      expect(band!.margin!.series).toEqual([series]);
      expect((await charts("a"))!.find(({ title }) => title === "band")!.margin!.series).toEqual([series]);
      const { tag_to_events: points } = await matched("band", Object.values(series));
      const steps = points["mean"]!.map(([, step]) => step);
      expect(steps.length).toBeGreaterThan(900);
      expect(steps.length).toBeLessThanOrEqual(1000);
      for (const tag of ["low", "high"]) expect(points[tag]!.map(([, step]) => step)).toEqual(steps);
    });

    test("show the scalars of addScalars in one chart of one run, for which tensorboardX makes two runs", async () => {
      proves(
        forUs("addScalars", loader),
        judged("addScalars", "TensorBoard: one chart in one run"),
        forPeer("tensorboardX", "addScalars", loader, "a run for each line"),
      );
      expect(await tagsOf("together", "val", "val/waves")).toEqual([
        "val/waves/cos",
        "val/waves/late",
        "val/waves/sin",
      ]);
      expect(await board().scalars("together", "val/waves/sin")).toEqual(
        [0, 1, 2, 3, 4].map((step) => ({ wallTime: T, step, value: step })),
      );
      expect((await board().scalars("together", "val/waves/late")).map(({ step }) => step)).toEqual([3, 4]);
      const runs = (await board().runs()).filter((run) => /^(together|tensorboardX)/.test(run));
      expect(runs.toSorted()).toEqual([
        "tensorboardX",
        "tensorboardX/val/waves/cos",
        "tensorboardX/val/waves/sin",
        "together",
      ]);
    });

    test("change while TensorBoard looks, in the session and in the next one", async () => {
      proves(
        forUs(["addCustomScalarsMultilineChart", "addCustomScalarsMarginChart"], loader),
        judged("addCustomScalarsMarginChart", "TensorBoard: the charts and their bands"),
      );
      const run = `live ${loader}`;
      const sink = new EventFileWriter(join(logdir, run));
      const scalars = new CustomScalars(sink);
      const shows = async (...titles: string[]) =>
        board().waitFor(async () => (await charts(run))?.map(({ title }) => title).join() === titles.join());
      scalars.addMultilineChart(["a"], run, "one");
      sink.flush();
      expect(await shows("one")).toBe(true);
      scalars.addMarginChart(["a", "b", "c"], run, "two");
      sink.closeSync();
      expect(await shows("one", "two")).toBe(true);
      const [one, two] = (await charts(run))!;
      expect(one!.multiline!.tag).toEqual(["^a$"]);
      expect(two!.margin!.series).toEqual([{ value: "a", lower: "b", upper: "c" }]);
      writeRun(join(logdir, run), (next) => new CustomScalars(next).addMultilineChart(["a"], run, "three"));
      expect(await shows("three")).toBe(true);
      rmSync(join(logdir, run), { recursive: true });
    });
  });
});
