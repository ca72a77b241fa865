// TensorBoard as the tests start it: the loader asked for, its answers as numbers, nothing left over.
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { describeWithPython, runPython } from "./python.js";
import { LOADERS, startTensorBoard, type TensorBoard } from "./tensorboard.js";

const WRITE = `
import sys
from tensorboardX import SummaryWriter
for run in ("a", "b/c"):
    writer = SummaryWriter(f"{sys.argv[1]}/{run}")
    for step, value in enumerate([0.5, 0.0, float("nan"), float("inf"), float("-inf")]):
        writer.add_scalar("batch/est", value, step, walltime=1700000000.25 + step)
    writer.close()
`;

interface Environment {
  debug: { flags: object; data_provider: string };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "localhost");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

describeWithPython("startTensorBoard", () => {
  const logdir = mkdtempSync(path.join(tmpdir(), "tnl-tensorboard-"));
  beforeAll(() => runPython(WRITE, [logdir]), 60_000);
  afterAll(() => rmSync(logdir, { recursive: true, force: true }));

  describe.each(LOADERS)("with the %s loader", (loader) => {
    let tensorBoard: TensorBoard;
    beforeAll(async () => {
      tensorBoard = await startTensorBoard(logdir, { loader });
      await tensorBoard.waitFor(async (board) => (await board.scalars("b/c", "batch/est")).length === 5);
    }, 90_000);
    afterAll(() => tensorBoard?.stop());

    test("reads with that loader", async () => {
      const { debug } = await tensorBoard.json<Environment>("data/environment");
      expect(debug.flags).toMatchObject({ load_fast: String(loader === "rust"), reload_interval: 1 });
      expect(debug.data_provider).toMatch(loader === "rust" ? /^GrpcDataProvider/ : /^MultiplexerData/);
    });

    test("gives runs, tags and points as numbers", async () => {
      expect(await tensorBoard.runs()).toEqual(["a", "b/c"]);
      expect(await tensorBoard.scalarTags()).toEqual({ a: ["batch/est"], "b/c": ["batch/est"] });
      const values = [0.5, 0, Number.NaN, Infinity, -Infinity];
      const points = values.map((value, step) => ({ wallTime: 1700000000.25 + step, step, value }));
      expect(await tensorBoard.scalars("a", "batch/est")).toEqual(points);
      const request = { plugin: "scalars", tag: "batch/est" } as const;
      expect(await tensorBoard.timeSeries([request])).toEqual([
        { ...request, runToSeries: { a: points, "b/c": points } },
      ]);
    });

    test("says what came instead when it waits in vain", async () => {
      await expect(tensorBoard.waitFor((board) => board.scalars("a", "no such tag"), 100)).rejects.toThrow(
        /did not come to it within 100 ms; last: Error: data\/plugin\/scalars\/scalars\?run=a&tag=no\+such\+tag: 40/,
      );
    });

    test("is gone after stop, and its data server too", async () => {
      const { debug } = await tensorBoard.json<Environment>("data/environment");
      const dataServer = /addr='localhost:(\d+)'/.exec(debug.data_provider)?.[1];
      expect(dataServer !== undefined && (await answers(Number(dataServer)))).toBe(loader === "rust");
      await tensorBoard.stop();
      await expect(tensorBoard.runs()).rejects.toThrow("fetch failed");
      await expect.poll(async () => dataServer !== undefined && answers(Number(dataServer))).toBe(false);
      await tensorBoard.stop();
    });
  });

  test("fails with TensorBoard's own words when it cannot start", async () => {
    const start = startTensorBoard(logdir, { loader: "python", extra: ["--no_such_flag"] });
    await expect(start).rejects.toThrow(/TensorBoard ended with 2.*unrecognized arguments: --no_such_flag/s);
  });
});
