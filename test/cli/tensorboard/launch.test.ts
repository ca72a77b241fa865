// Starting TensorBoard: its arguments, signals passed on, its exit code; once with the real one.
import { EventEmitter } from "node:events";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { TensorBoardNotFoundError } from "../../../src/cli/tensorboard/errors.js";
import { findTensorBoard, type TensorBoardCommand } from "../../../src/cli/tensorboard/find.js";
import { launchTensorBoard } from "../../../src/cli/tensorboard/launch.js";
import { describeWithPython } from "../../helpers/python.js";

let root: string;
let output: number;
const written = () => readFileSync(path.join(root, "output"), "utf8");

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "tnl-launch-"));
  output = openSync(path.join(root, "output"), "a");
});
afterAll(() => {
  closeSync(output);
  rmSync(root, { recursive: true, force: true });
});

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "exit"];
const listeners = (signals: EventEmitter) => SIGNALS.map((signal) => signals.listenerCount(signal));

function shell(body: string): TensorBoardCommand {
  return { how: "path", command: "/bin/sh", args: ["-c", body, "sh"], description: "a script" };
}

describe.skipIf(process.platform === "win32")("launchTensorBoard", () => {
  test("gives the logdir and further arguments, and the exit code", async () => {
    const signals = new EventEmitter();
    const tensorBoard = shell('echo "$@"; exit 7');
    const options = { tensorBoard, logdir: "some logs", extraArgs: ["--port", "7000"], signals };
    expect(await launchTensorBoard({ ...options, stdio: ["ignore", output, output] })).toBe(7);
    expect(written()).toContain("--logdir some logs --port 7000\n");
    expect(listeners(signals)).toEqual([0, 0, 0, 0]);
  });

  test("passes a signal on to all of its processes; a second one kills", async () => {
    for (const [signal, count, code] of [
      ["SIGTERM", 1, 3],
      ["SIGHUP", 1, 129],
      ["SIGINT", 2, 137],
    ] as const) {
      const signals = new EventEmitter();
      const mark = `ready-${signal}`;
      // It waits for a child, which only ends when the whole group gets the signal. The child says when it is ready: just
      // forked, it still has the shell's traps and would lose a signal.
      const child = `/bin/sh -c 'echo ${mark}; exec /bin/sleep 60'`;
      const tensorBoard = shell(
        `trap 'wait; exit 3' TERM; trap : INT; ${child} & wait; wait; while :; do /bin/sleep 1; done`,
      );
      const ended = launchTensorBoard({
        tensorBoard,
        logdir: ".",
        signals,
        stdio: ["ignore", output, output],
      });
      await expect.poll(written, { timeout: 20_000 }).toContain(mark);
      for (let sent = 0; sent < count; sent++) signals.emit(signal);
      expect(await ended).toBe(code);
      expect(listeners(signals)).toEqual([0, 0, 0, 0]);
    }
  });

  test("says so when it cannot be started", async () => {
    const tensorBoard = {
      ...shell(""),
      command: path.join(root, "nothing"),
      description: "TensorBoard 9 (there)",
    };
    const signals = new EventEmitter();
    const ended = launchTensorBoard({ tensorBoard, logdir: ".", signals });
    await expect(ended).rejects.toThrow(TensorBoardNotFoundError);
    await expect(ended).rejects.toThrow(/^Cannot start TensorBoard 9 \(there\): .*ENOENT/);
    expect(listeners(signals)).toEqual([0, 0, 0, 0]);
  });
});

describeWithPython("the real TensorBoard", (python) => {
  test("is found, serves, and ends on a signal", async () => {
    const env = { ...process.env, PATH: [python.bin, process.env["PATH"]].join(path.delimiter) };
    const tensorBoard = await findTensorBoard(env);
    expect(tensorBoard.how).toBe("path");
    expect(tensorBoard.description).toBe(`TensorBoard 2.21.0 (${path.join(python.bin, "tensorboard")})`);

    const signals = new EventEmitter();
    const extraArgs = ["--host", "127.0.0.1", "--port", "0"];
    const stdio = ["ignore", output, output] as const;
    const ended = launchTensorBoard({
      tensorBoard,
      logdir: root,
      extraArgs,
      signals,
      env,
      stdio: [...stdio],
    });
    const url = () => /at (http:\/\/\S+\/) /.exec(written())?.[1];
    await expect.poll(url, { timeout: 30_000 }).toBeDefined();
    expect(await (await fetch(`${url()}data/environment`)).json()).toMatchObject({
      version: "2.21.0",
      data_location: root,
    });
    signals.emit("SIGINT");
    expect(await ended).toBe(0);
    await expect(fetch(`${url()}data/environment`)).rejects.toThrow("fetch failed");
  });
});
