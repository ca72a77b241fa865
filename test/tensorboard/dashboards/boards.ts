// A logdir that several programs wrote, and a TensorBoard on it for each loader.
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { EventFileWriter } from "../../../src/events/event-file-writer.js";
import type { EventSink } from "../../../src/events/event-sink.js";
import { fixtures } from "../../helpers/fixtures.js";
import { runPython } from "../../helpers/python.js";
import { LOADERS, startTensorBoard, type Loader, type TensorBoard } from "../../helpers/tensorboard.js";

/** The wall time of everything that these tests log, in seconds; a double holds its fraction exactly. */
export const T = 1_700_000_000.25;

/** Writes a run of ours. */
export function writeRun(dir: string, log: (sink: EventSink) => void): void {
  const sink = new EventFileWriter(dir);
  log(sink);
  sink.closeSync();
}

/** Copies the file of another program into a run. */
export function copyFixture(name: string, dir: string): void {
  const { path } = fixtures.find((fixture) => fixture.name === name)!;
  mkdirSync(dir, { recursive: true });
  copyFileSync(path, join(dir, basename(path)));
}

/** Runs Python lines with tensorboardX's `writer` on a run, `np`, and the wall time `T`; gives what they print. */
export async function writeWithTensorboardX(dir: string, lines: string): Promise<string> {
  const script = `import sys
import numpy as np
from tensorboardX import SummaryWriter
T = ${T}
writer = SummaryWriter(sys.argv[1])
${lines}
writer.close()
`;
  return runPython(script, [dir]);
}

/** In a `describe`: a TensorBoard on a logdir, for all its tests. It answers once `isLoaded` holds. */
export function useTensorBoard(
  logdir: () => string,
  loader: Loader,
  isLoaded: (board: TensorBoard) => unknown,
): () => TensorBoard {
  let board: TensorBoard | undefined;
  beforeAll(async () => {
    board = await startTensorBoard(logdir(), { loader, reloadInterval: 1 });
    await board.waitFor(isLoaded);
  });
  afterAll(async () => {
    await board?.stop();
  });
  return () => board!;
}

/** Asks both loaders about a logdir, at the same time. */
export async function inBoth(logdir: string, ask: (board: TensorBoard) => Promise<unknown>): Promise<void> {
  const both = LOADERS.map(async (loader) => {
    const board = await startTensorBoard(logdir, { loader });
    try {
      await ask(board);
    } finally {
      await board.stop();
    }
  });
  // One that fails must not leave the other running.
  await Promise.allSettled(both);
  await Promise.all(both);
}
