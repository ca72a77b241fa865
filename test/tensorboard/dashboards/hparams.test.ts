// Hyperparameters as the real TensorBoard shows them in both loaders, beside what torch and tensorboardX write for the same calls.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import { encodeSessionEnd, encodeSessionStart } from "../../../src/summary/hparams.js";
import type { SummaryValue } from "../../../src/wire/summary.js";
import { forPeer, forUs, judged, proves } from "../../compatibility/proves.js";
import { fixtures } from "../../helpers/fixtures.js";
import { metricsOf, open, post, rowsOf, type Run, tableOf } from "../../helpers/hparams-table.js";
import { describeWithPython, runPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "../../helpers/tensorboard.js";
import { inBoth } from "./boards.js";

const tempDir = useTempDir("hparams");

describeWithPython("independent runs with different columns", () => {
  const logdir = tempDir();
  /** Stays open: it runs. */
  const running = open(join(logdir, "running"));
  const log = (): void => {
    const done = open(join(logdir, "done"));
    done.hparams.add(
      { lr: 0.1, layers: 2, optimizer: "adam" },
      { metrics: { "final/acc": 0.75 }, step: 9, wallTime: 1_700_000_000 },
    );
    for (let step = 0; step < 10; step++) done.scalar("loss", 1 / (step + 1), step);
    const val = open(join(logdir, "done/val"));
    val.scalar("loss", 0.5, 9);
    val.sink.closeSync();
    done.hparams.end("success", { wallTime: 1_700_000_100 });
    done.sink.closeSync();

    // Its program died: nothing says how it ended, though the file is whole.
    const crashed = open(join(logdir, "crashed"));
    crashed.hparams.add({ lr: 0.01, optimizer: "sgd", momentum: 0.9 });
    crashed.scalar("loss", 3, 4);
    crashed.sink.closeSync();

    const failed = open(join(logdir, "failed"));
    failed.hparams.add({ lr: 0, bn: false, optimizer: "größe" });
    failed.scalar("loss", 8, 1);
    failed.hparams.end("failure");
    failed.sink.closeSync();

    running.hparams.add({ lr: 0.5, bn: true });
    running.scalar("loss", 2, 3);
    running.scalar("grad", 0, 3);
    running.sink.flush();
  };
  const boards: Partial<Record<string, TensorBoard>> = {};
  beforeAll(async () => {
    log();
    for (const loader of LOADERS) boards[loader] = await startTensorBoard(logdir, { loader });
  });
  afterAll(async () => {
    running.sink.closeSync();
    await Promise.all(Object.values(boards).map((board) => board?.stop()));
  });

  describe.each(LOADERS)("in the %s loader", (loader) => {
    const ready = (): Promise<TensorBoard> => {
      const board = boards[loader]!;
      return board.waitFor(async () => "running" in (await rowsOf(board)) && board);
    };

    test("no extra run is listed", async () => {
      proves(forUs("addHParams", loader));
      const board = await ready();
      expect((await board.runs()).toSorted()).toEqual(["crashed", "done", "done/val", "failed", "running"]);
    });

    test("the table has every column and every metric", async () => {
      proves(
        forUs("addHParams", loader),
        judged("addHParams", "TensorBoard: every column, metric and value"),
      );
      expect(await tableOf(await ready())).toEqual({
        hparams: [
          {
            name: "bn",
            type: "DATA_TYPE_BOOL",
            differs: true,
            domainDiscrete: expect.arrayContaining([false, true]),
          },
          {
            name: "layers",
            type: "DATA_TYPE_FLOAT64",
            differs: false,
            domainInterval: { minValue: 2, maxValue: 2 },
          },
          {
            name: "lr",
            type: "DATA_TYPE_FLOAT64",
            differs: true,
            domainInterval: { minValue: 0, maxValue: 0.5 },
          },
          {
            name: "momentum",
            type: "DATA_TYPE_FLOAT64",
            differs: false,
            domainInterval: { minValue: 0.9, maxValue: 0.9 },
          },
          {
            name: "optimizer",
            type: "DATA_TYPE_STRING",
            differs: true,
            // What is no ASCII stands escaped among the values to choose from; in the rows it is right.
            domainDiscrete: expect.arrayContaining(["adam", "gr\\u00f6\\u00dfe", "sgd"]),
          },
        ].map((info) => expect.objectContaining(info)),
        metrics: [":final/acc", ":grad", ":loss", "val:loss"],
      });
    });

    test("each run is a row with its values, its last metrics and its status", async () => {
      proves(
        forUs(["addHParams", "endHParams"], loader),
        judged("endHParams", "TensorBoard: the status and time"),
      );
      const rows = await rowsOf(await ready());
      expect(Object.keys(rows).toSorted()).toEqual(["crashed", "done", "failed", "running"]);
      const shown = Object.entries(rows).map(([name, row]) => [
        name,
        { ...row.hparams },
        metricsOf(row),
        row.sessions[0]!.status,
      ]);
      expect(Object.fromEntries(shown.map(([name, ...rest]) => [name, rest]))).toEqual({
        done: [
          { lr: 0.1, layers: 2, optimizer: "adam" },
          { ":loss": [Math.fround(0.1), 9], ":final/acc": [0.75, 9], "val:loss": [0.5, 9] },
          "STATUS_SUCCESS",
        ],
        crashed: [{ lr: 0.01, optimizer: "sgd", momentum: 0.9 }, { ":loss": [3, 4] }, "STATUS_UNKNOWN"],
        failed: [{ lr: 0, bn: false, optimizer: "größe" }, { ":loss": [8, 1] }, "STATUS_FAILURE"],
        running: [{ lr: 0.5, bn: true }, { ":loss": [2, 3], ":grad": [0, 3] }, "STATUS_UNKNOWN"],
      });
      expect(rows["done"]!.sessions).toEqual([
        expect.objectContaining({ startTimeSecs: 1_700_000_000, endTimeSecs: 1_700_000_100 }),
      ]);
    });

    test("filters work: by status, by an interval, by values, by a metric, by a pattern", async () => {
      proves(forUs("addHParams", loader));
      const board = await ready();
      const names = async (change: object) => Object.keys(await rowsOf(board, change)).toSorted();
      const colParams = (...params: object[]) => ({ colParams: params });
      expect(await names({ allowedStatuses: ["STATUS_SUCCESS"] })).toEqual(["done"]);
      expect(await names({ allowedStatuses: ["STATUS_UNKNOWN"] })).toEqual(["crashed", "running"]);
      expect(
        await names(colParams({ hparam: "lr", filterInterval: { minValue: 0, maxValue: 0.05 } })),
      ).toEqual(["crashed", "failed"]);
      expect(
        await names(
          colParams({ hparam: "optimizer", filterDiscrete: ["adam", "größe"], excludeMissingValues: true }),
        ),
      ).toEqual(["done", "failed"]);
      expect(
        await names(colParams({ hparam: "optimizer", filterRegexp: "^s", excludeMissingValues: true })),
      ).toEqual(["crashed"]);
      expect(
        await names(colParams({ hparam: "bn", filterDiscrete: [false], excludeMissingValues: true })),
      ).toEqual(["failed"]);
      const loss = { metric: { group: "", tag: "loss" }, filterInterval: { minValue: 1, maxValue: 5 } };
      expect(await names(colParams(loss))).toEqual(["crashed", "running"]);
    });

    test("a metric's curve is that of the run", async () => {
      proves(forUs("addHParams", loader));
      const body = { sessionName: "done", metricName: { group: "val", tag: "loss" } };
      const points = await post<number[][]>(await ready(), "metric_evals", body);
      expect(points.map(([, step, value]) => [step, value])).toEqual([[9, 0.5]]);
    });
  });

  test("a run that ends is shown as ended, without a restart", async () => {
    proves(forUs("endHParams", LOADERS));
    running.hparams.end("success");
    running.sink.flush();
    for (const loader of LOADERS) {
      const board = boards[loader]!;
      const status = async () => (await rowsOf(board))["running"]!.sessions[0]!.status;
      await board.waitFor(async () => (await status()) !== "STATUS_UNKNOWN");
      expect(await status()).toBe("STATUS_SUCCESS");
    }
  });
});

describeWithPython("hyperparameters of other programs", () => {
  const TWO_RUNS = `
import sys, tensorboardX
for run, values in [("a", {"lr": 0.5, "bn": True}), ("b", {"lr": 0.25, "momentum": 0.5})]:
    with tensorboardX.SummaryWriter(sys.argv[1] + "/" + run) as writer:
        writer.add_scalar("loss", 1, 3)
        writer.add_hparams(values, {run + "/acc": 0.5}, name="hparams", global_step=7)
`;

  test("tensorboardX lists a run more for each, and shows the columns and metrics of one alone; ours shows all", async () => {
    proves(
      forUs("addHParams", LOADERS),
      forPeer("tensorboardX", "addHParams", LOADERS, "a run more for each, and one run's columns alone"),
    );
    const theirs = tempDir();
    await runPython(TWO_RUNS, [theirs]);
    await inBoth(theirs, async (board) => {
      await board.waitFor(async () => Object.keys(await rowsOf(board)).length === 2);
      expect((await board.runs()).toSorted()).toEqual(["a", "a/hparams", "b", "b/hparams"]);
      const { hparams, metrics } = await tableOf(board);
      const names = hparams.map(({ name }) => name).join();
      expect(["bn,lr", "lr,momentum"]).toContain(names);
      expect(metrics).toEqual([names === "bn,lr" ? ":a/acc" : ":b/acc"]);
    });

    const logdir = tempDir();
    for (const [name, values] of [
      ["a", { lr: 0.5, bn: true }],
      ["b", { lr: 0.25, momentum: 0.5 }],
    ] as const) {
      const run = open(join(logdir, name));
      run.scalar("loss", 1, 3);
      run.hparams.add(values, { metrics: { [`${name}/acc`]: 0.5 }, step: 7 });
      run.hparams.end("success");
      run.sink.closeSync();
    }
    await inBoth(logdir, async (board) => {
      await board.waitFor(async () => Object.keys(await rowsOf(board)).length === 2);
      expect((await board.runs()).toSorted()).toEqual(["a", "b"]);
      const { hparams, metrics } = await tableOf(board);
      expect(hparams.map(({ name }) => name)).toEqual(["bn", "lr", "momentum"]);
      expect(metrics).toEqual([":a/acc", ":b/acc", ":loss"]);
      expect(metricsOf((await rowsOf(board))["a"]!)).toEqual({ ":a/acc": [0.5, 7], ":loss": [1, 3] });
    });
  });

  test("torch's row is the same as ours but for the boolean, which it writes as a number", async () => {
    proves(
      forUs(["addHParams", "endHParams"], LOADERS),
      forPeer("torch", "addHParams", LOADERS, "booleans as numbers"),
      forPeer("torch", "endHParams", LOADERS),
    );
    const { path, file } = fixtures.find(({ name }) => name === "peer-torch-hparams")!;
    const logdir = tempDir();
    mkdirSync(join(logdir, "torch"));
    copyFileSync(path, join(logdir, "torch", file!));
    const run = open(join(logdir, "ours"));
    const values = { lr: 0.125, layers: 3, bn: true, name: "größe" };
    run.hparams.add(values, { metrics: { accuracy: 0.5, loss: 0.25 }, step: 7 });
    run.hparams.end("success");
    run.sink.closeSync();
    await inBoth(logdir, async (board) => {
      const row = async (name: string) => {
        const found = await board.waitFor(async () => (await rowsOf(board))[name]);
        return [{ ...found.hparams }, metricsOf(found), found.sessions[0]!.status];
      };
      const rest = [{ ":accuracy": [0.5, 7], ":loss": [0.25, 7] }, "STATUS_SUCCESS"];
      expect(await row("torch")).toEqual([{ ...values, bn: 1 }, ...rest]);
      expect(await row("ours")).toEqual([values, ...rest]);
    });
  });
});

describeWithPython("what TensorBoard makes of hyperparameters", () => {
  test("a planned sweep has the columns that the logdir's own run gives it, and one row a group", async () => {
    proves(
      forUs("addHParamsExperiment", LOADERS),
      judged("addHParamsExperiment", "TensorBoard: the columns that it names"),
    );
    const logdir = tempDir();
    const root = open(logdir);
    root.hparams.addExperiment({
      hparams: [
        { name: "lr", domain: [0.5, 0.25], displayName: "Rate" },
        { name: "later", domain: ["größe"] },
      ],
      metrics: [{ tag: "acc", group: "val", displayName: "Accuracy" }, { tag: "loss" }],
    });
    // Only so has the logdir itself, as a run, metrics.
    root.hparams.add({ lr: 0.25 });
    root.scalar("loss", 0.5, 1);
    root.sink.closeSync();
    for (const [i, seed] of [1, 2].entries()) {
      const run = open(join(logdir, `run${i}`));
      run.hparams.add({ lr: 0.5, seed }, { groupName: "half" });
      // Beyond what the table takes, in a tag that is no metric of the experiment.
      run.scalar("tokens", 1, 2 ** 31);
      run.sink.closeSync();
      const val = open(join(logdir, `run${i}/val`));
      val.scalar("acc", seed / 4, 5);
      val.sink.closeSync();
    }
    await inBoth(logdir, async (board) => {
      const [half, own] = await board.waitFor(async () => {
        const found = Object.values(await rowsOf(board));
        const group = found.find(({ name }) => name === "half");
        const other = found.find(({ sessions }) => sessions[0]!.name === ".");
        return found.length === 2 && group?.sessions.length === 2 && other && ([group, other] as const);
      });
      expect(await tableOf(board)).toEqual({
        hparams: [
          expect.objectContaining({ name: "later", domainDiscrete: ["größe"], differs: true }),
          expect.objectContaining({
            name: "lr",
            displayName: "Rate",
            domainDiscrete: [0.5, 0.25],
            differs: true,
          }),
        ],
        metrics: [":loss", "val:acc"],
      });
      expect(half.hparams).toMatchObject({ lr: 0.5 });
      expect(metricsOf(half)).toEqual({ "val:acc": [0.375, 5] });
      expect(metricsOf(own)).toEqual({ ":loss": [0.5, 1] });
    });
  });

  test("its limits and rules are those that the documentation tells", async () => {
    const logdir = tempDir();
    const log = (name: string, body: (run: Run) => void, options: object = {}): void => {
      const sink = new EventFileWriter(join(logdir, name), options);
      body(open(sink));
      sink.closeSync();
    };
    const write = ({ sink }: Run, ...values: SummaryValue[]): void => {
      for (const value of values) sink.write({ summary: [value] });
    };
    log("rewritten", (run) =>
      write(
        run,
        ...[1, 2].map((lr) => encodeSessionStart({ hparams: { lr } })),
        ...[3, 1].map((status) => encodeSessionEnd({ status })),
      ),
    );
    for (const [lr, options] of [
      [1, {}],
      [2, { purgeStep: 5 }],
      [3, { purgeStep: 0 }],
    ] as const) {
      log(
        "resumed",
        ({ hparams }) => {
          hparams.add({ lr }, { metrics: { acc: lr }, step: 5 });
          if (lr === 3) hparams.end("success");
        },
        options,
      );
    }
    log("full", ({ hparams }) =>
      hparams.add(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`h${i}`, i]))),
    );
    log("nan", (run) => write(run, encodeSessionStart({ hparams: { h0: Number.NaN, h1: 2 } })));
    log("last", ({ hparams }) => hparams.add({ lr: 1 }, { metrics: { acc: 1 }, step: 2 ** 31 - 1 }));
    log(".", (run) => {
      run.hparams.add({ lr: 1 });
      run.scalar("loss", 0.5, 1);
    });
    await inBoth(logdir, async (board) => {
      const rows = await board.waitFor(async () => {
        const found = await rowsOf(board);
        return Object.keys(found).length === 6 && metricsOf(found["resumed"]!)[":acc"]?.[0] === 3 && found;
      });
      // The first of each counts: why "running" is never written.
      expect(rows["rewritten"]!.hparams).toEqual({ lr: 1 });
      expect(rows["rewritten"]!.sessions[0]!.status).toBe("STATUS_RUNNING");
      expect(rows["resumed"]!.hparams).toEqual({ lr: 1 });
      expect(rows["resumed"]!.sessions[0]!.status).toBe("STATUS_SUCCESS");
      expect(Object.keys(rows["full"]!.hparams)).toHaveLength(1000);
      // Why a number that is not finite is refused.
      expect(rows["nan"]!.hparams).toEqual({ h1: 2 });
      expect(metricsOf(rows["last"]!)).toEqual({ ":acc": [1, 2 ** 31 - 1] });
      expect(metricsOf(rows["."]!)).toEqual({});
    });
    // A step beyond takes the table from all runs: why metrics of such a step are refused.
    log("beyond", (run) => {
      run.hparams.add({ lr: 1 });
      run.scalar("acc", 1, 2 ** 31);
    });
    await inBoth(logdir, async (board) => {
      await board.waitFor(async () => (await board.scalars("beyond", "acc")).length === 1);
      await expect(rowsOf(board)).rejects.toThrow("session_groups: 500");
    });
  });
});
