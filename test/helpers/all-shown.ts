// What a TensorBoard shows of all runs of a logdir, once it has read them to their ends.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { concat } from "./bytes.js";
import { recordsAt, shownSteps, type ShownSteps } from "./shown-points.js";
import { startTensorBoard, type Loader, type TensorBoard } from "./tensorboard.js";

/** By run; one that is not listed is not in it. */
export type ShownRuns = Readonly<Record<string, ShownSteps>>;

/** Runs that are no subject: one that is there at the start, one that is made once it is shown. */
const MARKS = ["zz first", "zz second"] as const;

/** What `loader` shows of each run. */
export async function allShown(logdir: string, loader: Loader): Promise<ShownRuns> {
  writeMark(logdir, MARKS[0]);
  const tensorBoard = await startTensorBoard(logdir, { loader });
  try {
    await readToTheEnd(tensorBoard, logdir);
    return await shownBy(tensorBoard);
  } finally {
    await tensorBoard.stop();
  }
}

/** What `loader` shows when it has ended, which `message` is said at; nothing if TensorBoard ends with it. */
export async function shownAtItsEnd(logdir: string, loader: Loader, message: RegExp): Promise<ShownRuns> {
  let tensorBoard: TensorBoard;
  try {
    tensorBoard = await startTensorBoard(logdir, { loader });
  } catch (error) {
    if (message.test((error as Error).message)) return {};
    throw error;
  }
  try {
    await tensorBoard.waitFor(() => message.test(tensorBoard.output()));
    return loader === "rust" ? {} : await shownBy(tensorBoard);
  } finally {
    await tensorBoard.stop();
  }
}

async function shownBy(tensorBoard: TensorBoard): Promise<ShownRuns> {
  const runs = (await tensorBoard.runs()).filter((run) => !MARKS.includes(run as never));
  const shown = await Promise.all(runs.map(async (run) => [run, await shownSteps(tensorBoard, run)]));
  return Object.fromEntries(shown) as ShownRuns;
}

// A run that is made when another one is shown is read in a later round: the round of the first is over then.
async function readToTheEnd(tensorBoard: TensorBoard, logdir: string): Promise<void> {
  for (const mark of MARKS) {
    if (mark !== MARKS[0]) writeMark(logdir, mark);
    await tensorBoard.waitFor(async () => (await tensorBoard.scalars(mark, "loss")).length > 0);
  }
}

function writeMark(logdir: string, name: string): void {
  mkdirSync(join(logdir, name), { recursive: true });
  writeFileSync(join(logdir, name, "events.out.tfevents.1"), concat(...recordsAt(0, 0).all));
}
