// A small logdir for the tests of the reader.
import { join } from "node:path";
import { SummaryWriter } from "../../src/summary/index.js";
import { START_S } from "../helpers/handmade-runs.js";

/** Two runs: `a` with scalars and a text, `b/c` with other scalars. */
export function twoRuns(logdir: string): string {
  const a = new SummaryWriter(join(logdir, "a"));
  for (let step = 0; step < 3; step++) a.addScalar("loss/train", step / 2, step);
  a.addScalar("loss/[val]", 7, 0, START_S);
  a.addText("notes", "hello", 0);
  a.closeSync();
  const c = new SummaryWriter(join(logdir, "b", "c"));
  c.addScalar("loss/train", 1, 5);
  c.addScalar("lr", 0.5, 5);
  c.closeSync();
  return logdir;
}
