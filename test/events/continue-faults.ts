// A session that continues from a position when the system fails, or the program is killed, at any of its calls: the position is good for
// another try.
import { cpSync, mkdirSync } from "node:fs";
import { expect } from "vitest";
import type { EventWriterOptions } from "../../src/events/open-event-writer.js";
import { filesIn } from "../helpers/events.js";
import { ContinuedRun, type Saved } from "../helpers/continued-run.js";
import { byPythonRule, byRustRule, filesOfRun } from "../helpers/loader-rules.js";
import type { Fault } from "../helpers/nth-call.js";
import { UNFINISHED } from "../../src/events/whole-file.js";

const BOUNDED = { maxPointsPerTag: 1000 };

/** How a session makes void what stands behind a position. */
export interface Way {
  readonly name: string;
  readonly options: EventWriterOptions;
  /** Whether tags have steps of their own, so that STARTs alone would make more void than that. */
  readonly isMixed: boolean;
}

/** All of them. */
export const WAYS: readonly Way[] = [
  { name: "with a START", options: {}, isMixed: false },
  { name: "by a new file with everything", options: {}, isMixed: true },
  { name: "of a bounded run, with a START in its record file", options: BOUNDED, isMixed: false },
  { name: "of a bounded run, by a new record file", options: BOUNDED, isMixed: true },
];

interface Killed {
  readonly run: ContinuedRun;
  readonly from: Saved;
}

/** A run of two sessions, the second of which was killed behind a position, and a third one that continued and was killed as well. */
function killedRun(dir: string, { options, isMixed }: Way): Killed {
  const run = new ContinuedRun(dir, options);
  const tag = isMixed ? "val/loss" : "loss";
  run.session(["loss", "loss", "loss", "epoch", "position"]);
  run.clock.advance(3_600_000);
  run.session(["loss", tag, "position", "loss", tag, "new", "loss"], { from: run.last!, end: { torn: 3 } });
  const from = run.last!;
  run.clock.advance(3_600_000);
  run.session(["loss", tag], { from, end: { torn: 0 } });
  run.clock.advance(3_600_000);
  return { run, from };
}

function copied({ run, from }: Killed, dir: string, { options }: Way): Killed {
  const copy = new ContinuedRun(dir, options);
  mkdirSync(copy.dir, { recursive: true });
  cpSync(run.dir, copy.dir, { recursive: true });
  copy.clock.advance(run.clock() - copy.clock());
  copy.open.look();
  return { run: copy, from };
}

const DEEDS = ["loss", "val/loss", 1000, "loss", 70_000, "epoch", "loss"] as const;

function check(run: ContinuedRun, what: string): void {
  run.open.look();
  const files = filesOfRun(run.dir);
  expect(byRustRule(files), what).toEqual(run.curves);
  expect(byPythonRule(files), what).toEqual(run.curves);
  expect(run.open.rust, what).toEqual(run.curves);
  expect(run.open.python, what).toEqual(run.curves);
  expect(
    filesIn(run.dir).filter((name) => name.startsWith(UNFINISHED)),
    what,
  ).toEqual([]);
}

/** Lets each call go wrong, once in a session of its own, and continues from the same position twice. Gives how many calls that were. */
export function tryEveryCall(tempDir: () => string, way: Way, fault: Fault): number {
  const template = killedRun(tempDir(), way);
  const whole = copied(template, tempDir(), way);
  whole.run.session(DEEDS, { from: whole.from });
  check(whole.run, "no fault");
  for (let call = 1; call <= whole.run.calls; call++) {
    const { run, from } = copied(template, tempDir(), way);
    run.session(DEEDS, { from, end: { call, fault } });
    run.open.look();
    run.clock.advance(3_600_000);
    run.session(DEEDS, { from });
    check(run, `${fault} at call ${call}`);
    // And once more, when what is old is gone.
    run.clock.advance(3_600_000);
    run.session(["val/loss", "loss"], { from });
    check(run, `${fault} at call ${call}, again`);
  }
  return whole.run.calls;
}
