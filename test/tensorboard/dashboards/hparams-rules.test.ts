// What TensorBoard makes of hyperparameters of different types, of other values than numbers and texts, and of how rows are asked for.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeSessionStart } from "../../../src/summary/hparams.js";
import { SummaryWriter } from "../../../src/summary/summary-writer.js";
import { bytes } from "../../helpers/bytes.js";
import { metricsOf, post, rowsOf, tableOf } from "../../helpers/hparams-table.js";
import { describeWithPython } from "../../helpers/python.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { LOADERS } from "../../helpers/tensorboard.js";
import { inBoth, T, useTensorBoard, writeRun } from "./boards.js";

const tempDir = useTempDir("hparams-rules");
const START_TAG = "_hparams_/session_start_info";

/** A session start with a value that no writer of ours writes: the map's entry `x` with those bytes of google.protobuf.Value. */
function withValue(value: string): Uint8Array {
  const body = bytes(value).length;
  const entry = 3 + 2 + body;
  const hex = (n: number) => n.toString(16).padStart(2, "0");
  return bytes(`1a ${hex(entry + 2)} 0a ${hex(entry)} 0a 01 78 12 ${hex(body)} ${value}`);
}

describeWithPython("the table of three runs with different columns, one crashed, one still running", () => {
  let logdir: string;
  let running: SummaryWriter;
  beforeAll(() => {
    logdir = tempDir();
    const log = (
      run: string,
      hparams: Parameters<SummaryWriter["addHParams"]>[0],
      loss: number,
    ): SummaryWriter => {
      const writer = new SummaryWriter(join(logdir, run));
      writer.addHParams(hparams);
      for (const step of [1, 2, 3]) writer.addScalar("loss", loss + 3 - step, step);
      return writer;
    };
    const done = log("done", { lr: 0.1, layers: 2, optimizer: "adam" }, 0.5);
    done.withPrefix("val/").addScalar("acc", 0.75, 3);
    done.endHParams("success");
    done.closeSync();
    log("crashed", { lr: 0.01, momentum: 0.9, optimizer: "sgd" }, 4).closeSync();
    running = log("running", { lr: 0.5, amsgrad: true, optimizer: "adam" }, 2);
    running.flush();
  });
  afterAll(() => running?.closeSync());

  describe.each(LOADERS)("with the %s loader", (loader) => {
    const board = useTensorBoard(
      () => logdir,
      loader,
      async (it) =>
        Object.keys(await rowsOf(it)).length === 3 &&
        metricsOf((await rowsOf(it))["running"]!)[":loss"]?.[1] === 3,
    );
    const names = async (change: object): Promise<string[]> => Object.keys(await rowsOf(board(), change));
    const sorted = (column: object, order: "ORDER_ASC" | "ORDER_DESC", more: object = {}) =>
      names({ colParams: [{ ...column, order, ...more }] });
    const LOSS = { metric: { group: "", tag: "loss" } };

    test("lists the runs, and no other", async () => {
      expect((await board().runs()).toSorted()).toEqual(["crashed", "done", "running"]);
    });

    test("has every column, every metric, and every value", async () => {
      const { hparams, metrics } = await tableOf(board());
      expect(hparams.map(({ name, type }) => [name, type.replace("DATA_TYPE_", "")])).toEqual([
        ["amsgrad", "BOOL"],
        ["layers", "FLOAT64"],
        ["lr", "FLOAT64"],
        ["momentum", "FLOAT64"],
        ["optimizer", "STRING"],
      ]);
      expect(metrics).toEqual([":loss", ":val/acc"]);
      const rows = await rowsOf(board());
      const shown = Object.entries(rows).map(([name, row]) => [
        name,
        { ...row.hparams, ...metricsOf(row), status: row.sessions[0]!.status },
      ]);
      expect(Object.fromEntries(shown)).toEqual({
        done: {
          lr: 0.1,
          layers: 2,
          optimizer: "adam",
          ":loss": [0.5, 3],
          ":val/acc": [0.75, 3],
          status: "STATUS_SUCCESS",
        },
        crashed: { lr: 0.01, momentum: 0.9, optimizer: "sgd", ":loss": [4, 3], status: "STATUS_UNKNOWN" },
        running: { lr: 0.5, amsgrad: true, optimizer: "adam", ":loss": [2, 3], status: "STATUS_UNKNOWN" },
      });
    });

    test("is sorted by a hyperparameter, a metric, a text; rows without the value come last, or first", async () => {
      expect(await sorted({ hparam: "lr" }, "ORDER_ASC")).toEqual(["crashed", "done", "running"]);
      expect(await sorted({ hparam: "lr" }, "ORDER_DESC")).toEqual(["running", "done", "crashed"]);
      expect(await sorted(LOSS, "ORDER_ASC")).toEqual(["done", "running", "crashed"]);
      expect((await sorted({ hparam: "optimizer" }, "ORDER_DESC"))[0]).toBe("crashed");
      expect((await sorted({ hparam: "momentum" }, "ORDER_ASC"))[0]).toBe("crashed");
      expect((await sorted({ hparam: "momentum" }, "ORDER_ASC", { missingValuesFirst: true })).at(-1)).toBe(
        "crashed",
      );
    });

    test("is filtered by an interval, by values, by a pattern, by status, by missing values, and by all at once", async () => {
      const filtered = async (...colParams: object[]) => (await names({ colParams })).toSorted();
      const interval = { hparam: "lr", filterInterval: { minValue: 0.05, maxValue: 0.2 } };
      expect(await filtered(interval)).toEqual(["done"]);
      const adam = { hparam: "optimizer", filterDiscrete: ["adam"] };
      expect(await filtered(adam)).toEqual(["done", "running"]);
      expect(await filtered({ hparam: "optimizer", filterRegexp: "^s" })).toEqual(["crashed"]);
      expect(
        await filtered({ hparam: "amsgrad", filterDiscrete: [true], excludeMissingValues: true }),
      ).toEqual(["running"]);
      expect(await filtered({ hparam: "momentum", excludeMissingValues: true })).toEqual(["crashed"]);
      expect(await filtered({ ...LOSS, filterInterval: { minValue: 1, maxValue: 9 } })).toEqual([
        "crashed",
        "running",
      ]);
      expect(await filtered(adam, { ...LOSS, filterInterval: { minValue: 1, maxValue: 9 } })).toEqual([
        "running",
      ]);
      expect(await names({ allowedStatuses: ["STATUS_SUCCESS"] })).toEqual(["done"]);
      expect((await names({ allowedStatuses: ["STATUS_UNKNOWN"] })).toSorted()).toEqual([
        "crashed",
        "running",
      ]);
      expect(await names({ allowedStatuses: ["STATUS_FAILURE", "STATUS_RUNNING"] })).toEqual([]);
    });

    test("is asked for in pieces, and for nothing where no status is allowed", async () => {
      expect(await names({ startIndex: 1, sliceSize: 1 })).toHaveLength(1);
      expect(await names({ sliceSize: 0 })).toEqual([]);
      expect(await names({ allowedStatuses: [] })).toEqual([]);
    });
  });
});

describeWithPython("values of other kinds", () => {
  test("one name with numbers and texts is a column of texts; null and lists have none; a later version is an error", async () => {
    const logdir = tempDir();
    for (const [run, mixed] of [
      ["a", 1],
      ["b", "one"],
    ] as const) {
      writeRun(join(logdir, run), (sink) => new SummaryWriter(sink).addHParams({ mixed }, { wallTime: T }));
    }
    const metadata = { pluginName: "hparams", dataClass: 2 };
    const raw = (run: string, pluginContent: Uint8Array): void => {
      const tensor = { dtype: 1, shape: [0] };
      writeRun(join(logdir, run), (sink) =>
        sink.write({
          summary: [{ tag: START_TAG, metadata: { ...metadata, pluginContent }, tensor }],
          wallTime: T,
        }),
      );
    };
    raw("null", withValue("08 00"));
    raw("list", withValue("32 00"));
    await inBoth(logdir, async (board) => {
      await board.waitFor(async () => Object.keys(await rowsOf(board)).length === 4);
      const { hparams } = await tableOf(board);
      expect(hparams.map(({ name, type }) => [name, type])).toEqual([["mixed", "DATA_TYPE_STRING"]]);
      const rows = await rowsOf(board);
      expect([rows["a"]!.hparams, rows["b"]!.hparams]).toEqual([{ mixed: 1 }, { mixed: "one" }]);
    });
    const { metadata: known } = encodeSessionStart({ hparams: { lr: 1 } });
    raw("later", Buffer.concat([bytes("0801"), known!.pluginContent!]));
    await inBoth(logdir, async (board) => {
      await board.waitFor(async () => (await board.runs()).includes("later"));
      await expect(post(board, "experiment", {})).rejects.toThrow("400");
    });
  });
});
